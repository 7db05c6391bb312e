"""What must be true of every story, each promise by itself. Reads stories; knows no lane and no row.

Each check returns the first violation in words, or nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise

from tests.simulation.rows import LEASE, MAX_AGE, Mapping, Record
from tests.simulation.story import Event, Story

Place = tuple[int, int, int]
"""(mapping, shard, sequence)."""


class Reading:
    """A story, with what several checks need to know worked out once."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.mappings = {one: reads.mapping for one, reads in story.mappings.items()}

    @cached_property
    def fates(self) -> dict[Place, list[Event]]:
        """Every stored fate of every record, by place."""
        found: dict[Place, list[Event]] = defaultdict(list)
        for event in self.story.of("stored"):
            mapping = self.mappings.get(event.mapping)
            if mapping is None:
                continue
            given = set(event.seqs)
            for record in self.between(event.shard, event.low, event.high):
                if record.key % event.factor != event.number:
                    continue
                passed_over = record.seq not in given
                if passed_over and mapping.matches(record) and event.fate != "expired":
                    continue  # passed over though it matches: lost, unless something else says so
                found[event.mapping, event.shard, record.seq].append(event)
        return found

    def between(self, shard: int, low: int, high: int) -> list[Record]:
        """The records of (low, high]."""
        records = self.story.records[shard]
        first, last = (bisect_right(records, place, key=_seq) for place in (low, high))
        return records[first:last]

    @cached_property
    def owed(self) -> dict[Place, Record]:
        """Every record that a mapping was to read, whether its writer got an answer or not."""
        found: dict[Place, Record] = {}
        for mapping, reads in self.story.mappings.items():
            for shard, start in _reached(self.story, reads.starts).items():
                for record in self.story.records[shard]:
                    if record.seq > start:
                        found[mapping, shard, record.seq] = record
        return found

    @cached_property
    def began(self) -> dict[int, Event]:
        """Invocations by number."""
        return {event.call: event for event in self.story.of("began")}


def _seq(record: Record) -> int:
    return record.seq


def _reached(story: Story, starts: dict[int, int]) -> dict[int, int]:
    """The shards that a mapping reads: those it started at and all that came of them."""
    found = dict(starts)
    for shard in sorted(story.parents):
        parent = story.parents[shard]
        if shard not in found and parent in found:
            found[shard] = 0
    return found


def _name(place: Place) -> str:
    mapping, shard, seq = place
    return f"record {seq} of shard {shard} with mapping {mapping}"


Check = Callable[[Reading], Iterator[str]]


def nothing_is_lost(reading: Reading) -> Iterator[str]:
    """Every record has a fate with every mapping that reads it."""
    if not reading.story.settled:
        yield "the world does not come to rest"
    for place in reading.owed:
        if place not in reading.fates:
            yield f"no fate: {_name(place)}"


def what_is_answered_is_there(reading: Reading) -> Iterator[str]:
    """A write that was answered is in its shard."""
    there = {(n, one.seq) for n, records in reading.story.records.items() for one in records}
    for shard, seq in sorted(reading.story.acknowledged - there):
        yield f"record {seq} of shard {shard} was answered and is not there"


def arrivals_never_go_back(reading: Reading) -> Iterator[str]:
    """Within a shard each record arrives when the one before it did, or later."""
    for shard, records in reading.story.records.items():
        for before, after in pairwise(records):
            if after.arrived < before.arrived:
                yield f"record {after.seq} of shard {shard} arrived before the one before it"


def one_fate_each(reading: Reading) -> Iterator[str]:
    """No record has two fates with one mapping."""
    for place, events in reading.fates.items():
        if len(events) > 1:
            yield f"{len(events)} fates ({', '.join(e.fate for e in events)}): {_name(place)}"


