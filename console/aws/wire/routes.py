"""Which operation a request asks for: by X-Amz-Target, then by path, then by the form's Action.

The credential scope alone never decides (DynamoDB and its streams sign alike, some clients sign
with an empty service); it only names the service whose words an unroutable request is refused in.
S3 is the exception: its paths are anybody's names, so what is signed for s3 is S3's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, unquote

from console.aws.wire import s3paths
from console.aws.wire.messages import Request
from console.aws.wire.models import SERVICES, Protocol, service_model
from console.aws.wire.signature import signed_service

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Route:
    """The operation asked for; `operation` may be a name that AWS does not have, or empty.

    A target of a service that is unknown here is kept whole: `Kinesis_20131202.ListStreams`.
    """

    service: str
    operation: str
    protocol: Protocol
    labels: Mapping[str, str] = field(default_factory=dict)
    """Decoded parts of the path, by location name (rest-json)."""


@dataclass(frozen=True, slots=True)
class _Template:
    pattern: re.Pattern[str]
    constants: Mapping[str, str]
    operation: str


def find_route(request: Request) -> Route:
    """Say which service and operation `request` addresses."""
    target = request.headers.get("x-amz-target")
    if target is not None:
        prefix, _, operation = target.rpartition(".")
        service = _target_prefixes().get(prefix)
        return Route(service, operation, "json") if service else Route("dynamodb", target, "json")
    if signed_service(request) == "s3":
        operation, labels = s3paths.find(request)
        return Route("s3", operation, "rest-xml", labels)
    if request.path != "/":
        route = _by_smithy_path(request) or _by_path(request)
        if route is not None:
            return route
    action = _form_field(request, "Action")
    if action:
        return Route(_service_of_action(action, request), action, "query")
    return _unroutable(request)


def _by_smithy_path(request: Request) -> Route | None:
    """Read `/service/NAME/operation/NAME`, the path of Smithy's RPC protocol."""
    if request.headers.get("smithy-protocol") != "rpc-v2-cbor":
        return None
    match request.path.split("/"):
        case ["", "service", name, "operation", operation] if name in _smithy_names():
            return Route(_smithy_names()[name], operation, "rpc-v2-cbor")
        case _:
            return None


def _by_path(request: Request) -> Route | None:
    arguments = dict(request.arguments()) if request.query else {}
    for template in _templates().get((request.method, _first_part(request.path)), ()):
        found = template.pattern.fullmatch(request.path)
        if found and template.constants.items() <= arguments.items():
            labels = {name: unquote(text) for name, text in found.groupdict().items()}
            return Route("lambda", template.operation, "rest-json", labels)
    return None


def _form_field(request: Request, name: str) -> str:
    """Find one field of the form without reading the rest, which may be large."""
    form = request.body if request.content_type() == _FORM else request.query.encode()
    found = re.search(rb"(?:^|&)" + name.encode() + rb"=([\w.-]*)", form)
    return found.group(1).decode() if found else ""


def _service_of_action(action: str, request: Request) -> str:
    """Query services differ by API version; the signature helps where a client sent none."""
    versions = _query_versions()
    version = _form_field(request, "Version")
    if version in versions:
        return versions[version]
    asking = [s for s in versions.values() if action in service_model(s).operation_names]
    signed = signed_service(request)
    if signed in (asking or versions.values()):
        return signed
    return asking[0] if asking else "iam"


def _unroutable(request: Request) -> Route:
    signed = signed_service(request)
    if signed in _query_versions().values():
        return Route(signed, "", "query")
    if signed == "lambda" or request.path != "/":
        return Route("lambda", "", "rest-json")
    return Route(signed if signed in SERVICES else "dynamodb", "", "json")


@cache
def _target_prefixes() -> dict[str, str]:
    prefixes = {s: service_model(s).metadata.get("targetPrefix") for s in SERVICES}
    return {prefix: service for service, prefix in prefixes.items() if prefix}


@cache
def _smithy_names() -> dict[str, str]:
    """Name the services that speak CBOR as Smithy does: by their target prefix."""
    return {
        prefix: service
        for prefix, service in _target_prefixes().items()
        if "smithy-rpc-v2-cbor" in service_model(service).metadata["protocols"]
    }


@cache
def _query_versions() -> dict[str, str]:
    return {
        service_model(s).metadata["apiVersion"]: s
        for s in SERVICES
        if "query" in service_model(s).metadata["protocols"]
    }


@cache
def _templates() -> dict[tuple[str, str], list[_Template]]:
    """Path templates of the one rest-json service, by method and first part of the path.

    Those with query constants come first.
    """
    model = service_model("lambda")
    templates: dict[tuple[str, str], list[_Template]] = {}
    for name in model.operation_names:
        http = model.operation_model(name).http
        place = http["method"], _first_part(http["requestUri"])
        templates.setdefault(place, []).append(_template(http["requestUri"], name))
    for group in templates.values():
        group.sort(key=lambda template: -len(template.constants))
    return templates


def _first_part(path: str) -> str:
    return path.partition("/")[2].partition("/")[0]


def _template(uri: str, operation: str) -> _Template:
    path, _, query = uri.partition("?")
    pieces = re.split(r"\{(\w+)(\+?)\}", path)
    pattern = "".join(
        re.escape(literal) + (f"(?P<{name}>{'.+' if greedy else '[^/]+'})" if name else "")
        for literal, name, greedy in zip(
            pieces[0::3], [*pieces[1::3], ""], [*pieces[2::3], ""], strict=True
        )
    )
    return _Template(re.compile(f"{pattern}/?"), dict(parse_qsl(query)), operation)
