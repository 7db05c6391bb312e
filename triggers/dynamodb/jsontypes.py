"""JSON of the wrong type inside attribute values, refused as DynamoDB's parser does.

The wire hands attribute values on as they came; everything else in a request it has checked.
Source of the texts: dynalite's recordings.
"""

from __future__ import annotations

import binascii
from typing import Any

from console.aws.misfits import misfit, refusal, unconvertible

_ATTRIBUTE_VALUE = "com.amazonaws.dynamodb.v20120810.AttributeValue"


def string(value: Any) -> str:
    """Insist on a string."""
    if type(value) is str:
        return value
    raise unconvertible(value, "String")


def boolean(value: Any) -> bool:
    """Insist on true or false."""
    if type(value) is bool:
        return value
    if type(value) is str:
        raise refusal("Unexpected token received from parser")
    raise unconvertible(value, "Boolean")


def binary(value: Any) -> str:
    """Give the canonical base64 of bytes or of base64 text."""
    if type(value) is bytes:
        return binascii.b2a_base64(value, newline=False).decode()
    if type(value) is not str:
        if type(value) in (list, dict):
            raise unconvertible(value, "java.nio.ByteBuffer")
        raise refusal("only base-64-encoded strings are convertible to bytes")
    if len(value) % 4:
        raise refusal(
            f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}"
        )
    try:
        content = binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise refusal("Invalid last non-pad Base64 character dectected") from None
    return binascii.b2a_base64(content, newline=False).decode()


def array(value: Any) -> list[Any]:
    """Insist on a list."""
    if type(value) is list:
        return value
    raise misfit(value, "Unexpected field type", "class java.util.List")


def mapping(value: Any) -> dict[str, Any]:
    """Insist on a map of attribute values."""
    if type(value) is dict:
        return value
    raise misfit(
        value, "Unexpected field type", f"java.util.Map<java.lang.String, {_ATTRIBUTE_VALUE}>"
    )


def attribute_value(value: Any) -> dict[str, Any]:
    """Insist on the structure of an attribute value."""
    if type(value) is dict:
        return value
    raise misfit(value, "Unexpected value type in payload", f"class {_ATTRIBUTE_VALUE}")