def keys_stay_in_order(reading: Reading) -> Iterator[str]:
    """A record is handed over only when all earlier ones of its item are settled or beside it."""
    written = {
        (event.shard, event.high): place for place, event in enumerate(reading.story.of("written"))
    }
    settled: dict[tuple[int, int], dict[int, None]] = defaultdict(dict)
    waiting: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for mapping, shard, seq in reading.owed:
        record = reading.owed[mapping, shard, seq]
        waiting[mapping, record.key].append((written.get((shard, seq), 0), seq))
    for queue in waiting.values():
        queue.sort()
    place_of: dict[Place, int] = {
        (mapping, shard, seq): written.get((shard, seq), 0) for mapping, shard, seq in reading.owed
    }
    for event in reading.story.events:
        if event.kind == "stored" and event.mapping in reading.mappings:
            for record in reading.between(event.shard, event.low, event.high):
                place = place_of.get((event.mapping, event.shard, record.seq))
                if place is not None and record.key % event.factor == event.number:
                    settled[event.mapping, record.key][place] = None
        elif event.kind == "began" and event.mapping in reading.mappings:
            yield from _handed_over_early(reading, event, place_of, settled, waiting)


def _handed_over_early(
    reading: Reading,
    event: Event,
    place_of: dict[Place, int],
    settled: dict[tuple[int, int], dict[int, None]],
    waiting: dict[tuple[int, int], list[tuple[int, int]]],
) -> Iterator[str]:
    beside: dict[int, set[int]] = defaultdict(set)
    latest: dict[int, int] = {}
    for seq in event.seqs:
        record = reading.owed.get((event.mapping, event.shard, seq))
        if record is not None:
            place = place_of[event.mapping, event.shard, seq]
            beside[record.key].add(place)
            latest[record.key] = max(latest.get(record.key, -1), place)
    for key, newest in latest.items():
        queue, done = waiting[event.mapping, key], settled[event.mapping, key]
        while queue and queue[0][0] in done:
            queue.pop(0)
        for place, seq in queue:
            if place >= newest:
                break
            if place not in beside[key] and place not in done:
                yield (
                    f"key {key}: {event.seqs} of shard {event.shard} was handed to mapping "
                    f"{event.mapping} before {seq} was settled"
                )
                return


def checkpoints_only_rise(reading: Reading) -> Iterator[str]:
    """What is settled stays settled."""
    newest: dict[int, int] = {}
    for event in reading.story.of("stored"):
        if event.total < newest.get(event.lane, 0):
            yield f"lane {event.lane} goes back from {newest[event.lane]} to {event.total}"
        newest[event.lane] = event.total


def only_poison_is_discarded(reading: Reading) -> Iterator[str]:
    """A batch whose retries are used up had poison among its records when it was tried."""
    tried: dict[str, set[int]] = defaultdict(set)
    for event in reading.story.events:
        if event.kind == "began":
            tried[event.request].update(event.seqs)
        elif event.kind == "stored" and event.fate == "discarded RetryAttemptsExhausted":
            given = tried[event.request]
            records = reading.story.records[event.shard]
            if given and not any(r.poison for r in records if r.seq in given):
                yield f"{event.seqs} of shard {event.shard} was discarded without poison"


def only_the_old_is_discarded_for_its_age(reading: Reading) -> Iterator[str]:
    """By the clock of who gives records up, each of them is older than it may become."""
    for event in reading.story.of("stored"):
        if event.fate == "discarded RecordAgeExceeded":
            given, now = set(event.seqs), event.at + event.skew
            for record in reading.between(event.shard, event.low, event.high):
                if record.seq in given and now - record.arrived <= MAX_AGE:
                    yield f"{record.seq} of shard {event.shard} was given up for its age too early"


def only_what_was_trimmed_expires(reading: Reading) -> Iterator[str]:
    """What a lane passes over as expired is not in its shard any more."""
    trimmed: dict[int, int] = defaultdict(int)
    for event in reading.story.events:
        if event.kind == "trimmed":
            trimmed[event.shard] = event.high
        elif event.kind == "stored" and event.fate == "expired":
            mapping = reading.mappings.get(event.mapping)
            if mapping is None:
                continue
            for record in reading.between(event.shard, event.low, event.high):
                mine = record.key % event.factor == event.number and mapping.matches(record)
                if mine and record.seq > trimmed[event.shard]:
                    yield f"{record.seq} of shard {event.shard} is there and was called expired"


