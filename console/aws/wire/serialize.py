"""What an operation returned, as the HTTP response of its protocol. Errors are `faults`' business."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import orjson
from botocore.model import OperationModel, Shape, StructureShape

from console.aws.registry import Params
from console.aws.wire import cbor, cborwriters, eventstream, restxml, timestamps, xml
from console.aws.wire.envelope import FORM_ANSWER, JSON_1_0, JSON_1_1, SMITHY_CBOR, envelope
from console.aws.wire.messages import Request, Response
from console.aws.wire.models import Protocol, operation_model, service_model
from console.aws.wire.routes import Route
from console.aws.wire.writers import compile_writer

Result = Params | bytes | None
Serializer = Callable[[Request, Result, str], Response]


def serialize(request: Request, route: Route, result: Result, request_id: str) -> Response:
    """Write `result` as the answer to `request`.

    `result` holds the operation's output members by the model's names, or is None when there are
    none, or is the finished JSON body. Raises KeyError for a member that the model does not know.
    """
    return _serializer(route.service, route.operation, route.protocol)(request, result, request_id)


@cache
def _serializer(service: str, operation: str, protocol: Protocol) -> Serializer:
    model = operation_model(service, operation)
    if model is None:
        raise LookupError(f"{service} has no operation {operation}")
    match protocol:
        case "json":
            return _json_serializer(service, model)
        case "rest-json":
            return _RestSerializer(service, model)
        case "rest-xml":
            return restxml.Serializer(service, model)
        case "query":
            return _xml_serializer(service, model)
        case "rpc-v2-cbor":
            return _cbor_serializer(service, model)


def _json_serializer(service: str, model: OperationModel) -> Serializer:
    write = compile_writer(model.output_shape) if model.output_shape else None
    usual = JSON_1_1 if model.service_model.metadata["jsonVersion"] == "1.1" else JSON_1_0

    def serialize_json(request: Request, result: Result, request_id: str) -> Response:
        if isinstance(result, bytes):
            body = result
        elif write is None:
            body = b""
        else:
            body = orjson.dumps(write(result or {}))
        content_type = request.content_type() or usual
        return Response(200, envelope(service, request_id, content_type, body), body)

    return serialize_json


def _cbor_serializer(service: str, model: OperationModel) -> Serializer:
    write = cborwriters.compile_writer(model.output_shape) if model.output_shape else None

    def serialize_cbor(_request: Request, result: Result, request_id: str) -> Response:
        if isinstance(result, bytes):
            raise TypeError(f"{model.name} answers in CBOR, not in finished JSON")
        body = write(result or {}) if write else b""
        headers = envelope(service, request_id, cbor.MEDIA_TYPE, body)
        return Response(200, headers | SMITHY_CBOR, body)

    return serialize_cbor


def _xml_serializer(service: str, model: OperationModel) -> Serializer:
    shape = model.output_shape
    namespace = service_model(service).metadata["xmlNamespace"]
    wrapper = shape.serialization.get("resultWrapper", f"{model.name}Result") if shape else ""

    def serialize_xml(_request: Request, result: Result, request_id: str) -> Response:
        if isinstance(result, bytes):
            raise TypeError(f"{model.name} answers in XML, not in finished JSON")
        inner = xml.element(wrapper, xml.members_of(shape, result or {})) if shape else ""
        metadata = xml.element("ResponseMetadata", xml.text_element("RequestId", request_id))
        text = f'<{model.name}Response xmlns="{namespace}">{inner}{metadata}</{model.name}Response>'
        body = text.encode()
        return Response(200, envelope(service, request_id, FORM_ANSWER, body), body)

    return serialize_xml


class _RestSerializer:
    """rest-json: members go to the status, the headers and the body."""

    def __init__(self, service: str, model: OperationModel) -> None:
        shape = model.output_shape
        members: Mapping[str, Shape] = shape.members if shape else {}
        self._service = service
        self._status = int(model.http.get("responseCode", 200))
        self._placed = {
            name: (member.serialization["location"], member.serialization.get("name", name), member)
            for name, member in members.items()
            if member.serialization.get("location")
        }
        self._payload = shape.serialization.get("payload", "") if shape else ""
        self._stream = shape.members.get(self._payload) if shape else None
        self._is_stream = eventstream.is_stream(self._stream)
        self._write = None if self._is_stream else _body_writer(shape)

    def __call__(self, _request: Request, result: Result, request_id: str) -> Response:
        if isinstance(result, bytes):
            return self._response(self._status, {}, result, request_id)
        status, headers, rest = self._status, {}, {}
        for name, value in (result or {}).items():
            place = self._placed.get(name)
            if value is None:
                continue
            if place is None:
                rest[name] = value
            elif place[0] == "statusCode":
                status = int(value)
            else:
                headers[place[1]] = _header_text(place[2], value)
        if self._is_stream:
            return self._stream_response(status, headers, rest.get(self._payload, ()), request_id)
        return self._response(status, headers, self._body(rest, status), request_id)

    def _body(self, rest: dict[str, Any], status: int) -> bytes:
        if self._payload:
            payload = rest.get(self._payload, b"")
            if isinstance(payload, bytes):
                return payload
            rest = payload
        if status == 204 or self._write is None:
            return b""
        return orjson.dumps(self._write(rest))

    def _response(
        self, status: int, headers: dict[str, str], body: bytes, request_id: str
    ) -> Response:
        common = envelope(self._service, request_id, "application/json", body)
        return Response(status, common | headers, body)

    def _stream_response(
        self, status: int, headers: dict[str, str], events: Iterable[Params], request_id: str
    ) -> Response:
        """Answer with events that come later; those that are there already go out at once."""
        assert isinstance(self._stream, StructureShape)  # noqa: S101 - the model's streams are
        common = envelope(self._service, request_id, eventstream.MEDIA_TYPE, b"")
        pieces = eventstream.encode(self._stream, events)
        if isinstance(events, list):
            return Response(status, common | headers, b"".join(pieces))
        return Response(status, common | headers, pieces=pieces)


def _body_writer(shape: StructureShape | None) -> Callable[[Any], Any] | None:
    if shape is None:
        return None
    payload = shape.serialization.get("payload")
    return compile_writer(shape.members[payload] if payload else shape)


def _header_text(shape: Shape, value: Any) -> str:
    match shape.type_name:
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return str(
                timestamps.spell(value, shape.serialization.get("timestampFormat", "rfc822"))
            )
        case _:
            return str(value)
