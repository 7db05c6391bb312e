"""The shape of generated items: DynamoDB JSON with placeholders in its texts.

`{{n}}` counts writes, `{{key}}` counts to the number of different keys and begins again, `{{uuid}}`,
`{{int 1 500}}` and `{{pick NEW PAID}}` are drawn, `{{now}}` is in epoch seconds and `{{iso}}` its
date and time. Pure: whether an item fits its table is not asked here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.aws.clock import as_datetime
from console.aws.ids import Ids

_PLACE: Final = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_PLAIN: Final = frozenset({"n", "key", "uuid", "now", "iso"})
_DRAWN_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Moment:
    """What placeholders are filled from: which write, of how many keys (0: no end), and when."""

    number: int
    keys: int
    now: float


def read(text: str) -> dict[str, Any]:
    """Read a shape. Raises ValueError with words for people."""
    try:
        shape = json.loads(text)
        if not isinstance(shape, dict):
            raise ValueError('A shape is an item: {"id": {"S": "A-{{n}}"}}')
        _walk(shape, lambda found: _check(found[1]))
        json.dumps(shape, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise ValueError(
            f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except UnicodeEncodeError:
        raise ValueError("A text has half of a surrogate pair.") from None
    except RecursionError:
        raise ValueError("Lists and maps lie too deep in each other.") from None
    return shape


def fill(shape: Mapping[str, Any], moment: Moment, ids: Ids) -> dict[str, Any]:
    """Make an item of the shape."""
    filled = _walk(dict(shape), lambda found: _value(found[1], moment, ids))
    assert isinstance(filled, dict)  # noqa: S101 - a map stays one
    return filled


def _walk(value: Any, replace: Callable[[re.Match[str]], str]) -> Any:
    match value:
        case str():
            return _PLACE.sub(replace, value)
        case list():
            return [_walk(one, replace) for one in value]
        case dict():
            return {name: _walk(one, replace) for name, one in value.items()}
        case _:
            return value


def _check(text: str) -> str:
    words = text.split()
    match words[:1]:
        case ["int"] if len(words) == 3 and _is_range(words[1], words[2]):
            return ""
        case ["pick"] if len(words) > 1:
            return ""
        case [word] if word in _PLAIN and len(words) == 1:
            return ""
    raise ValueError(
        f"{{{{{text}}}}} is no placeholder: use n, key, uuid, now, iso, int 1 500 or pick A B."
    )


def _is_range(low: str, high: str) -> bool:
    digits = [one.removeprefix("-") for one in (low, high)]
    return all(one.isdecimal() and len(one) < 16 for one in digits) and int(low) <= int(high)


def _value(text: str, moment: Moment, ids: Ids) -> str:
    words = text.split()
    match words[0]:
        case "int":
            low, high = int(words[1]), int(words[2])
            return str(low + _drawn(ids) % (high - low + 1))
        case "pick":
            return words[1 + _drawn(ids) % (len(words) - 1)]
        case "uuid":
            return ids.uuid()
        case word:
            return _told(word, moment)


def _told(word: str, moment: Moment) -> str:
    match word:
        case "now":
            return str(int(moment.now))
        case "iso":
            return as_datetime(moment.now).isoformat(timespec="milliseconds")
        case "key" if moment.keys:
            return str(moment.number % moment.keys)
        case _:
            return str(moment.number)


def _drawn(ids: Ids) -> int:
    return int(ids.hex(_DRAWN_DIGITS), 16)
