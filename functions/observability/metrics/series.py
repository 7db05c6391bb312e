"""What names a series of values, and the number that stands for it. Knows no values.

The number is a digest of everything that names the series, tenancy and region first: a statement
can write values without a look at the rows, and nobody can name another's series.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one account and region, in one unit; dimensions are sorted. Made by `series`."""

    tenancy: int
    region: str
    namespace: str
    name: str
    dimensions: Dimensions
    unit: str
    number: int


@lru_cache(maxsize=16_384)
def series(
    tenancy: int, region: str, namespace: str, name: str, dimensions: Dimensions, unit: str
) -> Series:
    """Name a series and give it its number of 63 bits."""
    naming = json.dumps([tenancy, region, namespace, name, dimensions, unit])
    digest = blake2b(naming.encode(), digest_size=8).digest()
    return Series(tenancy, region, namespace, name, dimensions, unit, int.from_bytes(digest) >> 1)


def spell(dimensions: Dimensions) -> str:
    """Write dimensions as rows hold them."""
    return json.dumps(dimensions, separators=(",", ":"), ensure_ascii=False)


def read(text: str) -> Dimensions:
    """Read dimensions as rows hold them."""
    return tuple((name, value) for name, value in json.loads(text))
