"""DynamoDB's numbers: 38 decimal digits, magnitudes from 1E-130 to 9.99…E+125.

Decides which texts are numbers, writes each number in exactly one way and turns it into bytes that
sort as the numbers do. Knows nothing of attribute values, and never hands an unchecked exponent to
`decimal`, so that a short text cannot cost much memory.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from functools import lru_cache

from console.aws.errors import AwsError

MAX_DIGITS = 38
MAX_MAGNITUDE = 125
MIN_MAGNITUDE = -130
"""Exponents of the first significant digit. Source: developer guide, "Data types", Number."""

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?)0*([0-9]+))?")
_PLAIN = re.compile(r"0|[1-9][0-9]{0,36}")
_OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
_SHORT = 40
"""Characters of a text that is worth remembering; longer ones would fill the memory."""

_EXACT = Context(prec=400, traps=[Inexact])


def canonical(text: str) -> str:
    """Write the number in `text` the one way DynamoDB returns it: no exponent, no idle zeros.

    Raises AwsError("ValidationException") for what is no number, or one out of range.
    """
    if _PLAIN.fullmatch(text):
        return text
    return _known(text) if len(text) <= _SHORT else _spell(*_parse(text))


@lru_cache(maxsize=4096)
def _known(text: str) -> str:
    """Write a number as others have written it lately: prices come again and again."""
    return _spell(*_parse(text))


def sortable(number: str) -> bytes:
    """Turn a canonical number into bytes whose order is the order of the numbers.

    A sign byte, then magnitude and digit pairs; the complement of those for negative numbers.
    """
    if number == "0":
        return b"\x01"
    negative, digits, magnitude = _parse(number)
    if len(digits) % 2:
        digits += "0"
    body = bytes([magnitude - MIN_MAGNITUDE])
    body += bytes(int(digits[i : i + 2]) + 1 for i in range(0, len(digits), 2))
    if not negative:
        return b"\x02" + body
    return b"\x00" + bytes(255 - byte for byte in body) + b"\xff"


def plus(left: str, right: str) -> str:
    """Add two canonical numbers exactly.

    Raises AwsError when the sum is out of range or needs over 38 digits; AWS calls both an
    overflow. Source: Alternator's tests of numbers.
    """
    return _stored(_EXACT.add(Decimal(left), Decimal(right)))


def minus(left: str, right: str) -> str:
    """Subtract `right` from `left`; raises as `plus` does."""
    return _stored(_EXACT.subtract(Decimal(left), Decimal(right)))


def compare(left: str, right: str) -> int:
    """Compare two canonical numbers: negative, zero or positive."""
    if left == right:
        return 0
    return 1 if Decimal(left) > Decimal(right) else -1


@lru_cache(maxsize=4096)
def size(number: str) -> int:
    """Count the bytes a canonical number takes: 1 + one per two digits, +1 when negative.

    Pairs are aligned on the decimal point ("101" = 3); zero is 1.
    Source: dynalite's recordings of item sizes.
    """
    if number == "0":
        return 1
    negative = number[0] == "-"
    whole, _, fraction = number.lstrip("-").partition(".")
    pairs = whole.rjust(len(whole) + len(whole) % 2, "0") + fraction.ljust(
        len(fraction) + len(fraction) % 2, "0"
    )
    start, end = 0, len(pairs)
    while pairs[start : start + 2] == "00":
        start += 2
    while pairs[end - 2 : end] == "00":
        end -= 2
    return 1 + (end - start) // 2 + negative


def _parse(text: str) -> tuple[bool, str, int]:
    """Take a number apart: negative, significant digits ("" for zero), magnitude of the first."""
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise _invalid(
            "The parameter cannot be converted to a numeric value" + (f": {text}" if text else "")
        )
    sign, whole, fraction, exponent_sign, exponent = found.groups(default="")
    all_digits = whole + fraction
    digits = all_digits.lstrip("0")
    if not digits:
        return False, "", 0
    magnitude = len(whole) - (len(all_digits) - len(digits)) - 1
    magnitude += _clamped(exponent_sign, exponent)
    digits = digits.rstrip("0")
    if magnitude > MAX_MAGNITUDE:
        raise _invalid(_OVERFLOW)
    if magnitude < MIN_MAGNITUDE:
        raise _invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )
    if len(digits) > MAX_DIGITS:
        raise _invalid("Attempting to store more than 38 significant digits in a Number")
    return sign == "-", digits, magnitude


def _stored(result: Decimal) -> str:
    if len(result.normalize(_EXACT).as_tuple().digits) > MAX_DIGITS:
        raise _invalid(_OVERFLOW)
    return canonical(str(result))


def _clamped(sign: str, digits: str) -> int:
    """Read an exponent; one of more than nine digits is out of range whatever it says."""
    value = int(digits or "0") if len(digits) < 10 else 10**9
    return -value if sign == "-" else value


def _spell(negative: bool, digits: str, magnitude: int) -> str:
    if not digits:
        return "0"
    if magnitude < 0:
        text = "0." + "0" * (-magnitude - 1) + digits
    elif len(digits) <= magnitude + 1:
        text = digits + "0" * (magnitude + 1 - len(digits))
    else:
        text = f"{digits[: magnitude + 1]}.{digits[magnitude + 1 :]}"
    return "-" + text if negative else text


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
