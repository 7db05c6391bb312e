"""An AwsError as the service would answer it: status, headers and body, by protocol and service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from botocore.model import Shape, StructureShape

from console.aws.errors import AwsError
from console.aws.wire import cbor, cborwriters, restxml, xml
from console.aws.wire.envelope import FORM_ANSWER, JSON_1_0, JSON_1_1, SMITHY_CBOR, envelope
from console.aws.wire.messages import Request, Response
from console.aws.wire.models import error_shape, service_model
from console.aws.wire.routes import Route
from console.aws.wire.writers import compile_writer

_CORAL_SERVICE = "com.amazon.coral.service"
_NAMESPACES = {
    "ValidationException": "com.amazon.coral.validate",
    "ThrottlingException": "com.amazon.coral.availability",
} | dict.fromkeys(
    (
        "SerializationException",
        "UnknownOperationException",
        "MissingAuthenticationTokenException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
    ),
    _CORAL_SERVICE,
)
"""Namespaces of DynamoDB's `__type`; everything in the model has the API's own.
Source: public tests of dynalite, run against AWS."""

_QUERY_CODES = {
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "UnknownOperationException": "InvalidAction",
    "AccessDeniedException": "AccessDenied",
    "ValidationException": "ValidationError",
    "UnrecognizedClientException": "InvalidClientTokenId",
    "ExpiredTokenException": "ExpiredToken",
}
_SQS_QUERY_CODES = {
    "QueueNameExists": "QueueAlreadyExists",
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
} | {
    name: f"AWS.SimpleQueueService.{name}"
    for name in (
        "BatchEntryIdsNotDistinct",
        "BatchRequestTooLong",
        "EmptyBatchRequest",
        "InvalidBatchEntryId",
        "MessageNotInflight",
        "PurgeQueueInProgress",
        "QueueDeletedRecently",
        "TooManyEntriesInBatchRequest",
        "UnsupportedOperation",
    )
}
"""What SQS called its errors in the query protocol; botocore tells its users these names still.
Source: SQS service models up to 2023, recordings."""

_FORBIDDEN = frozenset(
    {
        "MissingAuthenticationTokenException",
        "MissingAuthenticationToken",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AccessDeniedException",
        "AccessDenied",
        "UnrecognizedClientException",
        "ExpiredTokenException",
    }
)
_INTERNAL = {
    "dynamodb": "InternalServerError",
    "dynamodbstreams": "InternalServerError",
    "lambda": "ServiceException",
    "iam": "ServiceFailure",
    "logs": "ServiceUnavailableException",
    "s3": "InternalError",
}
_SERVERS_FAULT = frozenset({*_INTERNAL.values(), "InternalFailure", "InternalError"})
BODY_TOO_LARGE = "RequestEntityTooLargeException"


def internal_failure(service: str) -> AwsError:
    """Make the answer to a defect of ours, which tells the caller nothing but the request id."""
    return AwsError(_INTERNAL.get(service, "InternalFailure"), "Internal server error", status=500)


def fault(request: Request, route: Route, error: AwsError, request_id: str) -> Response:
    """Write `error` as the answer to `request`."""
    if route.protocol == "rest-xml":
        return restxml.fault(route.service, error, request_id)
    shape = error_shape(route.service, error.code)
    status = _status(route, error, shape)
    match route.protocol:
        case "json":
            return _json_fault(request, route.service, error, shape, status, request_id)
        case "rest-json":
            return _rest_fault(route.service, error, shape, status, request_id)
        case "query":
            return _query_fault(route.service, error, shape, status, request_id)
        case "rpc-v2-cbor":
            return _cbor_fault(route.service, error, shape, status, request_id)


def _status(route: Route, error: AwsError, shape: Shape | None) -> int:
    if error.status is not None:
        return error.status
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    if modelled:
        return int(modelled)
    if error.code in _SERVERS_FAULT:
        return 500
    if error.code == BODY_TOO_LARGE:
        return 413
    if route.protocol != "json" and error.code in _FORBIDDEN:
        return 403
    return 404 if error.code == "UnknownOperationException" and not route.operation else 400


def _json_fault(
    request: Request,
    service: str,
    error: AwsError,
    shape: Shape | None,
    status: int,
    request_id: str,
) -> Response:
    document: dict[str, Any] = {"__type": _type_name(service, error.code)}
    if error.message:
        document[_message_member(service, error, shape)] = error.message
    document |= _written(shape, error.fields)
    body = orjson.dumps(document)
    version = service_model(service).metadata["jsonVersion"]
    content_type = request.content_type() or (JSON_1_1 if version == "1.1" else JSON_1_0)
    headers = envelope(service, request_id, content_type, body)
    if "awsQueryCompatible" in service_model(service).metadata:
        headers["x-amzn-query-error"] = _query_error(error.code, shape, status)
    return Response(status, headers, body)


def _type_name(service: str, code: str) -> str:
    match service:
        case "dynamodb" | "dynamodbstreams":
            return f"{_NAMESPACES.get(code, 'com.amazonaws.dynamodb.v20120810')}#{code}"
        case "sqs":
            return f"com.amazonaws.sqs#{code}"
        case _:
            return code


def _message_member(service: str, error: AwsError, shape: Shape | None) -> str:
    """Spell the message's member: as modelled, else in lower case; DynamoDB has one exception.

    Its SerializationException says `Message`.
    """
    if service.startswith("dynamodb") and error.code == "SerializationException":
        return "Message"
    if isinstance(shape, StructureShape) and "Message" in shape.members:
        return "Message"
    return "message"


def _query_error(code: str, shape: Shape | None, status: int) -> str:
    known = shape.metadata.get("error", {}).get("code", code) if shape else code
    known = _SQS_QUERY_CODES.get(known, _QUERY_CODES.get(known, known))
    return f"{known};{'Sender' if status < 500 else 'Receiver'}"


def _rest_fault(
    service: str, error: AwsError, shape: Shape | None, status: int, request_id: str
) -> Response:
    document: dict[str, Any] = {}
    headers = {}
    if isinstance(shape, StructureShape):
        if "Type" in shape.members and "Type" not in error.fields:
            document["Type"] = "User"
        for name, value in error.fields.items():
            place = shape.members[name].serialization
            if place.get("location") == "header":
                headers[place.get("name", name)] = str(value)
        inside = {
            name: value
            for name, value in error.fields.items()
            if shape.members[name].serialization.get("location") != "header"
        }
        document |= _written(shape, inside)
    if error.message:
        document[_message_member(service, error, shape)] = error.message
    body = orjson.dumps(document)
    common = envelope(service, request_id, "application/json", body)
    return Response(status, common | {"x-amzn-ErrorType": error.code} | headers, body)


def _query_fault(
    service: str, error: AwsError, shape: Shape | None, status: int, request_id: str
) -> Response:
    code = _QUERY_CODES.get(error.code, error.code)
    if shape is not None:
        code = shape.metadata.get("error", {}).get("code", code)
    namespace = service_model(service).metadata["xmlNamespace"]
    described = (
        xml.text_element("Type", "Sender" if status < 500 else "Receiver")
        + xml.text_element("Code", code)
        + xml.text_element("Message", error.message)
    )
    inner = xml.element("Error", described) + xml.text_element("RequestId", request_id)
    body = f'<ErrorResponse xmlns="{namespace}">{inner}</ErrorResponse>'.encode()
    return Response(status, envelope(service, request_id, FORM_ANSWER, body), body)


def _cbor_fault(
    service: str, error: AwsError, shape: Shape | None, status: int, request_id: str
) -> Response:
    described = [("__type", _type_name(service, error.code))]
    if error.message:
        described.append((_message_member(service, error, shape), error.message))
    body = cborwriters.fields([(name, cborwriters.text(text)) for name, text in described])
    headers = envelope(service, request_id, cbor.MEDIA_TYPE, body) | SMITHY_CBOR
    if "awsQueryCompatible" in service_model(service).metadata:
        headers["x-amzn-query-error"] = _query_error(error.code, shape, status)
    return Response(status, headers, body)


def _written(shape: Shape | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    if shape is None:
        return dict(fields)
    written: dict[str, Any] = compile_writer(shape)(fields)
    return written
