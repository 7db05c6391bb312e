"""A routed request to the operation's members, as the model names them. Checks no constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.wire import cbor, chunked, jsontext, timestamps, xmlbody
from console.aws.wire.forms import read_form
from console.aws.wire.messages import Request
from console.aws.wire.models import Protocol, operation_model
from console.aws.wire.readers import DYNAMODB, PLAIN, Reader, compile_reader
from console.aws.wire.routes import Route

Parser = Callable[[Request, Route], Params]
BodyReader = Callable[[bytes], Any]
_DYNAMODB = ("dynamodb", "dynamodbstreams")


def parse(request: Request, route: Route) -> Params:
    """Read the members of the operation at `route` from `request`.

    Raises AwsError SerializationException (or the query protocol's MalformedInput).
    """
    return _parser(route.service, route.operation, route.protocol)(request, route)


def mistyped(request: Request, route: Route) -> AwsError | None:
    """Find the wrong JSON type in a refused request that also holds attribute values.

    `parse` hands those on as they are. DynamoDB reads a whole request before it judges any of it,
    so a wrong type anywhere goes before every other refusal. Source: public tests of dynalite.
    """
    read = _whole_reader(route.service, route.operation)
    if read is None or route.protocol != "json":
        return None
    try:
        read(jsontext.decode(request.body))
    except AwsError as error:
        return error
    return None


@cache
def _whole_reader(service: str, operation: str) -> Reader | None:
    model = operation_model(service, operation) if service == "dynamodb" else None
    if model is None or model.input_shape is None:
        return None
    return compile_reader(model.input_shape, replace(DYNAMODB, whole=True))


@cache
def _parser(service: str, operation: str, protocol: Protocol) -> Parser:
    model = operation_model(service, operation)
    if model is None:
        raise LookupError(f"{service} has no operation {operation}")
    match protocol:
        case "json":
            return _document_parser(model, jsontext.decode)
        case "rpc-v2-cbor":
            return _document_parser(model, cbor.decode)
        case "rest-json":
            return _RestParser(model, _body_reader(model.input_shape))
        case "rest-xml":
            parse_unwrapped = _RestParser(model, _xml_reader(model.input_shape))
            return lambda request, route: parse_unwrapped(chunked.unwrap(request), route)
        case "query":
            return _form_parser(model)


def _document_parser(model: OperationModel, decode: BodyReader) -> Parser:
    """Make the parser of a body that is one structure, in JSON or CBOR."""
    accent = DYNAMODB if model.service_model.service_name in _DYNAMODB else PLAIN
    read = compile_reader(model.input_shape, accent) if model.input_shape else None

    def parse_document(request: Request, _route: Route) -> Params:
        value = decode(request.body)
        if type(value) is not dict:
            raise AwsError("SerializationException", "")
        return read(value) if read else {}

    return parse_document


def _form_parser(model: OperationModel) -> Parser:
    def parse_form(request: Request, _route: Route) -> Params:
        text = request.query if not request.body else request.body.decode("utf-8", "replace")
        return read_form(model.input_shape, text)

    return parse_form


class _RestParser:
    """The REST protocols: members lie in the path, the query string, the headers and the body."""

    def __init__(self, model: OperationModel, read_body: BodyReader | None) -> None:
        shape = model.input_shape
        members: Mapping[str, Shape] = shape.members if shape else {}
        self._placed = [
            (name, member.serialization.get("location", ""), _wire_name(name, member), member)
            for name, member in members.items()
            if member.serialization.get("location")
        ]
        self._payload = shape.serialization.get("payload", "") if shape else ""
        self._payload_shape = members.get(self._payload)
        self._read_body = read_body

    def __call__(self, request: Request, route: Route) -> Params:
        found = self._body(request)
        arguments = _grouped(request)
        for name, location, wire_name, member in self._placed:
            match location:
                case "uri":
                    texts = [route.labels[wire_name]]
                case "querystring":
                    texts = arguments.get(wire_name, [])
                case "header":
                    header = request.headers.get(wire_name.lower())
                    texts = [] if header is None else [header]
                case "headers":
                    found[name] = _prefixed(request, wire_name.lower())
                    continue
                case _:
                    raise NotImplementedError(location)
            if texts:
                found[name] = _from_texts(member, texts)
        return found

    def _body(self, request: Request) -> Params:
        body = request.body
        if self._payload_shape is not None and self._payload_shape.type_name == "blob":
            return {self._payload: body} if body else {}
        if not body or self._read_body is None:
            return {}
        read = self._read_body(body)
        if read is None:
            return {}
        return {self._payload: read} if self._payload else read


def _body_reader(shape: StructureShape | None) -> BodyReader | None:
    """Make the reader of a JSON body; it gives None for a body that is null."""
    read = _json_reader(shape)
    if read is None:
        return None

    def read_body(body: bytes) -> Any:
        value = jsontext.decode(body)
        return None if value is None else read(value)

    return read_body


def _xml_reader(shape: StructureShape | None) -> BodyReader | None:
    payload = _payload_of(shape)
    if not isinstance(payload, StructureShape):
        return None
    return lambda body: xmlbody.read(payload, body)


def _payload_of(shape: StructureShape | None) -> Shape | None:
    name = shape.serialization.get("payload") if shape else None
    return shape.members[name] if shape and name else None


def _json_reader(shape: StructureShape | None) -> Reader | None:
    payload = _payload_of(shape)
    if payload is not None:
        return None if payload.type_name == "blob" else compile_reader(payload)
    if shape is None:
        return None
    read = compile_reader(shape)
    placed = frozenset(
        _wire_name(name, member)
        for name, member in shape.members.items()
        if member.serialization.get("location")
    )
    if not placed:
        return read

    def read_rest(value: Any) -> Any:
        if type(value) is dict:
            value = {key: item for key, item in value.items() if key not in placed}
        return read(value)

    return read_rest


def _grouped(request: Request) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    if request.query:
        for name, text in request.arguments():
            grouped.setdefault(name, []).append(text)
    return grouped


def _prefixed(request: Request, prefix: str) -> dict[str, str]:
    """Gather headers by prefix, as S3 carries an object's metadata."""
    return {
        name.removeprefix(prefix): text
        for name, text in request.headers.items()
        if name.startswith(prefix)
    }


def _wire_name(name: str, member: Shape) -> str:
    return str(member.serialization.get("name", name))


def _from_texts(shape: Shape, texts: list[str]) -> Any:
    if isinstance(shape, ListShape):
        return [_from_text(shape.member, text) for text in texts]
    if isinstance(shape, MapShape):
        raise NotImplementedError("maps in the query string")
    return _from_text(shape, texts[-1])


def _from_text(shape: Shape, text: str) -> Any:
    try:
        match shape.type_name:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "timestamp":
                spelled = shape.serialization.get("timestampFormat", "iso8601")
                return timestamps.parse(text, spelled)
            case _:
                return text
    except (ValueError, KeyError):
        raise AwsError(
            "SerializationException",
            f"STRING_VALUE cannot be converted to {shape.type_name.capitalize()}",
        ) from None
