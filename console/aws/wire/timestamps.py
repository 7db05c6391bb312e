"""The three spellings of a moment in AWS protocols. Does not know which member uses which."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal

Spelling = Literal["unixTimestamp", "iso8601", "rfc822"]


def from_epoch(seconds: float) -> datetime:
    """Read epoch seconds; raises ValueError outside the years 1 to 9999."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None


def parse(text: str, spelling: Spelling) -> datetime:
    """Read a moment written as `spelling`; raises ValueError."""
    if spelling == "unixTimestamp":
        return from_epoch(float(text))
    read = parsedate_to_datetime if spelling == "rfc822" else datetime.fromisoformat
    moment = read(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def spell(moment: datetime | float, spelling: Spelling) -> str | float:
    """Write a moment (aware datetime, or epoch seconds) as `spelling`; epoch seconds as a number."""
    if not isinstance(moment, datetime):
        if spelling == "unixTimestamp":
            return float(moment)
        moment = from_epoch(moment)
    match spelling:
        case "unixTimestamp":
            return round(moment.timestamp(), 3)
        case "rfc822":
            return format_datetime(moment.astimezone(UTC), usegmt=True)
        case "iso8601":
            text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
            return text.replace(".000", "").replace("+00:00", "Z")
