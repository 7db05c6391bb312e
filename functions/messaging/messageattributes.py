"""Attributes of messages (SQS and SNS have the same): which are allowed, how they are kept.

Kept form: name -> {"DataType": …, "StringValue" or "BinaryValue": …}, binary values in base64.
Source: SQS developer guide, "Message attributes"; error texts where recorded.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from console.aws.errors import AwsError
from functions.messaging import limits

Attributes = Mapping[str, Mapping[str, Any]]
_NAME = re.compile(r"(?!\.)(?!.*\.\.)(?!.*\.$)(?!(?i:aws|amazon)\.)[\w.-]{1,256}", re.ASCII)
_TYPE = re.compile(r"(String|Number|Binary)(\..{1,247})?")
_ALL = frozenset({"All", ".*"})


def kept(wire: Mapping[str, Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """Turn what came over the wire (binary values as bytes) into the kept form.

    Raises AwsError InvalidParameterValue for lists of values, which AWS reserves for later.
    """
    attributes = {}
    for name, value in (wire or {}).items():
        if value.get("StringListValues") or value.get("BinaryListValues"):
            raise AwsError(
                "InvalidParameterValue",
                f"Message attribute list values in SendMessage operation are not supported: {name}",
            )
        one = {"DataType": value.get("DataType", "")}
        if value.get("BinaryValue"):
            one["BinaryValue"] = b64encode(value["BinaryValue"]).decode()
        if value.get("StringValue"):
            one["StringValue"] = value["StringValue"]
        attributes[name] = one
    return attributes


def shown(attributes: Attributes) -> dict[str, dict[str, Any]]:
    """Turn the kept form into what goes over the wire (binary values as bytes)."""
    answer = {}
    for name, value in attributes.items():
        one = dict(value)
        if "BinaryValue" in one:
            one["BinaryValue"] = b64decode(one["BinaryValue"])
        answer[name] = one
    return answer


def chosen(attributes: Attributes, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Keep the attributes that a receiver asked for: by name, `prefix.*`, `All` or `.*`."""
    listed = set(names)
    if listed & _ALL:
        return dict(attributes)
    prefixes = tuple(name.removesuffix("*") for name in listed if name.endswith(".*"))
    return {
        name: value
        for name, value in attributes.items()
        if name in listed or (prefixes and name.startswith(prefixes))
    }


def size(attributes: Attributes) -> int:
    """Count the bytes that attributes add to a message: names, types and values."""
    total = 0
    for name, value in attributes.items():
        total += len(name.encode()) + len(value["DataType"].encode())
        if "BinaryValue" in value:
            total += len(b64decode(value["BinaryValue"]))
        else:
            total += len(value["StringValue"].encode())
    return total


def check(attributes: Attributes, code: str = "InvalidParameterValue") -> None:
    """Refuse attributes that AWS would not take. Raises AwsError `code`."""
    for name, value in attributes.items():
        problem = _problem_of_name(name) or _problem_of_value(name, value)
        if problem:
            raise AwsError(code, problem)


def check_count(attributes: Attributes) -> None:
    """Refuse more attributes than an SQS message may have. Raises AwsError InvalidParameterValue."""
    if len(attributes) > limits.MESSAGE_ATTRIBUTES:
        raise AwsError(
            "InvalidParameterValue",
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum "
            f"[{limits.MESSAGE_ATTRIBUTES}].",
        )


def _problem_of_name(name: str) -> str:
    if _NAME.fullmatch(name):
        return ""
    return (
        "Message (user) attribute name can contain only the characters A-Z, a-z, 0-9, "
        "underscore (_), hyphen (-), and period (.), and must not begin with AWS. or "
        f"Amazon.: {name}"
    )


def _problem_of_value(name: str, value: Mapping[str, Any]) -> str:
    kind = value["DataType"]
    if not kind:
        return f"The message attribute '{name}' must contain non-empty message attribute type."
    found = _TYPE.fullmatch(kind)
    if not found:
        return (
            f"The message attribute '{name}' has an invalid message attribute type, the set of "
            "supported type prefixes is Binary, Number, and String."
        )
    wanted = "BinaryValue" if found.group(1) == "Binary" else "StringValue"
    if len(value) == 1:
        return (
            f"The message attribute '{name}' must contain non-empty message attribute value "
            f"for message attribute type '{kind}'."
        )
    if wanted not in value or len(value) != 2:
        return f"The message attribute '{name}' with type '{kind}' must use field '{wanted[:6]}'."
    if found.group(1) == "Number" and not _is_number(value["StringValue"]):
        return f"Can't cast the value of message (user) attribute '{name}' to a number."
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
