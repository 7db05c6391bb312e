"""JSON of the wrong type inside attribute values, refused as DynamoDB's parser does.

The wire hands attribute values on as they came; everything else in a request it has checked.
Source of the texts: dynalite's recordings.
"""

from __future__ import annotations

import binascii
from typing import Any

from console.aws.errors import AwsError

_ATTRIBUTE_VALUE = "com.amazonaws.dynamodb.v20120810.AttributeValue"


def string(value: Any) -> str:
    """Insist on a string."""
    if type(value) is str:
        return value
    raise _unconvertible(value, "String")


def boolean(value: Any) -> bool:
    """Insist on true or false."""
    if type(value) is bool:
        return value
    if type(value) is str:
        raise _refusal("Unexpected token received from parser")
    raise _unconvertible(value, "Boolean")


def binary(value: Any) -> str:
    """Give the canonical base64 of bytes or of base64 text."""
    if type(value) is bytes:
        return binascii.b2a_base64(value, newline=False).decode()
    if type(value) is not str:
        if type(value) in (list, dict):
            raise _unconvertible(value, "java.nio.ByteBuffer")
        raise _refusal("only base-64-encoded strings are convertible to bytes")
    if len(value) % 4:
        raise _refusal(
            f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}"
        )
    try:
        content = binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise _refusal("Invalid last non-pad Base64 character dectected") from None
    return binascii.b2a_base64(content, newline=False).decode()


def array(value: Any) -> list[Any]:
    """Insist on a list."""
    if type(value) is list:
        return value
    raise _misfit(value, "Unexpected field type", "class java.util.List")


def mapping(value: Any) -> dict[str, Any]:
    """Insist on a map of attribute values."""
    if type(value) is dict:
        return value
    raise _misfit(
        value, "Unexpected field type", f"java.util.Map<java.lang.String, {_ATTRIBUTE_VALUE}>"
    )


def attribute_value(value: Any) -> dict[str, Any]:
    """Insist on the structure of an attribute value."""
    if type(value) is dict:
        return value
    raise _misfit(value, "Unexpected value type in payload", f"class {_ATTRIBUTE_VALUE}")


def _misfit(value: Any, scalar_text: str, java_name: str) -> AwsError:
    if type(value) is dict:
        return _refusal("Start of structure or map found where not expected")
    if type(value) is list:
        return _refusal(f"Unrecognized collection type {java_name}")
    return _refusal(scalar_text)


def _unconvertible(value: Any, java_name: str) -> AwsError:
    match value:
        case dict():
            return _refusal("Start of structure or map found where not expected")
        case list():
            qualified = java_name if "." in java_name else f"java.lang.{java_name}"
            return _refusal(f"Unrecognized collection type class {qualified}")
        case bool():
            kind = "TRUE_VALUE" if value else "FALSE_VALUE"
        case int():
            kind = "NUMBER_VALUE"
        case float():
            kind = "DECIMAL_VALUE"
        case _:
            kind = "STRING_VALUE"
    return _refusal(f"{kind} cannot be converted to {java_name}")


def _refusal(text: str) -> AwsError:
    return AwsError("SerializationException", text)
