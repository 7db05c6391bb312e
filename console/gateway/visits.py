"""Function URLs: HTTP that is no call of AWS's API, turned into an invocation and back.

Whoever may come in by an open address is said by the function's resource policy, by a guarded one
by signatures and policies. The event itself is `urlevents`' business.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from console.aws.wire.messages import Request, Response
from console.aws.wire.signature import identify
from console.gateway import doors
from console.gateway.admission import Admitted, admit
from functions.catalog import permissions, urls
from functions.catalog.models import FunctionUrl
from functions.catalog.names import FunctionName
from functions.catalog.statements import BY_URL, DIRECTLY
from functions.iam import caller, principals
from functions.iam.context import Context
from functions.invocations import invoking, urlevents
from functions.invocations.urlevents import Answer, Visit

ACTIONS = (BY_URL, DIRECTLY)
_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_log = logging.getLogger("shardlight.gateway")


@dataclass(frozen=True, slots=True)
class _Door:
    """An address with the function behind it, in its owner's scope."""

    row: FunctionUrl
    scope: Scope
    name: FunctionName


def is_visit(request: Request) -> bool:
    """Say whether `request` goes to a function URL."""
    return request.path.startswith(urls.PATH)


def too_large() -> Response:
    """Answer a body that no event can hold."""
    return _told(413, "Request Entity Too Large")


def answer(request: Request, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS) -> Response:
    """Run the function behind an address, whatever happens."""
    if not doors.is_ours(request.headers.get("host", "")):
        return _told(403, "Forbidden")
    try:
        return _answer(request, clock, ids)
    except AwsError as error:
        status = error.status or _STATUSES.get(error.code, 502)
        headers = {"x-amzn-requestid": ids.uuid(), "x-amzn-errortype": error.code}
        return _told(status, error.message, error.fields, headers)
    except Exception as error:  # noqa: BLE001 - the border, as in `pipeline`
        if isinstance(error, (OperationalError, InterfaceError)):
            connection.close()
        _log.exception("the function URL %s failed", request.path)
        return _told(500, "Internal Server Error")


_STATUSES = {
    "TooManyRequestsException": 429,
    "RequestTooLargeException": 413,
    "ResourceNotFoundException": 404,
}


def _answer(request: Request, clock: Clock, ids: Ids) -> Response:
    key, slash, rest = request.path.removeprefix(urls.PATH).partition("/")
    door = _find(key)
    if door is None:
        raise _forbidden("")  # shown as null. Source: LocalStack's test against AWS
    cors = door.row.cors
    asks_first = "access-control-request-method" in request.headers
    if cors is not None and request.method == "OPTIONS" and asks_first:
        return _response(urlevents.preflight(cors, request.headers))
    known = _let_in(door, request)
    visit = Visit(
        key=key,
        method=request.method,
        path=f"{slash or '/'}{rest}",
        query=request.query,
        headers=request.headers,
        body=request.body,
        client=request.client,
        request_id=ids.uuid(),
        now=clock.now(),
        caller=known,
    )
    shown = _invoke(door, visit)
    said = urlevents.cross_origin(cors, request.headers) if cors is not None else {}
    return _response(shown, said | {"x-amzn-requestid": visit.request_id})


def _find(key: str) -> _Door | None:
    row = urls.behind(key)
    if row is None:
        return None
    function = row.function
    scope = Scope(function.tenancy.account_number, function.region, function.tenancy_id)
    return _Door(
        row, scope, FunctionName(scope.account, scope.region, function.name, row.qualifier)
    )


def _let_in(door: _Door, request: Request) -> dict[str, Any] | None:
    """Let a visitor in; what is known of one who signed. Raises AwsError for all others."""
    if door.row.auth == urls.NO_AUTH:
        if not permissions.is_public(door.row.function, door.name, ACTIONS):
            raise _forbidden()
        return None
    try:
        who = admit(request)
    except AwsError:
        raise _forbidden() from None
    if not _may(who, door):
        raise _forbidden()
    user = caller.user_id(who.scope)
    return {
        "accessKey": identify(request).access_key,
        "accountId": who.scope.account,
        "callerId": user,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.arn(who.scope),
        "userId": user,
    }


def _may(who: Admitted, door: _Door) -> bool:
    return all(_may_do(who, door, action) for action in ACTIONS)


def _may_do(who: Admitted, door: _Door, action: str) -> bool:
    if who.principal is not None:
        known = Context(principals.facts(who.principal))
        decision, _ = principals.decide(who.principal, action, [door.name.arn], known)
        if not decision.allowed:
            return False
    try:
        permissions.admitted(who.scope, door.name, action, url_auth=urls.BY_IAM)
    except AwsError:
        return False
    return True


def _invoke(door: _Door, visit: Visit) -> Answer:
    scope = replace(door.scope, trace=urlevents.trace(visit))
    event = urlevents.event(visit)
    result = invoking.invoke(scope, door.name, event, request_id=visit.request_id)
    said = None if result.function_error else urlevents.answer(result.payload)
    return said or Answer(502, {"content-type": "application/json"}, b"Internal Server Error")


def _response(said: Answer, more: dict[str, str] | None = None) -> Response:
    return Response(said.status, said.headers | (more or {}), said.body, said.cookies)


def _told(
    status: int, message: str, fields: Any = None, headers: dict[str, str] | None = None
) -> Response:
    shown = {"Message": message or None, **dict(fields or {})}
    body = json.dumps(shown, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json"} | (headers or {}), body)


def _forbidden(message: str = _FORBIDDEN) -> AwsError:
    return AwsError("AccessDeniedException", message, status=403)
