"""Records that were given up, fetched from their stream again and handed to their function.

    failure = failures.read(body)              a message or an object, read back
    fetched = replay.records_of(scope, failure)
    outcome = replay.run(scope, failure)       the function runs once more, as by Invoke

The ledger stays as it is: the records remain discarded, whatever comes of the replay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog.names import read_name
from functions.invocations import invoking
from triggers.models import Settled
from triggers.polling import events, ledger
from triggers.polling.batching import Batch
from triggers.polling.failures import Failure
from triggers.polling.lane import Window
from triggers.sources.protocol import EVERYTHING, Source
from triggers.sources.registry import source_of


@dataclass(frozen=True, slots=True)
class Fetched:
    """The records of a failure as the function received them, oldest first.

    `missing` have expired since. Not `exact`: the ledger no longer knows which records between the
    first and the last were the batch's, and all of them are here.
    """

    records: Sequence[bytes]
    missing: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was handed over, and what the function answered."""

    fetched: Fetched
    result: invoking.Result


def records_of(scope: Scope, failure: Failure) -> Fetched:
    """Fetch the records of a failure: out of the object that holds them, else from the stream.

    Raises AwsError ResourceNotFoundException when stream or shard are gone (or another account's),
    ValidationException for sequence numbers that are none of the shard's.
    """
    if failure.payload:
        return Fetched(_in_payload(failure.payload))
    source = source_of(failure.stream_arn)
    shard = source.shard(scope, failure.stream_arn, failure.shard) if source else None
    if source is None or shard is None:
        raise AwsError(
            "ResourceNotFoundException",
            f"Requested resource not found: Shard: {failure.shard} in Stream: "
            f"{failure.stream_arn} not found",
        )
    if not failure.first:
        return Fetched(())
    return _in_stream(scope, failure, source, shard)


def run(
    scope: Scope,
    failure: Failure,
    *,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Replayed:
    """Hand the records of a failure to their function once more and wait for its answer.

    Raises AwsError: those of `records_of` and of Invoke, and TrimmedDataAccessException when no
    record is left.
    """
    fetched = records_of(scope, failure)
    if failure.first and not fetched.records:
        raise AwsError(
            "TrimmedDataAccessException", "The data you are trying to access has been trimmed"
        )
    name = read_name(scope, failure.function_arn)
    event = failure.payload or _event(failure, fetched.records)
    return Replayed(fetched, invoking.invoke(scope, name, event, clock=clock, ids=ids))


def _in_stream(scope: Scope, failure: Failure, source: Source, shard: int) -> Fetched:
    face = source.face(shard)
    first, last = face.seq(failure.first), face.seq(failure.last)
    if first is None or last is None:
        raise AwsError("ValidationException", "Invalid SequenceNumber")
    seen = source.look(shard, first - 1, last, None, EVERYTHING).records
    seqs = [one.seq for one in seen]
    run = _discarded(scope, failure, shard, first, last)
    if run is not None:
        seqs = ledger.kept(run, seqs)
    records = source.records(shard, Batch(first - 1, last, tuple(seqs)))
    return Fetched(records, max(0, failure.records - len(records)), exact=run is not None)


def _discarded(scope: Scope, failure: Failure, shard: int, first: int, last: int) -> Settled | None:
    """Find the run of the ledger that the failure tells of; it knows what lay between.

    Several lanes may have passed over the range: the batch's own had its first and last record.
    """
    name = read_name(scope, failure.function_arn)
    runs = Settled.objects.filter(
        lane__mapping__tenancy_id=scope.tenancy,
        lane__mapping__region=scope.region,
        lane__mapping__function_name=name.name,
        lane__mapping__qualifier=name.qualifier,
        lane__shard_id=shard,
        fate=Settled.Fate.DISCARDED,
        low__lt=first,
        high__gte=last,
    )
    ends = sorted({first, last})
    return next((run for run in runs if ledger.kept(run, ends) == ends), None)


def _event(failure: Failure, records: Sequence[bytes]) -> bytes:
    """Make the event as the lane made it; a window's begins with an empty state."""
    if failure.window is None:
        return events.of_records(records)
    start, end = failure.window
    final = not failure.first
    return events.of_window(
        records, Window(start), end - start, failure.shard, failure.stream_arn, final=final
    )


def _in_payload(payload: bytes) -> Sequence[bytes]:
    """Take the records out of the event that a bucket holds. Raises AwsError ValidationException."""
    try:
        return [orjson.dumps(one) for one in orjson.loads(payload)["Records"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise AwsError("ValidationException", "The payload holds no records") from None
