"""Filter patterns held against the newest records of a stream, and why a record is passed over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.mappings.filters import explain
from triggers.mappings.patterns.findings import Finding, Lies
from triggers.models import Record

NEWEST = 50
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """One record: which pattern it matches (from 1; 0 is none), else what stood in the way."""

    number: str
    event: str
    keys: str
    pattern: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """How the newest records fare, newest first."""

    verdicts: tuple[Verdict, ...]

    @property
    def matching(self) -> int:
        """Count the records that pass."""
        return sum(verdict.pattern > 0 for verdict in self.verdicts)

    @property
    def missed(self) -> tuple[Verdict, ...]:
        """The records that do not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.pattern)


def hold(scope: Scope, stream_arn: str, patterns: Sequence[str]) -> Trial | None:
    """Try `patterns` on the newest records of a stream; None while a pattern cannot be read."""
    found = Record.objects.filter(
        shard__stream__arn=stream_arn,
        shard__stream__tenancy=scope.tenancy,
        shard__stream__region=scope.region,
    ).order_by("-created_ms", "-seq")[:NEWEST]
    bodies = [json.loads(bytes(one.body)) | {"eventSourceARN": stream_arn} for one in found]
    try:
        return Trial(tuple(judge(patterns, body) for body in bodies))
    except AwsError:
        return None


def judge(patterns: Sequence[str], record: dict[str, Any]) -> Verdict:
    """Hold patterns against one record. Raises AwsError InvalidParameterValueException."""
    findings = [explain(pattern, record) for pattern in patterns]
    place = next((at for at, finding in enumerate(findings, 1) if finding.holds), 0)
    change = record["dynamodb"]
    keys = ", ".join(
        f"{name} = {next(iter(typed.values()))}" for name, typed in change["Keys"].items()
    )
    reasons = () if place else _reasons(findings)
    return Verdict(change["SequenceNumber"], record["eventName"], keys, place, reasons)


def _reasons(findings: Sequence[Finding]) -> tuple[str, ...]:
    leaves = [leaf for finding in findings for leaf in finding.failures()]
    return tuple(dict.fromkeys(map(said, leaves)))[:_REASONS]


def said(leaf: Finding) -> str:
    """Say why one clause does not hold."""
    path = ".".join(leaf.path)
    match leaf.lies:
        case Lies.ABSENT:
            return f"{path} is not there; wanted {leaf.wanted}"
        case Lies.OBJECT:
            return f"{path} is an object, not a value: is the type (S, N, …) missing? Wanted {leaf.wanted}"
        case _:
            return f"{path} is {', '.join(leaf.found)}; wanted {leaf.wanted}"
