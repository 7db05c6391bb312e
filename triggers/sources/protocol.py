"""What any event source must offer to be read by lanes. Decides nothing about batches.

A lane counts in places: whole numbers that rise by one with each record of its shard, from 1. How
the source itself numbers records is its own affair, and `ShardFace` translates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from console.aws.scope import Scope
from triggers.polling.batching import Batch, Seen


@dataclass(frozen=True, slots=True)
class Start:
    """Where a new lane begins: the shard, and the sequence it treats as already settled."""

    shard_id: int
    checkpoint: int


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new mapping reads: a stream of the database, and where its first lanes begin."""

    stream_id: int
    starts: list[Start]


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which records a lane wants: those that match (None: all do), and of these every one whose
    item falls to it as number `number` of `factor` lanes."""

    matches: Callable[[bytes], bool] | None = None
    number: int = 0
    factor: int = 1

    @property
    def passes_all(self) -> bool:
        """Say whether no record need be looked into."""
        return self.matches is None and self.factor == 1

    def takes(self, item: bytes) -> bool:
        """Say whether records of an item, given by its fingerprint, fall to this lane."""
        return self.factor == 1 or int.from_bytes(item[:8]) % self.factor == self.number


EVERYTHING = Sieve()


class ShardFace(Protocol):
    """How a shard and its sequences look to callers of AWS."""

    @property
    def name(self) -> str:
        """The shard's id."""
        ...

    def text(self, seq: int) -> str:
        """Spell a sequence as AWS does."""
        ...

    def seq(self, text: str) -> int | None:
        """Read a sequence number; None when it is none of this shard."""
        ...


class Source(Protocol):
    """One kind of event source, such as DynamoDB streams."""

    @property
    def service(self) -> str:
        """The service part of its ARNs."""
        ...

    @property
    def actions(self) -> tuple[str, ...]:
        """What the execution role must be allowed to do with the source."""
        ...

    def reach(self, arn: str) -> None:
        """Ask a source beyond the database, before a transaction begins that needs its answer."""
        ...

    def exists(self, scope: Scope, arn: str) -> bool:
        """Say whether the source is there for the caller's account and region."""
        ...

    def begin(self, scope: Scope, arn: str, position: str) -> Beginning:
        """Name the stream and the lanes of a new mapping; `position` is LATEST or TRIM_HORIZON.

        Runs inside the transaction that creates the mapping, so LATEST means: committed by now.
        """
        ...

    def shard(self, scope: Scope, arn: str, name: str) -> int | None:
        """Look up a shard of a source by its name; None when it is gone, or another account's."""
        ...

    def children(self, shard_id: int) -> list[Start]:
        """Name the lanes that begin when `shard_id` has been read to its end."""
        ...

    def face(self, shard_id: int) -> ShardFace:
        """Say how a shard looks to callers of AWS."""
        ...

    def look(
        self, shard_id: int, after: int, upto: int | None, limit: int | None, sieve: Sieve
    ) -> Seen:
        """Show at most `limit` records with after < sequence ≤ upto, oldest first.

        A source may have some of them `ready` at once, where a statement is spared by it.
        """
        ...

    def count(self, shard_id: int, low: int, high: int, sieve: Sieve) -> int:
        """Count the records of (low, high] that fall to a lane, whether they match or not."""
        ...

    def records(self, shard_id: int, batch: Batch) -> Sequence[bytes]:
        """Give the batch's records as the function receives them, oldest first.

        Fewer than the batch has when some have expired meanwhile.
        """
        ...
