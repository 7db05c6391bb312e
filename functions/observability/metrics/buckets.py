"""Which values are kept together: those of about the same size, eight buckets to a doubling.

A percentile is therefore right within a bucket, that is within 9 per cent, and exact where a bucket
has taken one value; count, sum, minimum and maximum are always exact. Buckets order as values do.
"""

from __future__ import annotations

import math

_A_DOUBLING = 8
_MIDDLE = 10_000  # bucket of 1; 0 is for the value 0
MIXED = 32_000
"""The bucket of statistic sets, whose single values nobody knows."""


def bucket_of(value: float) -> int:
    """Name the bucket of a finite value."""
    if value == 0:
        return 0
    size = _MIDDLE + math.floor(_A_DOUBLING * math.log2(abs(value)))
    return size if value > 0 else -size