def budgets_are_kept(reading: Reading) -> Iterator[str]:
    """No batch fails more often than it may; what is given up had failed, and is not tried again."""
    over: dict[str, Event] = {}
    failed: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    began = {event.call: event for event in reading.story.of("began")}
    for event in reading.story.events:
        if event.kind == "ended" and event.fate in ("Failed", "Partial"):
            failed[began[event.call].request] += 1
        elif event.kind == "stored" and event.fate == "failed":
            request = began[event.call].request
            counted[request] += 1
            budget = _budget(reading, event)
            if budget is not None and counted[request] > budget:
                yield f"{request} failed {counted[request]} times, with a budget of {budget}"
        elif event.kind == "stored" and event.fate == "discarded RetryAttemptsExhausted":
            over[event.request] = event
            if not failed[event.request]:
                yield f"{event.request} was given up and had never failed"
        elif event.kind == "began" and event.request in over and not _is_stale(reading, event):
            yield f"{event.request} was tried again after it had been given up"


def _budget(reading: Reading, event: Event) -> int | None:
    """How often a batch may fail; None when there is no limit."""
    mapping = reading.mappings.get(event.mapping)
    if mapping is None or mapping.rules.max_retries < 0:
        return None
    return mapping.rules.max_retries + 1


def _is_stale(reading: Reading, event: Event) -> bool:
    newest = [
        claim.token
        for claim in reading.story.of("claimed")
        if claim.lane == event.lane and claim.at <= event.at
    ]
    return bool(newest) and event.token < max(newest)


def a_request_names_one_batch(reading: Reading) -> Iterator[str]:
    """An unchanged retry keeps its request id, and nothing else has it."""
    batches: dict[str, tuple[int, int, int]] = {}
    last: dict[int, tuple[tuple[int, int, bool], str]] = {}
    for event in reading.story.of("began"):
        batch = (event.lane, *((0, 0) if event.final else (event.low, event.high)))
        first = batches.setdefault(event.request, batch)
        if first != batch and not _trimmed_between(reading, event, first):
            yield f"{event.request} names {first} and {batch}"
        same, request = last.get(event.lane, ((0, 0, False), ""))
        if same == (event.low, event.high, event.final) and request != event.request:
            yield f"{same} of lane {event.lane} is asked for as {request} and {event.request}"
        last[event.lane] = (event.low, event.high, event.final), event.request


def _trimmed_between(reading: Reading, event: Event, first: tuple[int, ...]) -> bool:
    """The head of a batch may expire between two attempts: the rest of it goes on as it was."""
    return first[0] == event.lane and first[-1] == event.high


def tokens_only_rise(reading: Reading) -> Iterator[str]:
    """Every claim of a lane has a token of its own, above all before it."""
    newest: dict[int, int] = {}
    for event in reading.story.of("claimed"):
        if event.token <= newest.get(event.lane, 0):
            yield f"lane {event.lane} was claimed with token {event.token} once more"
        newest[event.lane] = event.token


def nobody_runs_beside_another(reading: Reading) -> Iterator[str]:
    """A lane has one invocation at a time, unless a process stood still or a clock was set."""
    running: dict[int, dict[int, Event]] = defaultdict(dict)  # lane -> call -> its beginning
    excused: set[str] = set()  # workers
    for event in reading.story.events:
        calls = running[event.lane]
        match event.kind:
            case "frozen" | "jumped":
                excused.add(event.worker)
            case "killed":
                for some in running.values():
                    _drop(some, {call for call, one in some.items() if one.worker == event.worker})
            case "broke":
                _drop(calls, {call for call, one in calls.items() if one.token == event.token})
            case "claimed":
                away = {call for call, one in calls.items() if one.worker in excused}
                _drop(calls, set(calls) if event.worker in excused else away)
            case "ended":
                _drop(calls, {event.call})
            case "began":
                for call in calls:
                    yield f"call {event.call} of lane {event.lane} ran beside call {call}"
                calls[event.call] = event


