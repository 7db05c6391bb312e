"""The tables that lanes live in, and the conditional updates on them, in memory.

Every verb does what one statement (or one transaction) of `triggers.polling` and
`triggers.streams` does to its rows, and is atomic here because nothing runs in between.
`test_rows_match_sql` drives both with the same calls and compares the rows. Mutants override the
small questions at the end of `Rows`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from triggers.polling.batching import Rules, Seen, SeenRecord
from triggers.polling.lane import Lane

LEASE = 30.0
LONGEST_WAIT = 150.0
"""Seconds; a lane that is due later than that was put off by a clock that ran ahead."""

MAX_AGE = 600
"""Seconds; no mapping here gives records up that are younger."""

POINTS = 64
"""Keys fall on so many points; a shard takes a range of them."""


@dataclass(frozen=True, slots=True)
class Record:
    """A change of item `key`; `poison` fails every function that gets it."""

    seq: int
    key: int
    arrived: float
    poison: bool = False

    @property
    def point(self) -> int:
        """Where the key lies in the space that shards divide."""
        return point_of(self.key)


def point_of(key: int) -> int:
    """Spread keys over the points."""
    return key * 29 % POINTS


@dataclass(slots=True)
class Shard:
    """A shard's row with its records."""

    id: int
    lo: int
    hi: int
    parent: int | None = None
    records: list[Record] = field(default_factory=list)
    head: int = 0
    noticed: int = 0
    trimmed: int = 0
    readers: int = 0
    closed: bool = False
    last: float = 0.0


@dataclass(slots=True)
class Mapping:
    """A mapping's row; records whose key is a multiple of `leaves_out` do not match."""

    id: int
    rules: Rules
    enabled: bool = True
    factor: int = 1
    leaves_out: int = 0
    destination: bool = False

    def matches(self, record: Record) -> bool:
        """Say whether a record passes the filters."""
        return not self.leaves_out or record.key % self.leaves_out != 0


@dataclass(slots=True)
class Row:
    """A lane's row."""

    id: int
    mapping: int
    shard: int
    number: int
    factor: int
    lane: Lane
    enabled: bool
    head: int
    due_at: float | None
    upto: int | None = None
    owner: str = ""
    token: int = 0
    expires_at: float | None = None
    starts: int = 0

    @property
    def furthest(self) -> int:
        """The furthest sequence that the lane has begun."""
        return max((self.lane.checkpoint, *self.lane.cuts))


class Grown(NamedTuple):
    """A shard that a tick saw to have more than was noticed of it."""

    shard: int
    head: int
    readers: int
    closed: bool


Grip = tuple[int, int]
"""A lane and the token that it was claimed with."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lane in a worker's hands."""

    lane_id: int
    token: int
    shard: int
    mapping: int
    lane: Lane
    number: int
    factor: int

    @property
    def grip(self) -> Grip:
        """What renewing asks for."""
        return self.lane_id, self.token

    def owns(self, record: Record) -> bool:
        """Say whether a record falls to this lane."""
        return record.key % self.factor == self.number


