"""How often what could break a promise really happened: nothing is proved by worlds where it never did.

Reads stories as an onlooker who knows of all workers, and counts situations. Judges nothing: that is
`checks`'.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.simulation.rows import LEASE
from tests.simulation.story import Event, Story

SITUATIONS: dict[str, tuple[str, ...]] = {
    "nothing_is_lost": (
        "worker killed while a function ran",
        "worker killed between answer and store",
        "everything killed with batches in flight",
        "database away while a function ran",
        "lane let go just as records came",
        "message lost",
        "message lost with Redis away",
        "shard closed under a tick",
        "lane switched on after records came",
        "writer died after its commit, unanswered",
    ),
    "what_is_answered_is_there": ("writer died before its commit",),
    "arrivals_never_go_back": ("record written by a clock behind its shard",),
    "one_fate_each": (
        "worker killed between answer and store",
        "database away between answer and store",
        "store refused to a worker that stood still",
        "two ticks told of the same",
        "mapping divided while a function ran",
    ),
    "keys_stay_in_order": (
        "records came between two tries",
        "shard closed with records unread",
        "mapping divided while a function ran",
    ),
    "checkpoints_only_rise": ("store refused after the lane had moved on",),
    "only_poison_is_discarded": (
        "batch given up for its retries",
        "function out of reach for a batch with a budget",
    ),
    "only_the_old_is_discarded_for_its_age": ("records given up for their age",),
    "only_what_was_trimmed_expires": (
        "records expired unsettled",
        "head of a batch in hand expired",
    ),
    "budgets_are_kept": ("batch that had failed changed hands",),
    "a_request_names_one_batch": (
        "batch tried again by another worker",
        "records came between two tries",
        "settings changed between two tries",
        "head of a batch in hand expired",
    ),
    "tokens_only_rise": ("worker took a lane again from itself",),
    "nobody_runs_beside_another": (
        "message for a lane whose function ran",
        "two copies of a batch ran at once",
    ),
    "nobody_takes_what_is_held": (
        "message for a lane in hand",
        "lane of a killed worker taken over",
        "lane of a frozen worker taken over",
        "lane taken over by a clock set wrong",
    ),
    "living_workers_keep_their_lanes": (
        "function ran longer than a lease",
        "worker took a lane again from itself",
    ),
    "nobody_writes_without_the_lane": (
        "store refused to a worker that stood still",
        "store refused to a lane that clocks gave away",
    ),
    "nothing_begins_while_off": (
        "lane switched off between look and beginning",
        "lane taken over between look and beginning",
        "mapping switched off while a function ran",
    ),
    "nothing_happens_after_deletion": ("mapping deleted while a function ran",),
    "parents_come_first": (
        "shard closed with records unread",
        "shard closed while a function ran",
    ),
    "only_real_records_are_handed_over": (
        "lanes shared a shard",
        "records that do not match lay between others",
    ),
    "repeats_have_a_reason": (
        "mapping switched off while a function ran",
        "worker asked to end while a function ran",
    ),
    "an_interruption_costs_one_batch": ("worker killed with several batches in flight",),
    "losses_are_told_once": (
        "batch given up and told of",
        "interrupted when a batch was to be given up",
    ),
    "windows_add_up": (
        "worker killed in a tumbling window",
        "worker frozen in a tumbling window",
        "clock set in a tumbling window",
    ),
    "the_fallen_are_followed": (
        "lane of the dead when all became calm",
        "lease by a clock ahead when all became calm",
    ),
    "calm_comes_soon": (
        "lane put off by a clock ahead when all became calm",
        "calm without the beat",
        "calm without Redis",
    ),
}
"""By promise (the name of its check): what has to happen for it to be tried at all."""


def situations(story: Story) -> Counter[str]:
    """Count the situations of one story."""
    onlooker = _Onlooker(story)
    for place, event in enumerate(story.events):
        onlooker.see(place, event)
    return onlooker.counts


def table(stories: Iterable[Counter[str]]) -> list[str]:
    """Write for people in how many worlds each situation came up, and how often in all."""
    worlds, times, number = Counter[str](), Counter[str](), 0
    for counts in stories:
        number += 1
        worlds.update(name for name, count in counts.items() if count)
        times.update(counts)
    lines = [
        f"{'promise, and what could break it':<56}{'of ' + str(number) + ' worlds':>16}{'times':>9}"
    ]
    for promise, names in SITUATIONS.items():
        lines.append(promise)
        lines += [f"  {name:<54}{worlds[name]:>16}{times[name]:>9}" for name in names]
    return lines


class _Onlooker:
    """What is known at a moment of a story; `_<kind>` sees an event of that kind."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.counts = Counter(story.counts)
        self.held: dict[int, Event] = {}  # lane -> its newest claim, until it is let go
        self.doing: dict[int, Event] = {}  # lane -> the last event of the turn that has it
        self.running: dict[int, Event] = {}  # call -> its beginning
        self.before: dict[int, Event] = {}  # lane -> the last beginning
        self.last_worker: dict[int, str] = {}  # lane -> who had it last
        self.failing: set[int] = set()  # lanes with a failed attempt at the batch in hand
        self.used_up: set[int] = set()  # lanes whose batch has failed as often as it may
        self.failures: Counter[str] = Counter()  # by request
        self.windows: set[int] = set()  # lanes with a tumbling window under way
        self.checkpoint: dict[int, int] = {}
        self.frozen: dict[str, float] = {}  # worker -> when it stood still last
        self.skew: dict[str, float] = {}
        self.killed: dict[str, float] = {}
        self.broken: set[tuple[int, int]] = set()
        self.off_since: dict[int, int] = {}  # mapping -> place
        self.written: dict[int, int] = {}  # shard -> place of the newest record
        self.heads: dict[int, int] = defaultdict(int)
        self.retuned: dict[int, int] = {}  # mapping -> place
        self.tried_at: dict[int, int] = {}  # lane -> place of the last beginning
        self.seen_at: dict[int, int] = {}  # lane -> place of its turn's last event
        self.place = 0

    def see(self, place: int, event: Event) -> None:
        """Take one event in."""
        self.place = place
        see = getattr(self, f"_{event.kind}", None)
        if see is not None:
            see(event)
        if event.kind in ("claimed", "began", "ended", "stored") and self._has(event):
            self.doing[event.lane] = event
            self.seen_at[event.lane] = place

    def _count(self, name: str) -> None:
        self.counts[name] += 1

    def _has(self, event: Event) -> bool:
        held = self.held.get(event.lane)
        return held is not None and held.token == event.token

    def _in_hand(self, worker: str) -> list[int]:
        return [lane for lane, claim in self.held.items() if claim.worker == worker]

    def _is_running(self, lane: int) -> bool:
        return lane in self.held and self.doing[lane].kind == "began"

    def _of(self, mapping: int) -> list[int]:
        """The lanes of a mapping whose function runs."""
        held = [lane for lane, claim in self.held.items() if claim.mapping == mapping]
        return [lane for lane in held if self._is_running(lane)]

    # --- misfortune --------------------------------------------------------------------------

    def _killed(self, event: Event) -> None:
        lanes = self._in_hand(event.worker)
        in_flight = [lane for lane in lanes if self.doing[lane].kind in ("began", "ended")]
        for lane in in_flight:
            ran = self.doing[lane].kind == "ended"
            where = "between answer and store" if ran else "while a function ran"
            self._count(f"worker killed {where}")
        if len(in_flight) > 1:
            self._count("worker killed with several batches in flight")
        if self.windows.intersection(lanes):
            self._count("worker killed in a tumbling window")
        if self.used_up.intersection(lanes):
            self._count("interrupted when a batch was to be given up")
        self.killed[event.worker] = event.at if in_flight else -1.0
        for call in [n for n, one in self.running.items() if one.worker == event.worker]:
            del self.running[call]

    def _darkened(self, event: Event) -> None:
        if event.at in self.killed.values():
            self._count("everything killed with batches in flight")

    def _broke(self, event: Event) -> None:
        if not self._has(event):
            return
        doing = self.doing[event.lane].kind
        if doing in ("began", "ended"):
            where = "between answer and store" if doing == "ended" else "while a function ran"
            self._count(f"database away {where}")
        if event.lane in self.used_up:
            self._count("interrupted when a batch was to be given up")
        self.broken.add((event.lane, event.token))
        for call in [n for n, one in self.running.items() if one.lane == event.lane]:
            del self.running[call]

    def _frozen(self, event: Event) -> None:
        self.frozen[event.worker] = event.at
        if self.windows.intersection(self._in_hand(event.worker)):
            self._count("worker frozen in a tumbling window")

    def _jumped(self, event: Event) -> None:
        self.skew[event.worker] = event.skew
        if self.windows.intersection(self._in_hand(event.worker)):
            self._count("clock set in a tumbling window")

    def _stopped(self, event: Event) -> None:
        if any(self._is_running(lane) for lane in self._in_hand(event.worker)):
            self._count("worker asked to end while a function ran")

    # --- leases ------------------------------------------------------------------------------

    def _claimed(self, event: Event) -> None:
        lane, old = event.lane, self.held.get(event.lane)
        if old is not None:
            self._count(self._taken_over(old, event))
            if lane in self.used_up:
                self._count("interrupted when a batch was to be given up")
        if lane in self.failing and self.last_worker[lane] != event.worker:
            self._count("batch that had failed changed hands")
        self.held[lane] = event
        self.last_worker[lane] = event.worker

    def _taken_over(self, old: Event, claim: Event) -> str:
        if old.worker in self.killed:
            return "lane of a killed worker taken over"
        if (old.lane, old.token) in self.broken:
            return "lane of a turn that met a fault taken over"
        if old.worker == claim.worker:
            return "worker took a lane again from itself"
        if self.frozen.get(old.worker, -1.0) >= old.at:
            return "lane of a frozen worker taken over"
        return "lane taken over by a clock set wrong"

    def _released(self, event: Event) -> None:
        if self._has(event):
            if self.written.get(event.shard, -1) > self.seen_at[event.lane]:
                self._count("lane let go just as records came")
            del self.held[event.lane]

    def _refused(self, event: Event) -> None:
        if event.lane in self.held:
            running = self._is_running(event.lane)
            self._count("message for a lane " + ("whose function ran" if running else "in hand"))

    def _fenced(self, event: Event) -> None:
        claim = self.held.get(event.lane)
        taken = claim is not None and claim.token > event.token
        if not event.call:
            if event.mapping in self.off_since:
                self._count("lane switched off between look and beginning")
            elif taken:
                self._count("lane taken over between look and beginning")
        elif taken or claim is None:
            stood_still = event.worker in self.frozen
            whom = "a worker that stood still" if stood_still else "a lane that clocks gave away"
            self._count(f"store refused to {whom}")
            if self.checkpoint.get(event.lane, 0) > self.before[event.lane].low or claim is None:
                self._count("store refused after the lane had moved on")

    # --- batches -----------------------------------------------------------------------------

    def _began(self, event: Event) -> None:
        if any(one.lane == event.lane for one in self.running.values()):
            self._count("two copies of a batch ran at once")
        self.running[event.call] = event
        if event.factor > 1:
            self._count("lanes shared a shard")
        elif event.high - event.low > len(event.seqs) > 0:
            self._count("records that do not match lay between others")
        last = self.before.get(event.lane)
        if last is not None and last.request == event.request:
            self._tried_again(last, event)
        self.before[event.lane] = event
        self.tried_at[event.lane] = self.place
        if event.window is not None:
            self.windows.add(event.lane)

    def _tried_again(self, last: Event, event: Event) -> None:
        since = self.tried_at[event.lane]
        if last.worker != event.worker:
            self._count("batch tried again by another worker")
        if self.written.get(event.shard, -1) > since:
            self._count("records came between two tries")
        if self.retuned.get(event.mapping, -1) > since:
            self._count("settings changed between two tries")
        if last.low < event.low and last.high == event.high:
            self._count("head of a batch in hand expired")

    def _ended(self, event: Event) -> None:
        began = self.running.pop(event.call, None)
        if began is None:
            return
        if event.at - began.at > LEASE and self.frozen.get(event.worker, -1.0) < began.at:
            self._count("function ran longer than a lease")
        reads = self.story.mappings.get(event.mapping)
        if event.fate == "Unreachable" and reads and reads.mapping.rules.max_retries >= 0:
            self._count("function out of reach for a batch with a budget")

    def _stored(self, event: Event) -> None:
        lane = event.lane
        self.checkpoint[lane] = event.total
        for state in (self.failing, self.used_up):
            state.discard(lane)
        match event.fate:
            case "failed":
                self.failing.add(lane)
                request = self.before[lane].request
                self.failures[request] += 1
                reads = self.story.mappings.get(event.mapping)
                budget = reads.mapping.rules.max_retries if reads else -1
                if 0 <= budget < self.failures[request]:
                    self.used_up.add(lane)
            case "discarded RetryAttemptsExhausted":
                self._count("batch given up for its retries")
            case "discarded RecordAgeExceeded":
                self._count("records given up for their age")
            case "expired":
                self._count("records expired unsettled")
        if event.final:
            self.windows.discard(lane)

    def _message(self, event: Event) -> None:
        self._count("batch given up and told of")

    # --- what changes meanwhile --------------------------------------------------------------

    def _written(self, event: Event) -> None:
        self.written[event.shard] = self.place
        self.heads[event.shard] = event.high
        if not event.enabled:
            self._count("writer died after its commit, unanswered")

    def _closed(self, event: Event) -> None:
        held = [lane for lane, claim in self.held.items() if claim.shard == event.shard]
        if any(self._is_running(lane) for lane in held):
            self._count("shard closed while a function ran")
        if any(self.checkpoint.get(lane, 0) < self.heads[event.shard] for lane in held):
            self._count("shard closed with records unread")

    def _switched(self, event: Event) -> None:
        if not event.enabled:
            self.off_since[event.mapping] = self.place
            if self._of(event.mapping):
                self._count("mapping switched off while a function ran")
            return
        since = self.off_since.pop(event.mapping, self.place)
        reads = self.story.mappings.get(event.mapping)
        if reads and any(self.written.get(shard, -1) > since for shard in reads.starts):
            self._count("lane switched on after records came")

    def _divided(self, event: Event) -> None:
        if self._of(event.mapping):
            self._count("mapping divided while a function ran")

    def _retuned(self, event: Event) -> None:
        self.retuned[event.mapping] = self.place

    def _deleted(self, event: Event) -> None:
        if self._of(event.mapping):
            self._count("mapping deleted while a function ran")
        for lane in [n for n, claim in self.held.items() if claim.mapping == event.mapping]:
            del self.held[lane]

    def _calmed(self, event: Event) -> None:
        if event.fate:
            self._count("calm without " + {"beat": "the beat", "redis": "Redis"}[event.fate])
        if any(claim.worker in self.killed for claim in self.held.values()):
            self._count("lane of the dead when all became calm")
