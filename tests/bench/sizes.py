"""How much each figure measures: a full run, or a quick one that only shows that all of it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of calls and seconds of waiting."""

    floor_rounds: int
    writes_in_use: int
    writes_boto3: int
    writes_idle: int
    backlog: int
    puts_single: int
    puts_many: int
    batches: int
    gets: int
    queries: int
    puts_warm: int  # of those whose memory is watched
    puts_memory: int
    invokes: int
    invokes_many: int
    cold_starts: int
    idle_seconds: float
    crowd: int  # concurrent Invokes
    crowd_sleep: float  # seconds each of them takes
    sleeper_sleep: float  # seconds a single sleeping mapping's batch takes
    sleepers: int  # mappings whose functions sleep
    sleepers_sleep: float  # seconds each of their batches takes
    exhausting: int  # functions that use something up, at most
    idle_mappings: int
    lanes_few: int  # idle ones beside which a tick is measured
    lanes_many: int


FULL = Sizes(
    floor_rounds=1000,
    writes_in_use=400,
    writes_boto3=200,
    writes_idle=12,
    backlog=20_000,
    puts_single=4000,
    puts_many=12_000,
    batches=1200,
    gets=16_000,
    queries=4000,
    puts_warm=20_000,
    puts_memory=100_000,
    invokes=400,
    invokes_many=1200,
    cold_starts=10,
    idle_seconds=60.0,
    crowd=50,
    crowd_sleep=4.0,
    sleeper_sleep=4.0,
    sleepers=30,
    sleepers_sleep=30.0,
    exhausting=30,
    idle_mappings=1000,
    lanes_few=1000,
    lanes_many=1_000_000,
)
QUICK = Sizes(
    floor_rounds=50,
    writes_in_use=20,
    writes_boto3=10,
    writes_idle=1,
    backlog=1000,
    puts_single=50,
    puts_many=160,
    batches=16,
    gets=160,
    queries=80,
    puts_warm=100,
    puts_memory=200,
    invokes=20,
    invokes_many=40,
    cold_starts=2,
    idle_seconds=1.0,
    crowd=4,
    crowd_sleep=1.0,
    sleeper_sleep=2.0,
    sleepers=3,
    sleepers_sleep=3.0,
    exhausting=1,
    idle_mappings=20,
    lanes_few=1000,
    lanes_many=5000,
)
