"""How AWS's JSON parsers refuse a value of the wrong type, in the words of their Java. Pure.

Source of the texts: dynalite's recordings.
"""

from __future__ import annotations

from typing import Any

from console.aws.errors import AwsError


def misfit(value: Any, scalar_text: str, java_name: str) -> AwsError:
    """Refuse a value where a structure, list or map belongs."""
    if type(value) is dict:
        return refusal("Start of structure or map found where not expected")
    if type(value) is list:
        return refusal(f"Unrecognized collection type {java_name}")
    return refusal(scalar_text)


def unconvertible(value: Any, java_name: str) -> AwsError:
    """Refuse a value where a scalar belongs."""
    match value:
        case dict():
            return refusal("Start of structure or map found where not expected")
        case list():
            return refusal(f"Unrecognized collection type class {qualified(java_name)}")
        case bool():
            kind = "TRUE_VALUE" if value else "FALSE_VALUE"
        case int():
            kind = "NUMBER_VALUE"
        case float():
            kind = "DECIMAL_VALUE"
        case _:
            kind = "STRING_VALUE"
    return refusal(f"{kind} cannot be converted to {java_name}")


def qualified(java_name: str) -> str:
    """Name a Java class in full."""
    return java_name if "." in java_name else f"java.lang.{java_name}"


def refusal(text: str) -> AwsError:
    """Refuse JSON that cannot be read."""
    return AwsError("SerializationException", text)