def _drop(calls: dict[int, Event], ended: set[int]) -> None:
    for call in ended & calls.keys():
        del calls[call]


def nobody_takes_what_is_held(reading: Reading) -> Iterator[str]:
    """A lane is claimed only when nobody holds it, or when the lease on it was really over."""
    leases: dict[int, Event] = {}
    for event in reading.story.events:
        match event.kind:
            case "claimed":
                lease = leases.get(event.lane)
                if lease is not None and not _lease_over(lease, event):
                    yield f"{event.worker} claimed lane {event.lane} while {lease.worker} held it"
                leases[event.lane] = event
            case "renewed":
                if _has(leases, event):
                    leases[event.lane] = event
            case "released":
                if _has(leases, event):
                    del leases[event.lane]
            case "killed":
                leases = {n: one for n, one in leases.items() if one.worker != event.worker}


def _lease_over(lease: Event, claim: Event) -> bool:
    """By the clocks of who wrote the lease and of who claims."""
    ends = lease.at + lease.skew + LEASE
    now = claim.at + claim.skew
    return ends < now or ends > now + 2 * LEASE


_LONGEST_FREEZE = 120.0


def living_workers_keep_their_lanes(reading: Reading) -> Iterator[str]:
    """A lease runs out only when its worker was killed, stood still or met a fault."""
    leases: dict[int, Event] = {}
    frozen: dict[str, float] = {}
    for event in reading.story.events:
        match event.kind:
            case "frozen":
                frozen[event.worker] = event.at
            case "claimed" | "renewed":
                lease = leases.get(event.lane)
                if event.kind == "claimed" and lease is not None:
                    old = event.at - lease.at > LEASE
                    stood_still = frozen.get(lease.worker, -1e9) > lease.at - _LONGEST_FREEZE
                    if old and not stood_still:
                        yield f"{lease.worker} lived and let the lease on lane {event.lane} run out"
                if lease is None or event.token >= lease.token:
                    leases[event.lane] = event
            case "released" | "finished" | "broke":
                if _has(leases, event):
                    del leases[event.lane]
            case "killed":
                leases = {n: one for n, one in leases.items() if one.worker != event.worker}


_FOLLOWED_SECONDS = 3 * LEASE + 10.0
"""A clock ahead by more than two terms is seen through. One by less may have put a lane off, and have
written the lease that is still there then. A sweep comes soon after."""


def the_fallen_are_followed(reading: Reading) -> Iterator[str]:
    """What the dead had in hand when misfortune ended is taken up as soon as a lease can be over.

    And nobody renews the lease of a turn that has met its end.
    """
    held: dict[int, Event] = {}
    orphans: dict[int, Event] = {}
    latest = reading.story.calm_at + _FOLLOWED_SECONDS
    for event in reading.story.events:
        match event.kind:
            case "claimed":
                if orphans.pop(event.lane, None) is not None and event.at > latest:
                    yield f"lane {event.lane} was followed up {event.at - latest:.0f} s too late"
                held[event.lane] = event
            case "released" | "finished" if _has(held, event):
                del held[event.lane]
                orphans.pop(event.lane, None)
            case "broke" if _has(held, event):
                orphans[event.lane] = event
            case "renewed" if _has(orphans, event):
                yield f"{event.worker} renews lane {event.lane}, whose turn has met its end"
            case "killed":
                fallen = {n: one for n, one in held.items() if one.worker == event.worker}
                orphans |= fallen
                held = {n: one for n, one in held.items() if n not in fallen}
            case "deleted":
                gone = {n for n, one in (held | orphans).items() if one.mapping == event.mapping}
                _drop(held, gone)
                _drop(orphans, gone)
    if reading.story.rested_at > latest:
        yield from (f"lane {lane} was never followed up" for lane in orphans)


