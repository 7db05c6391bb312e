"""Parts of objects: a Range header read into offsets. Pure.

Source: RFC 9110, section 14; S3 API reference, GetObject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.aws.errors import AwsError

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included, of `size`."""

    first: int
    last: int
    size: int

    @property
    def content_range(self) -> str:
        """Spell the Content-Range header."""
        return f"bytes {self.first}-{self.last}/{self.size}"


def read(text: str | None, size: int) -> Part | None:
    """Read a Range header; None for the whole, also when the header is none that S3 understands.

    Raises AwsError InvalidRange when it lies outside the object.
    """
    found = _RANGE.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        part = Part(max(0, size - int(last)), size - 1, size)
        unsatisfiable = int(last) == 0 or size == 0
    else:
        part = Part(int(first), min(int(last), size - 1) if last else size - 1, size)
        if last and int(last) < int(first):
            return None
        unsatisfiable = part.first >= size
    if unsatisfiable:
        raise AwsError(
            "InvalidRange",
            "The requested range is not satisfiable",
            fields={"RangeRequested": text, "ActualObjectSize": size},
            status=416,
        )
    return part
