"""Environments that are kept ready: initialised before they are wanted, and used first."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from functions.runtime.environment import Environment
from functions.runtime.isolation import Isolation
from functions.runtime.pool import Pool
from functions.runtime.spawning import StartError
from tests.runtime.conftest import NOWHERE, Write, run, texts
from tests.runtime.test_pool import Hand

pytestmark = pytest.mark.sandbox

TELLS = """
    import os, time
    print("loading")
    loaded = time.monotonic()
    def handler(event, context):
        return [os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], os.getpid()]
"""
SECONDS = 120.0


def kinds(pool: Pool, spec: object) -> list[str]:
    """Lend twice at once, and say how each environment was initialised."""
    both = [pool.lend(spec) for _ in range(2)]  # type: ignore[arg-type]
    for one in both:
        pool.give_back(one)
    return ["provisioned" if one.spec.provisioned else "on demand" for one in both]


def test_a_provisioned_environment_has_run_its_init_phase_before_it_is_used(
    pool: Pool, write: Write
) -> None:
    spec = write(TELLS)

    ready = pool.keep(spec, 1, SECONDS)
    first, second = run(pool, spec), run(pool, spec)

    assert ready == 1
    (kind, _), again = json.loads(first.payload), json.loads(second.payload)
    assert kind == again[0] == "provisioned-concurrency"
    assert first.provisioned
    assert json.loads(first.payload) == again
    lines = texts(first)
    assert lines[0].startswith("INIT_START")
    assert lines[1] == "loading\n"
    assert "Init Duration" in lines[-1]
    assert "Init Duration" not in texts(second)[-1]


def test_what_is_more_than_provisioned_runs_on_demand(pool: Pool, write: Write) -> None:
    spec = write(TELLS)
    pool.keep(spec, 1, SECONDS)

    assert kinds(pool, spec) == ["provisioned", "on demand"]
    assert kinds(pool, spec) == ["provisioned", "on demand"]


def test_provisioned_environments_do_not_grow_old(
    code_root: Path, isolation: Isolation, write: Write
) -> None:
    clock = Hand()
    pool = Pool(code_root, NOWHERE, isolation=isolation, idle_seconds=300, clock=clock)
    spec = write(TELLS)
    pool.keep(spec, 2, SECONDS)

    clock.sleep(100_000)

    assert pool.retire() == 0
    assert pool.keep(spec, 2, SECONDS) == 2
    pool.close()


def test_fewer_or_none_are_kept_when_fewer_or_none_are_wanted(pool: Pool, write: Write) -> None:
    spec = write(TELLS)
    pool.keep(spec, 2, SECONDS)

    assert pool.keep(spec, 1, SECONDS) == 1
    assert kinds(pool, spec) == ["provisioned", "on demand"]
    pool.keep_only({(spec.function_arn, spec.version)})
    assert kinds(pool, spec) == ["provisioned", "on demand"]
    pool.keep_only(set())
    assert "provisioned" not in kinds(pool, spec)


def test_a_new_revision_takes_the_place_of_the_old_one(pool: Pool, write: Write) -> None:
    spec = write(TELLS)
    pool.keep(spec, 1, SECONDS)
    before = run(pool, spec).environment_id
    changed = dataclasses.replace(spec, revision="2")

    assert pool.keep(changed, 1, SECONDS) == 1

    after = run(pool, changed)
    assert after.provisioned
    assert after.environment_id != before


@pytest.mark.parametrize(
    "text",
    ["raise RuntimeError('no')\n", "import os\nos._exit(3)\n", "import time\ntime.sleep(600)\n"],
    ids=["raises", "exits", "hangs"],
)
def test_a_failing_init_phase_leaves_nothing(pool: Pool, write: Write, text: str) -> None:
    spec = write(text)

    assert pool.keep(spec, 2, 3.0) == 0


def test_one_that_ended_is_replaced(pool: Pool, write: Write) -> None:
    spec = write("import os\ndef handler(event, context): os._exit(1)\n")
    pool.keep(spec, 1, SECONDS)

    assert run(pool, spec).provisioned
    assert not run(pool, spec).provisioned
    assert pool.keep(spec, 1, SECONDS) == 1
    assert run(pool, spec).provisioned


def test_an_init_phase_that_is_killed_as_the_pool_closes_has_not_failed(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    initialise = Environment.initialise

    def closing(self: Environment, seconds: float) -> bool:
        pool.close()
        return initialise(self, seconds)

    monkeypatch.setattr(Environment, "initialise", closing)

    with pytest.raises(StartError, match="stopping"):
        pool.keep(write(TELLS), 1, SECONDS)
