"""Failure records as pages show them: what failed, the records themselves, and running them again.

What a failure record says is `triggers.polling.failures`' business, fetching is `replay`'s.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.urls import reverse

from console.aws.clock import SYSTEM_CLOCK
from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages.functions.testing import Result
from console.pages.items import attributes
from console.pages.refusals import Refusal, explain
from functions.catalog.names import read_name
from triggers.models import EventSourceMapping, Shard
from triggers.polling import failures, replay
from triggers.polling.failures import Failure
from triggers.streams.sequence import parse_sequence_number

MOST = 100
"""Records shown of one failure."""


@dataclass(frozen=True, slots=True)
class FailedRecord:
    """One record of a failed batch; `href` leads to its journey, empty where there is none."""

    number: str
    event: str
    keys: str
    body: str
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    """A failure with its records, as far as they are still there."""

    failure: Failure
    function: str
    records: list[FailedRecord]
    missing: int = 0
    exact: bool = True
    refusal: Refusal | None = None


def is_one(text: str) -> bool:
    """Say whether a message or an object is a failure record."""
    return failures.read(text) is not None


def tell(scope: Scope, text: str) -> Told | None:
    """Fetch the records of the failure that `text` tells of; None when it tells of none."""
    failure = failures.read(text)
    if failure is None:
        return None
    name = _function(scope, failure)
    try:
        fetched = replay.records_of(scope, failure)
    except AwsError as error:
        return Told(failure, name, [], refusal=explain(error))
    mapping = _mapping(scope, failure, name)
    shown = [_record(failure, body, mapping) for body in fetched.records[:MOST]]
    return Told(failure, name, shown, fetched.missing, fetched.exact)


def again(scope: Scope, text: str) -> Result | None:
    """Hand the records of a failure to its function once more; None for what is no failure."""
    failure = failures.read(text)
    if failure is None:
        return None
    began = SYSTEM_CLOCK.monotonic()
    try:
        said = replay.run(scope, failure).result
    except AwsError as error:
        return Result(True, "", "", SYSTEM_CLOCK.monotonic() - began, explain(error))
    return Result(
        failed=bool(said.function_error),
        payload=said.payload.decode(errors="replace"),
        log=said.log_tail,
        seconds=SYSTEM_CLOCK.monotonic() - began,
    )


def _function(scope: Scope, failure: Failure) -> str:
    try:
        return read_name(scope, failure.function_arn).name
    except AwsError:
        return ""


def _mapping(scope: Scope, failure: Failure, function: str) -> EventSourceMapping | None:
    return EventSourceMapping.objects.filter(
        tenancy_id=scope.tenancy,
        region=scope.region,
        function_name=function,
        stream_arn=failure.stream_arn,
    ).first()


def _record(failure: Failure, body: bytes, mapping: EventSourceMapping | None) -> FailedRecord:
    record = json.loads(body)
    change = record["dynamodb"]
    keys = ", ".join(
        f"{name} = {attributes.shown(value)}" for name, value in change["Keys"].items()
    )
    number = change["SequenceNumber"]
    return FailedRecord(
        number, record["eventName"], keys, body.decode(), _journey(failure, number, mapping)
    )


def _journey(failure: Failure, number: str, mapping: EventSourceMapping | None) -> str:
    placed = parse_sequence_number(number)
    if mapping is None or placed is None:
        return ""
    shard = Shard.objects.filter(stream__mappings=mapping, name=failure.shard).first()
    if shard is None:
        return ""
    return reverse("record", args=[mapping.function_name, mapping.uuid, shard.pk, placed[1]])