class Rows:
    """All rows, and what statements do to them."""

    def __init__(self) -> None:
        self.shards: dict[int, Shard] = {}
        self.mappings: dict[int, Mapping] = {}
        self.lanes: dict[int, Row] = {}
        self.next_lane = 1

    # --- writers -----------------------------------------------------------------------------

    def open_shard(self, key: int) -> Shard:
        """The open shard that takes a key."""
        point = point_of(key)
        return next(
            one for one in self.shards.values() if not one.closed and one.lo <= point <= one.hi
        )

    def write(self, key: int, now: float, *, poison: bool) -> tuple[Shard, Record]:
        """Append a record in its writer's transaction."""
        shard = self.open_shard(key)
        shard.head += 1
        shard.last = self.arrival(shard, now)
        record = Record(shard.head, key, shard.last, poison)
        shard.records.append(record)
        return shard, record

    def split(self, shard_id: int, count: int) -> list[Shard]:
        """Close a shard and open `count` children; the tick is to tell even idle lanes."""
        shard = self.shards[shard_id]
        shard.closed = True
        shard.noticed = min(shard.noticed, shard.head - 1)
        middle = (shard.lo + shard.hi) // 2
        ranges = [(shard.lo, shard.hi)]
        if count == 2:
            ranges = [(shard.lo, middle), (middle + 1, shard.hi)]
        first = max(self.shards) + 1
        children = [Shard(first + n, *ends, shard_id) for n, ends in enumerate(ranges)]
        self.shards |= {child.id: child for child in children}
        return children

    def trim(self, shard_id: int, upto: int) -> None:
        """Drop the oldest records."""
        shard = self.shards[shard_id]
        shard.trimmed = max(shard.trimmed, min(upto, shard.head))

    # --- leases ------------------------------------------------------------------------------

    def claim(self, lane_id: int, owner: str, now: float) -> Held | None:
        """Take a lane that is due and that nobody holds."""
        row = self.lanes.get(lane_id)
        if row is None or not row.enabled or row.lane.done:
            return None
        if row.due_at is None or row.due_at > now or not self.is_free(row, now):
            return None
        row.owner, row.expires_at = owner, now + LEASE
        row.token += 1
        lane = replace(row.lane, not_before=0.0)
        return Held(row.id, row.token, row.shard, row.mapping, lane, row.number, row.factor)

    def pin(self, held: Held, lane: Lane) -> bool:
        """Fix the batch before user code sees it."""
        row = self.mine(held)
        furthest = max((lane.checkpoint, *lane.cuts))
        if row is None or not self.may_start(row, furthest):
            return False
        row.lane = replace(row.lane, cuts=lane.cuts, request_id=lane.request_id, window=lane.window)
        row.starts += 1
        return True

    def store(self, held: Held, lane: Lane, now: float) -> bool:
        """Write what the lane has become."""
        row = self.mine(held)
        if row is None or not self.within_barrier(row, max((lane.checkpoint, *lane.cuts))):
            return False
        row.lane = lane
        row.due_at = max(now, lane.not_before) if row.enabled else None
        row.starts = 0
        return True

    def release(self, held: Held, now: float, until: float | None) -> None:
        """Let go of a lane until `until`, or until there are records after its checkpoint."""
        row = self.mine(held)
        if row is None:
            return
        row.owner, row.expires_at = "", None
        row.due_at = (self.due_again(row, now) if until is None else until) if row.enabled else None

    def renew(self, owner: str, grips: Collection[Grip], now: float) -> set[Grip]:
        """Extend leases; returns those that are still the owner's."""
        kept = set()
        for lane, token in grips:
            row = self.lanes.get(lane)
            if row is not None and (row.owner, row.token) == (owner, token):
                row.expires_at = now + LEASE
                kept.add((lane, token))
        return kept

    def expire(self, owner: str) -> None:
        """End all leases of a dead worker."""
        for row in self.lanes.values():
            if row.owner == owner:
                row.owner, row.expires_at = "", None

    def errand(self, held: Held) -> tuple[Mapping, int | None] | None:
        """The mapping and the barrier; None when the lane was taken away, off or deleted."""
        row = self.mine(held)
        if row is None or not row.enabled:
            return None
        return self.mappings[row.mapping], row.upto

    # --- the tick ----------------------------------------------------------------------------

    def notice(self, now: float, only: int | None = None) -> None:
        """Tell the lanes of shards that have grown or closed how far."""
        self.tell(self.grown(only), now)

    def grown(self, only: int | None = None) -> list[Grown]:
        """What a tick looks for, in a statement of its own."""
        return [
            Grown(shard.id, shard.head, shard.readers, shard.closed)
            for shard in self.shards.values()
            if shard.head > shard.noticed and only in (None, shard.id)
        ]

    def tell(self, seen: Sequence[Grown], now: float) -> None:
        """What a tick does then, in one transaction."""
        for one in seen:
            shard = self.shards[one.shard]
            if shard.noticed < one.head and self.is_as_seen(shard, one):
                shard.noticed = one.head
        for one in seen:
            told = one.head + one.closed
            for row in self.lanes.values() if one.readers else ():
                behind = row.shard == one.shard and row.head < told
                if behind and row.enabled and not row.lane.done:
                    row.head = told
                    row.due_at = now if row.due_at is None else row.due_at

    def due(self, now: float, only: int | None = None, overdue: float = 0.0) -> list[int]:
        """List lanes that want attention and that nobody holds."""
        return [
            row.id
            for row in self.lanes.values()
            if row.enabled
            and not row.lane.done
            and row.due_at is not None
            and row.due_at <= now - overdue
            and self.is_free(row, now)
            and only in (None, row.shard)
        ]

    def recall(self, now: float) -> None:
        """Make lanes due that a clock that ran ahead has put off."""
        for row in self.lanes.values():
            put_off = row.due_at is not None and self.oversleeps(row.due_at, now)
            if put_off and row.enabled and not row.lane.done:
                row.due_at = now

    # --- mappings ----------------------------------------------------------------------------

    def create(self, mapping: Mapping, position: str, now: float) -> None:
        """Create a mapping and its lanes."""
        self.mappings[mapping.id] = mapping
        parents = {shard.parent for shard in self.shards.values()}
        if position == "LATEST":
            starts = [(one.id, one.head) for one in self.shards.values() if one.id not in parents]
        else:
            starts = [(one.id, one.trimmed) for one in self.shards.values() if one.parent is None]
        self.open_lanes(mapping, starts, now)

    def delete(self, mapping_id: int) -> None:
        """Delete a mapping with its lanes."""
        self.switch(mapping_id, False, 0.0)
        del self.mappings[mapping_id]
        self.lanes = {one: row for one, row in self.lanes.items() if row.mapping != mapping_id}

    def switch(self, mapping_id: int, enabled: bool, now: float) -> None:
        """Let the lanes follow the mapping."""
        self.mappings[mapping_id].enabled = enabled
        for row in self._undone(mapping_id):
            if row.enabled is not enabled:
                shard = self.shards[row.shard]
                row.enabled = enabled
                row.due_at = now if enabled else None
                if enabled:
                    barrier = 0 if row.upto is None else row.upto + 1
                    row.head = max(barrier, shard.head + shard.closed)
                shard.readers += 1 if enabled else -1

    def divide(self, mapping_id: int, factor: int, now: float) -> None:
        """Set a barrier for the lanes of another factor."""
        mapping = self.mappings[mapping_id]
        mapping.factor = factor
        undone = [one for one in self._undone(mapping_id) if one.upto is None]
        for shard in {one.shard for one in undone if one.factor != factor}:
            there = [
                one
                for one in self.lanes.values()
                if one.mapping == mapping_id and one.shard == shard and one.upto is None
            ]
            barrier = self.barrier(there)
            for row in (one for one in there if not one.lane.done):
                row.upto, row.due_at = barrier, now if mapping.enabled else None
                row.head = max(row.head, barrier + 1)

    def finish(self, held: Held, lane: Lane, now: float) -> bool:
        """End a lane; the last one of its shard opens what follows."""
        if not self.store(held, lane, now):
            return False
        row = self.lanes[held.lane_id]
        if row.enabled:
            self.shards[row.shard].readers -= 1
        mapping = self.mappings[row.mapping]
        if self.is_last(row):
            if row.upto is None:
                children = [s for s in self.shards.values() if s.parent == row.shard]
                self.open_lanes(mapping, [(one.id, 0) for one in children], now)
            else:
                self._open(mapping, [(row.shard, row.upto)], now)
        return True

    def open_lanes(self, mapping: Mapping, starts: Sequence[tuple[int, int]], now: float) -> None:
        """Open the lanes of shards that have none yet."""
        known = {row.shard for row in self.lanes.values() if row.mapping == mapping.id}
        self._open(mapping, [start for start in starts if start[0] not in known], now)

    def _open(self, mapping: Mapping, starts: Sequence[tuple[int, int]], now: float) -> None:
        for shard, place in starts:
            for number in range(mapping.factor):
                self.lanes[self.next_lane] = Row(
                    id=self.next_lane,
                    mapping=mapping.id,
                    shard=shard,
                    number=number,
                    factor=mapping.factor,
                    lane=Lane(checkpoint=place, gathered_from=now),
                    enabled=mapping.enabled,
                    head=place,
                    due_at=now if mapping.enabled else None,
                )
                self.next_lane += 1
            if mapping.enabled:
                self.shards[shard].readers += mapping.factor

    def _undone(self, mapping_id: int) -> list[Row]:
        return [
            row for row in self.lanes.values() if row.mapping == mapping_id and not row.lane.done
        ]

    # --- the source --------------------------------------------------------------------------

    def look(
        self, held: Held, after: int, upto: int | None, limit: int | None, mapping: Mapping
    ) -> Seen:
        """Show records after a place, as `DynamoDBStreams.look` does."""
        shard = self.shards[held.shard]
        low = max(after, shard.trimmed)
        place = bisect_right(shard.records, low, key=_seq)
        end = len(shard.records)
        if upto is not None:
            end = bisect_right(shard.records, upto, key=_seq)
        if limit is not None:
            end = min(end, place + limit)
        seen = [
            SeenRecord(r.seq, r.arrived, 100, self.wanted(held, mapping, r))
            for r in shard.records[place:end]
        ]
        last = seen[-1].seq if seen else low
        ended = shard.closed and last >= shard.head
        trimmed = shard.trimmed if upto is None else min(shard.trimmed, upto)
        return Seen(seen, trimmed, ended, limit is not None and len(seen) >= limit)

    # --- the safeguards, one question each ---------------------------------------------------

    def mine(self, held: Held) -> Row | None:
        """The row, while the token is still the one it was claimed with."""
        row = self.lanes.get(held.lane_id)
        return row if row is not None and row.token == held.token else None

    def is_free(self, row: Row, now: float) -> bool:
        """Whether nobody holds the lane, or its lease is over or from a clock set back since."""
        if not row.owner or row.expires_at is None:
            return True
        return row.expires_at < now or row.expires_at > now + 2 * LEASE

    def is_as_seen(self, shard: Shard, seen: Grown) -> bool:
        """Whether a shard has not closed since a tick saw it."""
        return shard.closed is seen.closed

    def arrival(self, shard: Shard, now: float) -> float:
        """When a record arrives: never before the one before it, whatever clock its writer has."""
        return max(shard.last, now)

    def oversleeps(self, due_at: float, now: float) -> bool:
        """Whether no lane waits that long."""
        return due_at > now + LONGEST_WAIT

    def may_start(self, row: Row, furthest: int) -> bool:
        """Whether an invocation up to `furthest` may begin."""
        return row.enabled and self.within_barrier(row, furthest)

    def within_barrier(self, row: Row, furthest: int) -> bool:
        """Whether `furthest` does not lie behind the lane's barrier."""
        return row.upto is None or row.upto >= furthest

    def due_again(self, row: Row, now: float) -> float | None:
        """When a lane that found nothing is due again: at once when it was told of more."""
        return now if row.head > row.lane.checkpoint else None

    def barrier(self, rows: Sequence[Row]) -> int:
        """How far the lanes of a shard, done ones too, go before they are divided anew."""
        return max(row.furthest for row in rows)

    def is_last(self, row: Row) -> bool:
        """Whether no other lane of the mapping has the shard still to finish."""
        return not any(one.shard == row.shard for one in self._undone(row.mapping))

    def wanted(self, held: Held, mapping: Mapping, record: Record) -> bool:
        """Whether a record falls to the lane and passes the filters."""
        return held.owns(record) and mapping.matches(record)


def _seq(record: Record) -> int:
    return record.seq
