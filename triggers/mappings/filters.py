"""Which records of a stream a mapping's function is to see. Pure; a pattern is compiled once.

How patterns are written and what they mean is `patterns`' business; who is asked, and what is
counted, the poller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from console.aws.errors import AwsError
from triggers.mappings.patterns import limits
from triggers.mappings.patterns.clauses import Fields
from triggers.mappings.patterns.findings import Finding, find
from triggers.mappings.patterns.grammar import parse


@dataclass(frozen=True, slots=True)
class Filter:
    """The filters of a mapping: a record passes when any of them matches, or when there are none."""

    patterns: tuple[Fields, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether every record passes, so that none needs to be parsed."""
        return not self.patterns

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Say whether a record passes: the JSON of an event's record, eventSourceARN included."""
        if not self.patterns:
            return True
        plain = record if type(record) is dict else dict(record)
        return any(pattern.holds_in(plain) for pattern in self.patterns)

    def matches_bytes(self, body: bytes, source_arn: str = "") -> bool:
        """Say whether a record passes that is kept as JSON; `source_arn` is what the body lacks."""
        if not self.patterns:
            return True
        record = orjson.loads(body)
        if source_arn:
            record["eventSourceARN"] = source_arn
        return self.matches(record)


def compile_filters(patterns: Sequence[str]) -> Filter:
    """Compile the patterns of a mapping.

    Raises AwsError InvalidParameterValueException: `Invalid filter pattern definition.`, or for
    more patterns than the quota.
    """
    if len(patterns) > limits.FILTERS:
        raise AwsError(
            "InvalidParameterValueException",
            f"The number of filters exceeds the limit of {limits.FILTERS}.",
        )
    return Filter(tuple(map(_compiled, patterns)))


def explain(pattern: str, record: Mapping[str, Any]) -> Finding:
    """Say clause by clause whether one pattern matches a record.

    Raises AwsError InvalidParameterValueException.
    """
    return find(_compiled(pattern), dict(record))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Fields:
    return parse(pattern)