def _has(held: dict[int, Event], event: Event) -> bool:
    return event.lane in held and held[event.lane].token == event.token


_CALM_SECONDS = 400.0
"""Leases of the dead, and clocks set back since, cost a few terms; then all waits are short."""


def calm_comes_soon(reading: Reading) -> Iterator[str]:
    """When misfortune ends, all there is to do is done within minutes."""
    took = reading.story.rested_at - reading.story.calm_at
    if took > _CALM_SECONDS:
        yield f"the world was not at rest for {took:.0f} s"


def nobody_writes_without_the_lane(reading: Reading) -> Iterator[str]:
    """What is stored is stored by the newest owner."""
    newest: dict[int, int] = {}
    for event in reading.story.events:
        if event.kind == "claimed":
            newest[event.lane] = event.token
        elif event.kind in ("stored", "finished", "message") and event.token < newest[event.lane]:
            yield f"{event.worker} wrote lane {event.lane} with token {event.token}"


def nothing_begins_while_off(reading: Reading) -> Iterator[str]:
    """No invocation begins for a mapping that is disabled, or for a lane taken over."""
    newest: dict[int, int] = {}
    for event in reading.story.events:
        if event.kind == "claimed":
            newest[event.lane] = event.token
        elif event.kind == "began":
            if not event.enabled:
                yield f"call {event.call} began while mapping {event.mapping} was off"
            if event.token < newest[event.lane]:
                yield f"call {event.call} began with an old token of lane {event.lane}"


def parents_come_first(reading: Reading) -> Iterator[str]:
    """A child's records are handed over when its parent is read to its end."""
    left: dict[tuple[int, int], set[int]] = defaultdict(set)
    for mapping, shard, seq in reading.owed:
        left[mapping, shard].add(seq)
    for event in reading.story.events:
        if event.kind == "stored":
            rest = left[event.mapping, event.shard]
            for record in reading.between(event.shard, event.low, event.high):
                if record.key % event.factor == event.number:
                    rest.discard(record.seq)
        elif event.kind == "began":
            parent = reading.story.parents[event.shard]
            if parent is not None and left[event.mapping, parent]:
                yield f"shard {event.shard} was read before its parent's end"


def only_real_records_are_handed_over(reading: Reading) -> Iterator[str]:
    """What a function gets exists, matches, and falls to the lane that hands it over."""
    for event in reading.story.of("began"):
        mapping: Mapping | None = reading.mappings.get(event.mapping)
        there = {r.seq: r for r in reading.between(event.shard, event.low, event.high)}
        for seq in event.seqs:
            record = there.get(seq)
            if record is None:
                yield f"call {event.call} had {seq}, which is not in shard {event.shard}"
            elif record.key % event.factor != event.number:
                yield f"call {event.call} had {seq} of another lane"
            elif mapping is not None and not mapping.matches(record):
                yield f"call {event.call} had {seq}, which does not match"


def repeats_have_a_reason(reading: Reading) -> Iterator[str]:
    """What a call did was stored, unless it was interrupted.

    Namely when its worker was killed, its lane taken, or the database away.
    """
    open_calls: dict[int, Event] = {}
    for event in reading.story.events:
        match event.kind:
            case "began":
                open_calls[event.call] = event
            case "stored":
                open_calls.pop(event.call, None)
            case "ended" if event.fate == "Unreachable":
                open_calls.pop(event.call, None)
            case "killed":
                _drop(open_calls, {n for n, e in open_calls.items() if e.worker == event.worker})
            case "claimed" | "broke":
                older = {
                    call
                    for call, one in open_calls.items()
                    if one.lane == event.lane and one.token < event.token + (event.kind == "broke")
                }
                _drop(open_calls, older)
            case "fenced" if event.call in open_calls and event.mapping in reading.mappings:
                yield f"call {event.call} was not stored, and nobody had taken lane {event.lane}"
    for call, event in open_calls.items():
        if event.mapping in reading.mappings:
            yield f"call {call} was not stored, and nobody took lane {event.lane}"


