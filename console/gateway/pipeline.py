"""One AWS request from bytes to bytes: offer, parse, admit, validate, authorise, run, serialise.

No rule of a service lives here, and nothing of HTTP beyond the two values in and out.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from django.db import DataError, InterfaceError, OperationalError, connection

from console.aws import registry
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.registry import Identified, Operation
from console.aws.wire.envelope import request_id_for
from console.aws.wire.faults import fault, internal_failure
from console.aws.wire.media import misunderstand
from console.aws.wire.messages import Request, Response
from console.aws.wire.parse import mistyped, parse
from console.aws.wire.refusals import not_offered, refuse_unknown
from console.aws.wire.routes import Route
from console.aws.wire.serialize import serialize
from console.aws.wire.validate import validate
from console.gateway.admission import admit
from console.gateway.authorisation import authorise

_JUDGED = ("ValidationException", "ResourceNotFoundException", "SerializationException")
"""Refusals of a request's content, before which a wrong JSON type in it goes."""
_NUL = "One or more parameter values were invalid: a name or text contains the character NUL."
_log = logging.getLogger("shardlight.gateway")


def answer(request: Request, route: Route, ids: Ids = SYSTEM_IDS) -> Response:
    """Answer `request`, whatever happens: a result, AWS's refusal, or an internal failure."""
    misunderstood = misunderstand(request, route)
    if misunderstood is not None:
        return misunderstood
    request_id = request_id_for(route.service, ids)
    try:
        return _run(request, route, request_id)
    except AwsError as error:
        if error.code in _JUDGED:
            error = mistyped(request, route) or error
        return fault(request, route, error, request_id)
    except DataError as error:
        if not _is_about_nul(error):
            return broken(request, route, error, request_id)
        return fault(request, route, AwsError("ValidationException", _NUL), request_id)
    except Exception as error:  # noqa: BLE001 - the border: a defect is logged once and told by id
        if isinstance(error, (OperationalError, InterfaceError)):
            connection.close()
        return broken(request, route, error, request_id)


def _is_about_nul(error: DataError) -> bool:
    """Say whether PostgreSQL refused a text, or one in JSON, for a NUL in it; SQLite keeps them."""
    return "NUL" in str(error) or "Unicode escape" in str(error)


def broken(
    request: Request, route: Route, error: BaseException, request_id: str | None = None
) -> Response:
    """Log a defect, or a failure of the disk, and answer that the service has failed."""
    request_id = request_id or request_id_for(route.service)
    names = route.service, route.operation, request_id
    _log.error("%s:%s failed, request %s", *names, exc_info=error)
    return fault(request, route, internal_failure(route.service), request_id)


def _run(request: Request, route: Route, request_id: str) -> Response:
    operation = _offered(route)
    params = parse(request, route)
    caller = admit(request, operation)
    validate(route.service, route.operation, params)
    if caller.principal is not None:
        authorise(caller.principal, operation, params, request)
    refuse_unknown(operation, params)
    trace = request.headers.get("x-amzn-trace-id")
    scope = replace(caller.scope, trace=trace) if trace else caller.scope
    result = operation.run(scope, params)
    if isinstance(result, Identified):
        request_id = result.request_id
    return serialize(request, route, result, request_id)


def _offered(route: Route) -> Operation:
    operation = registry.find(route.service, route.operation)
    if operation is None:
        raise not_offered(route)
    return operation
