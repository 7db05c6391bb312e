"""The headers that every answer of AWS carries, good or bad."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache
from zlib import crc32

from console.aws.clock import SYSTEM_CLOCK
from console.aws.ids import SYSTEM_IDS, Ids

JSON_1_0 = "application/x-amz-json-1.0"
JSON_1_1 = "application/x-amz-json-1.1"
FORM_ANSWER = "text/xml"
SMITHY_CBOR = {"smithy-protocol": "rpc-v2-cbor"}
_DYNAMODB = frozenset({"dynamodb", "dynamodbstreams"})
_LETTERS = bytes(b"0123456789ABCDEFGHIJKLMNOPQRSTUV"[byte % 32] for byte in range(256))
"""One of 32 letters for every byte."""


def request_id_for(service: str, ids: Ids = SYSTEM_IDS) -> str:
    """Draw a request id: 52 of [0-9A-Z] for DynamoDB and its streams, a UUID elsewhere."""
    if service not in _DYNAMODB:
        return ids.uuid()
    return bytes.fromhex(ids.hex(104)).translate(_LETTERS).decode()


def envelope(service: str, request_id: str, content_type: str, body: bytes) -> dict[str, str]:
    """Make the headers around `body`: type, request id, date, server and DynamoDB's checksum."""
    headers = {
        "server": "Server",
        "date": _date(int(SYSTEM_CLOCK.now())),
        "x-amzn-RequestId": request_id,
    }
    if body:
        headers["content-type"] = content_type
    if service == "s3":
        headers |= {"server": "AmazonS3", "x-amz-request-id": request_id, "x-amz-id-2": request_id}
    if service in _DYNAMODB:
        headers["x-amz-crc32"] = str(crc32(body))
    return headers


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
