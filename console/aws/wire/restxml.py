"""S3's answers: results and errors as headers and XML. Requests are `parse`'s business.

Source: S3 API reference, "Error responses" and the syntax of each answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from botocore.model import OperationModel, Shape

from console.aws.errors import AwsError
from console.aws.registry import Params
from console.aws.wire import timestamps, xml
from console.aws.wire.envelope import envelope
from console.aws.wire.messages import Request, Response
from console.aws.wire.models import error_shape

_XML = "application/xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PARTIAL_CONTENT = 206
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjectsV2": "ListBucketResult",
    "DeleteObjects": "DeleteResult",
}
"""Root elements, which the service model does not hold."""

_BARE = frozenset({"GetBucketLocation"})
"""Operations whose one member is the root element itself."""

_OUR_CODES = {
    "UnknownOperationException": "NotImplemented",
    "MissingAuthenticationTokenException": "AccessDenied",
    "IncompleteSignatureException": "AuthorizationHeaderMalformed",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "UnrecognizedClientException": "InvalidAccessKeyId",
    "ExpiredTokenException": "ExpiredToken",
    "AccessDeniedException": "AccessDenied",
    "SerializationException": "InvalidArgument",
    "RequestEntityTooLargeException": "EntityTooLarge",
}
_STATUSES = {
    "NotImplemented": 501,
    "InternalError": 500,
    "AccessDenied": 403,
    "InvalidAccessKeyId": 403,
    "SignatureDoesNotMatch": 403,
    "RequestTimeTooSkewed": 403,
}


class Serializer:
    """What an operation returned, as status, headers and body."""

    def __init__(self, service: str, model: OperationModel) -> None:
        shape = model.output_shape
        self._service = service
        self._name = model.name
        self._status = int(model.http.get("responseCode", 200))
        self._shape = shape
        self._placed: dict[str, tuple[str, str, Shape]] = {
            name: (member.serialization["location"], member.serialization.get("name", name), member)
            for name, member in (shape.members.items() if shape else ())
            if member.serialization.get("location")
        }
        self._payload = shape.serialization.get("payload", "") if shape else ""

    def __call__(
        self, _request: Request, result: Params | bytes | None, request_id: str
    ) -> Response:
        """Write one answer. A part of an object, told by its ContentRange, has a status of its own."""
        if isinstance(result, bytes):
            raise TypeError(f"{self._name} answers in headers and XML, not in finished JSON")
        headers: dict[str, str] = {}
        inside: Params = {}
        for name, value in (result or {}).items():
            if value is None:
                continue
            place = self._placed.get(name)
            if place is None:
                inside[name] = value
            else:
                headers |= _headers(*place, value)
        status = _PARTIAL_CONTENT if "content-range" in headers else self._status
        body = inside[self._payload] if self._payload else self._document(inside)
        return Response(status, envelope(self._service, request_id, _XML, body) | headers, body)

    def _document(self, inside: Params) -> bytes:
        if self._shape is None or self._shape.members.keys() <= self._placed.keys():
            return b""
        content = xml.members_of(self._shape, inside)
        root = _ROOTS.get(self._name, f"{self._name}Result")
        if self._name in _BARE:
            (root,) = self._shape.members
            content = xml.escaped(str(inside.get(root, "")))
        return f'{_DECLARATION}<{root} xmlns="{_NAMESPACE}">{content}</{root}>'.encode()


def fault(service: str, error: AwsError, request_id: str) -> Response:
    """Write `error` as S3 answers it; its fields become elements of their own.

    A 304 has no body: clients would take it for the beginning of the next answer.
    """
    if error.status == HTTPStatus.NOT_MODIFIED:
        return Response(error.status, envelope(service, request_id, _XML, b""), b"")
    code = _OUR_CODES.get(error.code, error.code)
    inner = xml.text_element("Code", code) + xml.text_element("Message", error.message)
    inner += "".join(xml.text_element(name, str(text)) for name, text in error.fields.items())
    inner += xml.text_element("RequestId", request_id) + xml.text_element("HostId", request_id)
    body = f"{_DECLARATION}{xml.element('Error', inner)}".encode()
    status = error.status or _modelled_status(service, code) or _STATUSES.get(code, 400)
    return Response(status, envelope(service, request_id, _XML, body), body)


def _modelled_status(service: str, code: str) -> int | None:
    shape = error_shape(service, code)
    return shape.metadata.get("error", {}).get("httpStatusCode") if shape else None


def _headers(location: str, name: str, shape: Shape, value: Any) -> Mapping[str, str]:
    if location == "headers":
        return {f"{name}{key}".lower(): str(text) for key, text in value.items()}
    if shape.type_name == "timestamp":
        spelling = shape.serialization.get("timestampFormat", "rfc822")
        return {name.lower(): str(timestamps.spell(value, spelling))}
    if shape.type_name == "boolean":
        return {name.lower(): "true" if value else "false"}
    return {name.lower(): str(value)}