def an_interruption_costs_one_batch(reading: Reading) -> Iterator[str]:
    """Whoever loses a lane leaves at most one invocation behind that is not stored."""
    stored = {event.call for event in reading.story.of("stored") if event.call}
    unreached = {event.call for event in reading.story.of("ended") if event.fate == "Unreachable"}
    left: dict[tuple[int, int], int] = {}
    for call, event in reading.began.items():
        if call not in stored and call not in unreached:
            other = left.setdefault((event.lane, event.token), call)
            if other != call:
                yield f"calls {other} and {call} of lane {event.lane} come again after one fault"


def nothing_happens_after_deletion(reading: Reading) -> Iterator[str]:
    """What is under way for a mapping when it is deleted leaves no trace."""
    deleted: set[int] = set()
    for event in reading.story.events:
        if event.kind == "deleted":
            deleted.add(event.mapping)
        elif event.kind in ("claimed", "began", "stored", "message") and event.mapping in deleted:
            yield f"lane {event.lane} had {event.kind} after mapping {event.mapping} was deleted"


def losses_are_told_once(reading: Reading) -> Iterator[str]:
    """A destination has one message for every batch given up, and no other."""
    told = Counter(
        (event.mapping, event.shard, event.seqs) for event in reading.story.of("message")
    )
    lost = Counter(
        (event.mapping, event.shard, event.seqs)
        for event in reading.story.of("stored")
        if event.fate.startswith("discarded")
        and event.mapping in reading.mappings
        and reading.mappings[event.mapping].destination
    )
    told = Counter({key: n for key, n in told.items() if key[0] in reading.mappings})
    if told != lost:
        yield f"told and not lost: {dict(told - lost)}, lost and not told: {dict(lost - told)}"


def windows_add_up(reading: Reading) -> Iterator[str]:
    """A window's final state counts what was delivered in it."""
    counted: Counter[tuple[int, int]] = Counter()
    finals: dict[int, Event] = {e.call: e for e in reading.story.of("began") if e.final}
    window: dict[int, int | None] = {e.call: e.window for e in reading.story.of("began")}
    for event in reading.story.of("stored"):
        start = window.get(event.call) if event.call else None
        if start is None or event.fate != "delivered":
            continue
        if event.final:
            total = finals[event.call].total
            if total != counted[event.lane, start]:
                had = counted[event.lane, start]
                yield f"window {start} of lane {event.lane} ended with {total}, not {had}"
            counted[event.lane, start] = 0
        else:
            counted[event.lane, start] += len(event.seqs)


CHECKS: tuple[Check, ...] = (
    nothing_is_lost,
    what_is_answered_is_there,
    arrivals_never_go_back,
    one_fate_each,
    keys_stay_in_order,
    checkpoints_only_rise,
    only_poison_is_discarded,
    only_the_old_is_discarded_for_its_age,
    only_what_was_trimmed_expires,
    budgets_are_kept,
    a_request_names_one_batch,
    tokens_only_rise,
    nobody_runs_beside_another,
    nobody_takes_what_is_held,
    living_workers_keep_their_lanes,
    nobody_writes_without_the_lane,
    nothing_begins_while_off,
    nothing_happens_after_deletion,
    parents_come_first,
    only_real_records_are_handed_over,
    repeats_have_a_reason,
    an_interruption_costs_one_batch,
    losses_are_told_once,
    windows_add_up,
    the_fallen_are_followed,
    calm_comes_soon,
)


def violations(story: Story) -> dict[str, str]:
    """The first violation of every promise that was broken."""
    reading = Reading(story)
    found = ((check.__name__, next(check(reading), None)) for check in CHECKS)
    return {name: text for name, text in found if text is not None}
