"""Whether what takes long slows down what is quick: sleeping Invokes and sleeping mappings."""

from __future__ import annotations

import time

from tests.bench import handlers
from tests.bench.client import Exchange, flood, paced
from tests.bench.figures.latency import Course
from tests.bench.report import Bar, Figure, Floor, percentile
from tests.bench.stage import Stage

_PUT_GAP_SECONDS = 0.005
_WRITE_GAP_SECONDS = 0.02
_STARTING_SECONDS = 1.0
"""How long warm environments have for taking up their work before the measurement begins."""

_LONGEST_SLEEP = 50.0
"""Seconds; a function may take 60."""


def measure(stage: Stage) -> list[Figure]:
    """Measure before and during, first for Invokes, then for mappings."""
    return [*_invokes(stage), *_mappings(stage)]


def _invokes(stage: Stage) -> list[Figure]:
    stage.table("crowd")
    stage.function("crowd", handlers.SLEEPING)
    puts = _Puts(stage)
    puts.p95(stage.sizes.crowd_sleep / 2)
    cold = puts.during(stage.sizes.crowd_sleep, after=0.0)
    before = puts.p95(stage.sizes.crowd_sleep)
    during = puts.during(stage.sizes.crowd_sleep, after=_STARTING_SECONDS / 2)
    floor = Floor(before, f"the same without {stage.sizes.crowd} Invokes")
    bar = Bar("≤", 2 * before)
    return [
        Figure("PutItem p95 beside sleeping Invokes", during, "ms", bar, floor),
        Figure("PutItem p95 beside sleeping Invokes starting cold", cold, "ms", None, floor),
    ]


class _Puts:
    """A steady trickle of PutItem, alone or beside sleeping Invokes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._written = 0

    def p95(self, seconds: float) -> float:
        """Write for some seconds; p95 in milliseconds."""
        return percentile([exchange.ms for exchange in self._write(seconds)], 0.95)

    def during(self, sleep: float, after: float) -> float:
        """Write while Invokes of `sleep` seconds run, beginning `after` seconds after them.

        They sleep twice as long when a slow machine has not written half of it by their end.
        Raises RuntimeError when the longest sleep is too short for that.
        """
        requests = self._requests((sleep - after) * 0.8)
        while sleep <= _LONGEST_SLEEP:
            within = self._beside(requests, sleep, after)
            if len(within) >= len(requests) / 2:
                return percentile([exchange.ms for exchange in within], 0.95)
            sleep *= 2
        raise RuntimeError("the sleeping Invokes ended too early")

    def _beside(self, requests: list[bytes], sleep: float, after: float) -> list[Exchange]:
        """Send requests after the Invokes; those that were answered while all of them slept."""
        stage = self._stage
        request = stage.invoke("crowd", {"sleep": sleep})
        load = stage.clients.start(flood, stage.address, [[request]] * stage.sizes.crowd)
        time.sleep(after)
        exchanges = stage.clients.run(paced, stage.address, requests, _PUT_GAP_SECONDS)
        earliest = min(exchange.answered_ns for exchange in load.result())
        return [exchange for exchange in exchanges if exchange.answered_ns <= earliest]

    def _write(self, seconds: float) -> list[Exchange]:
        requests = self._requests(seconds)
        stage = self._stage
        return stage.clients.run(paced, stage.address, requests, _PUT_GAP_SECONDS)

    def _requests(self, seconds: float) -> list[bytes]:
        first = self._written
        self._written += max(10, int(seconds / _PUT_GAP_SECONDS))
        items = [{"id": {"S": f"k-{number}"}} for number in range(first, self._written)]
        return self._stage.puts("crowd", items)


def _mappings(stage: Stage) -> list[Figure]:
    sizes = stage.sizes
    course = Course(stage, "beside")
    one = _beside(stage, course, _Sleepers(stage, "sleep-one", 1, sizes.sleeper_sleep), 1.2)
    many = _Sleepers(stage, "sleep-many", sizes.sleepers, sizes.sleepers_sleep)
    return [one, _beside(stage, course, many, 2.0)]


class _Sleepers:
    """Mappings of one stream whose functions sleep."""

    def __init__(self, stage: Stage, table: str, count: int, seconds: float) -> None:
        self._stage = stage
        self._table = table
        self.names = [f"{table}-{number}" for number in range(count)]
        self.seconds = seconds
        stream = stage.table(table)
        for name in self.names:
            stage.function(name, handlers.SLEEPING)
            stage.mapping(name, stream)
        self._let_sleep("first", 0)
        self._until_slept(1)

    def begin(self) -> None:
        """Let all of them fall asleep."""
        self._let_sleep("second", self.seconds)
        time.sleep(_STARTING_SECONDS)

    def count_asleep(self, began: int, ended: int) -> int:
        """Wait until all are awake; how many slept from `began` to `ended`."""
        self._until_slept(2)
        return sum(_slept(self._stage, name, began, ended) for name in self.names)

    def _let_sleep(self, key: str, seconds: float) -> None:
        item = {"id": {"S": key}, "sleep": {"N": str(seconds)}}
        self._stage.clients.run(flood, self._stage.address, [self._stage.puts(self._table, [item])])

    def _until_slept(self, times: int) -> None:
        said = self._stage.said
        self._stage.until(lambda: all(len(said(name)) >= times for name in self.names), gap=1.0)


def _beside(stage: Stage, course: Course, sleepers: _Sleepers, most: float) -> Figure:
    """Measure another mapping's p95 without and beside sleepers; `most` times as long is allowed."""
    count = int((sleepers.seconds - _STARTING_SECONDS) / _WRITE_GAP_SECONDS / 2)
    before = _p95(course, count)
    sleepers.begin()
    began = time.time_ns()
    during = _p95(course, count)
    asleep = sleepers.count_asleep(began, time.time_ns())
    total = len(sleepers.names)
    mappings = "one sleeping mapping" if total == 1 else "sleeping mappings"
    floor = Floor(before, f"the same without ({asleep} of {total} slept)")
    return Figure(
        f"write → start p95 beside {mappings}", during, "ms", Bar("≤", most * before), floor
    )


def _p95(course: Course, count: int) -> float:
    """Measure `count` writes one after another; a few before them, for what has rested is slow at first."""
    course.raw(10, _WRITE_GAP_SECONDS)
    return percentile(course.raw(count, _WRITE_GAP_SECONDS), 0.95)


def _slept(stage: Stage, name: str, began: int, ended: int) -> bool:
    """Say whether the function slept through the whole measurement."""
    spans = [(int(words[1]), int(words[2])) for words in stage.said(name)]
    return any(first <= began and ended <= last for first, last in spans)
