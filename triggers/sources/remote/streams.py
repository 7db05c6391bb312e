"""Outside streams as an event source: lanes read the copy, `following` keeps it up to date.

A place is the record's position in the copy of its shard; the number it has outside, of up to forty
digits, is kept beside it and is what functions and failure records see.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from console.aws.clock import SYSTEM_CLOCK
from console.aws.scope import Scope
from triggers.models import RemotePlace, Shard
from triggers.polling.batching import Batch, Seen
from triggers.sources import dynamodb
from triggers.sources.protocol import Beginning, Sieve, Start
from triggers.sources.remote import connections, copies, endpoint
from triggers.sources.remote.endpoint import GoneError, OutsideError, OutsideStream

log = logging.getLogger(__name__)

_FRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Face:
    """Satisfies `protocol.ShardFace`."""

    shard_id: int
    name: str

    def text(self, seq: int) -> str:
        """Spell a place with the number that it has outside."""
        found = RemotePlace.objects.filter(shard_id=self.shard_id, seq=seq)
        return found.values_list("number", flat=True).first() or str(seq)

    def seq(self, text: str) -> int | None:
        """Find the place of a number; None when it was not copied, or is forgotten."""
        found = RemotePlace.objects.filter(shard_id=self.shard_id, number=text)
        return found.values_list("seq", flat=True).first()


@dataclass(frozen=True, slots=True)
class _Reached:
    """What an endpoint has said: nothing, when it has no such stream or cannot be asked."""

    at: float
    stream: OutsideStream | None
    latest: dict[str, str]


class RemoteStreams:
    """Satisfies `protocol.Source`."""

    service = "dynamodb"
    actions = dynamodb.SOURCE.actions

    def __init__(self) -> None:
        self._reached: dict[str, _Reached] = {}

    def reach(self, arn: str) -> None:
        """Ask the endpoint for the stream, and where its open shards end just now."""
        now = SYSTEM_CLOCK.now()
        through = connections.to(arn)
        stream, latest = None, {}
        if through is not None:
            try:
                stream = endpoint.describe(through, arn)
                latest = {
                    one.name: endpoint.iterator(through, arn, one.name, "LATEST")
                    for one in _open_ones(stream)
                }
            except OutsideError as error:
                log.warning("%s cannot be reached: %s", arn, error)
                stream = None
        self._reached[arn] = _Reached(now, stream, latest)

    def exists(self, scope: Scope, arn: str) -> bool:
        """Say whether the endpoint has the stream, for accounts that may use the connection."""
        through = connections.to(arn)
        return through is not None and through.serves(scope) and self._told(arn).stream is not None

    def begin(self, scope: Scope, arn: str, position: str) -> Beginning:
        """Make a copy for a new mapping. Call `exists` before."""
        through, told = connections.to(arn), self._told(arn)
        if through is None or told.stream is None:
            raise GoneError(arn)
        latest = told.latest if position == "LATEST" else None
        return copies.begin(scope, through, arn, told.stream, latest, told.at)

    def shard(self, scope: Scope, arn: str, name: str) -> int | None:
        """Look up the newest copy of a shard."""
        found = Shard.objects.filter(
            stream__tenancy_id=scope.tenancy,
            stream__region=scope.region,
            stream__arn=arn,
            name=name,
        ).exclude(stream__connection="")
        return found.order_by("-pk").values_list("id", flat=True).first()

    def children(self, shard_id: int) -> list[Start]:
        """The shards that a closed one was followed by."""
        return dynamodb.SOURCE.children(shard_id)

    def face(self, shard_id: int) -> _Face:
        """Say how a shard looks outside."""
        return _face(shard_id)

    def look(
        self, shard_id: int, after: int, upto: int | None, limit: int | None, sieve: Sieve
    ) -> Seen:
        """Look at the copy."""
        return dynamodb.SOURCE.look(shard_id, after, upto, limit, sieve)

    def count(self, shard_id: int, low: int, high: int, sieve: Sieve) -> int:
        """Count in the copy."""
        return dynamodb.SOURCE.count(shard_id, low, high, sieve)

    def records(self, shard_id: int, batch: Batch) -> Sequence[bytes]:
        """Give the batch's records out of the copy."""
        return dynamodb.SOURCE.records(shard_id, batch)

    def _told(self, arn: str) -> _Reached:
        told = self._reached.get(arn)
        if told is None or SYSTEM_CLOCK.now() - told.at > _FRESH_SECONDS:
            self.reach(arn)
        return self._reached[arn]


def _open_ones(stream: OutsideStream) -> list[endpoint.OutsideShard]:
    return [one for one in stream.shards if not one.ended]


@lru_cache(maxsize=4096)
def _face(shard_id: int) -> _Face:
    """A shard's name never changes."""
    return _Face(shard_id, Shard.objects.values_list("name", flat=True).get(pk=shard_id))


SOURCE = RemoteStreams()
