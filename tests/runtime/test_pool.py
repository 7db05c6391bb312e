"""Which environment runs what: warm reuse, revisions, idleness, limits."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from pathlib import Path

import pytest

from functions.runtime.isolation import Isolation
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from tests.runtime.conftest import ARN, NOWHERE, Write, run

pytestmark = pytest.mark.sandbox

COUNT = """
    count = 0
    def handler(event, context):
        global count
        count += 1
        return count
"""


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_the_same_function_runs_in_the_same_environment(pool: Pool, write: Write) -> None:
    spec = write(COUNT)

    outcomes = [run(pool, spec) for _ in range(3)]

    assert [outcome.payload for outcome in outcomes] == [b"1", b"2", b"3"]
    assert [outcome.init_ms is None for outcome in outcomes] == [False, True, True]
    assert len({outcome.log_stream for outcome in outcomes}) == 1


def test_an_exception_leaves_the_environment_warm(pool: Pool, write: Write) -> None:
    spec = write(
        "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return 1 / (n - 1)\n"
    )

    failed, answered = run(pool, spec), run(pool, spec)

    assert failed.error_type == "ZeroDivisionError"
    assert answered.payload == b"1.0"


def test_another_revision_starts_anew_and_ends_the_old_one(pool: Pool, write: Write) -> None:
    spec = write(COUNT)
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"0", ARN))
    pool.give_back(environment)

    outcome = run(pool, dataclasses.replace(spec, revision="2"))

    assert outcome.payload == b"1"
    assert not environment.is_alive


def test_functions_never_share_an_environment(pool: Pool, write: Write) -> None:
    spec = write(COUNT)
    other = dataclasses.replace(spec, function_arn=ARN + "2")

    assert [run(pool, one).payload for one in (spec, other)] == [b"1", b"1"]


def test_two_at_once_run_in_two(pool: Pool, write: Write) -> None:
    spec = write("import time\ndef handler(event, context): time.sleep(0.3)\n")
    threads = [threading.Thread(target=run, args=(pool, spec)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    first, second = pool.lend(spec), pool.lend(spec)

    assert first.id != second.id
    for environment in (first, second):
        pool.give_back(environment)


def test_idle_environments_end(code_root: Path, isolation: Isolation, write: Write) -> None:
    clock = Hand()
    pool = Pool(code_root, NOWHERE, isolation=isolation, idle_seconds=300, clock=clock)
    environment = pool.lend(write(COUNT))
    environment.invoke(Event("r", b"0", ARN))
    pool.give_back(environment)

    clock.sleep(299)
    assert pool.retire() == 0
    clock.sleep(2)
    assert pool.retire() == 1
    assert not environment.is_alive
    pool.close()


def test_a_log_stream_is_gone_on_with_once_and_not_for_long(
    code_root: Path, isolation: Isolation, write: Write
) -> None:
    clock = Hand()
    spec = write("import os\ndef handler(event, context):\n    os._exit(1) if event else None\n")
    pool = Pool(code_root, NOWHERE, isolation=isolation, clock=clock, idle_seconds=300)
    try:
        ended = run(pool, spec, True)
        one, two = pool.lend(spec), pool.lend(spec)
        streams = [one.log_stream, two.log_stream]
        for environment in (one, two):
            pool.give_back(environment)
        pool.give_back(one)
        late = run(pool, dataclasses.replace(spec, revision="2"), True)
        clock.sleep(301)
        later = run(pool, dataclasses.replace(spec, revision="2"), True)
    finally:
        pool.close()

    assert streams[0] == ended.log_stream
    assert len({*streams, late.log_stream, later.log_stream}) == 4


def test_no_more_than_the_limit_stay_idle(
    code_root: Path, isolation: Isolation, write: Write
) -> None:
    pool = Pool(code_root, NOWHERE, isolation=isolation, most_idle=1)
    spec = write(COUNT)
    first, second = pool.lend(spec), pool.lend(spec)
    for environment in (first, second):
        environment.invoke(Event("r", b"0", ARN))
        pool.give_back(environment)

    assert [first.is_alive, second.is_alive] == [False, True]
    pool.close()


def test_an_environment_that_ended_while_idle_is_replaced(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os, threading
        def handler(event, context):
            if event:
                threading.Timer(0.05, os._exit, [0]).start()
            return os.getpid()
        """
    )
    environment = pool.lend(spec)
    environment.invoke(Event("r", b"1", ARN))
    environment.tree.process.wait(60)
    pool.give_back(environment)

    assert run(pool, spec, 0).function_error is None


def test_closing_ends_what_is_running(code_root: Path, isolation: Isolation, write: Write) -> None:
    pool = Pool(code_root, NOWHERE, isolation=isolation)
    spec = write("import time\ndef handler(event, context): time.sleep(600)\n", timeout_seconds=600)
    ended: list[object] = []
    environment = pool.lend(spec)
    thread = threading.Thread(
        target=lambda: ended.append(environment.invoke(Event("r", b"0", ARN)))
    )
    thread.start()

    pool.close()
    thread.join(120)
    pool.give_back(environment)

    assert len(ended) == 1


def slow_import(seconds: float) -> str:
    return f"import time\ntime.sleep({seconds})\ndef handler(event, context): return 'late'\n"


def test_a_slow_init_is_begun_again_inside_the_timeout(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.runtime.limits.INIT_SECONDS", 0.2)

    slow: EnvironmentSpec = write(slow_import(2.5))
    endless: EnvironmentSpec = write(slow_import(600), timeout_seconds=1)
    outcome, timed_out = run(pool, slow), run(pool, endless)

    assert outcome.payload == b'"late"'
    assert outcome.init_ms is None
    assert outcome.duration_ms >= 2500
    assert phases(outcome) == ["init"]
    assert json.loads(timed_out.payload)["errorType"] == "Sandbox.Timedout"
    assert phases(timed_out) == ["init", "invoke"]


def phases(outcome: Outcome) -> list[str]:
    """In which phases an init took too long."""
    pattern = r"INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: (\w+)\tStatus: timeout\n"
    return [found[1] for _, text in outcome.log_lines if (found := re.fullmatch(pattern, text))]
