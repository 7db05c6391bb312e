"""JSON that people type: read, or refused with words that say where. Pure."""

from __future__ import annotations

import json
from typing import Any


def read(text: str, decoder: json.JSONDecoder | None = None) -> Any:
    """Read a JSON document. Raises ValueError with words for people.

    What could not be stored as UTF-8, or lies deeper than can be read, is refused too.
    """
    try:
        found = (decoder or json.JSONDecoder()).decode(text.strip())
        check_text(found)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"Not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise ValueError("Lists and maps lie too deep in each other.") from None
    return found


def check_text(document: Any) -> None:
    """Refuse half of a surrogate pair, which no text has. Raises ValueError."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("A text has half of a surrogate pair (\\ud800 to \\udfff).") from None
