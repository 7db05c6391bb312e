"""How AWS words refusals: which start with a count of errors on writes, and how sets are listed.

Decides nothing but the wording. Source: moto's tests verified on AWS, of August 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from console.aws.errors import AwsError

_COUNTED: Final = (
    "One or more parameter values were invalid: An string set",
    "One or more parameter values were invalid: An number set",
    "One or more parameter values were invalid: Binary sets should not be empty",
    "Invalid UpdateExpression: The expression can not be empty;",
    "Invalid UpdateExpression: Two document paths overlap",
    'Invalid UpdateExpression: The "',
    "ExpressionAttributeValues must not be empty",
    "Value provided in ExpressionAttribute",
)

_EMPTY_SET: Final = re.compile(
    "ExpressionAttributeValues contains invalid value: (.* not be empty) for key .*"
)
"""Writes tell an empty set without the value's name; moto has not looked at other values."""


@contextmanager
def as_write() -> Iterator[None]:
    """Word the refusals raised inside as PutItem, UpdateItem and DeleteItem do."""
    try:
        yield
    except AwsError as error:
        empty = _EMPTY_SET.fullmatch(error.message)
        message = empty[1] if empty else error.message
        if message.startswith(_COUNTED):
            raise AwsError(error.code, f"1 validation error detected: {message}") from None
        raise


def listed(names: Iterable[str]) -> str:
    """List a set of names as AWS prints it, such as "[id, user]": in the order of Java's HashSet.

    A name's bucket is its String.hashCode, folded once, modulo a power of two that leaves the set
    three quarters full at most; names of one bucket stay as they came.
    """
    found = list(dict.fromkeys(names))
    buckets = 16
    while len(found) > buckets * 3 // 4:
        buckets *= 2
    return f"[{', '.join(sorted(found, key=lambda name: _hash(name) % buckets))}]"


def _hash(text: str) -> int:
    units = text.encode("utf-16-be")
    value = 0
    for at in range(0, len(units), 2):
        value = (31 * value + int.from_bytes(units[at : at + 2], "big")) & 0xFFFFFFFF
    return value ^ (value >> 16)
