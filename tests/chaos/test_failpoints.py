"""A process dies, fails or stalls at every boundary between a write and its settled batch: nothing
that was acknowledged is lost, and each item's first delivery is in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from console.failpoints import BOUNDARIES
from tests.journeys.conftest import App
from tests.product import eventually, running

pytestmark = [pytest.mark.proof, pytest.mark.sandbox]

FUNCTION = """
def handler(event, context):
    for record in event["Records"]:
        one = record["dynamodb"]["Keys"]["id"]["S"]
        print("GOT", one)
        if one == "poison":
            raise ValueError(one)
"""
FILTER = {"dynamodb": {"Keys": {"id": {"S": [{"anything-but": ["passed over"]}]}}}}
ROLLING = {"SHARDLIGHT_SHARD_ROLLOVER": "1", "SHARDLIGHT_TTL_SWEEP": "1"}
OUTSIDE = "111122223333"
IDS = ["a", "b", "poison", "c", "d", "e"]


def survive(call: Callable[[], object]) -> None:
    """Call until it is answered, as a client does whose connection breaks."""

    def answered() -> bool:
        try:
            call()
        except (BotoCoreError, ClientError):
            return False
        return True

    eventually(answered)


def begin(app: App, stream: str, passed: Callable[[], bool], name: str) -> None:
    """Set the trigger up, so that its lane comes by the failpoint."""
    if name == "unreached.storing":
        app.functions.put_function_concurrency(
            FunctionName="reader", ReservedConcurrentExecutions=0
        )
    if name == "skip.storing":  # alone: among others it would be part of their batch
        survive(lambda: app.put("passed over"))
    app.trigger(
        stream,
        BatchSize=2,
        MaximumRetryAttempts=0,
        BisectBatchOnFunctionError=True,
        FilterCriteria={"Filters": [{"Pattern": json.dumps(FILTER)}]},
    )
    if name == "skip.storing":
        eventually(passed)
    if name == "unreached.storing":
        survive(lambda: app.put("a"))
        eventually(passed)
        survive(lambda: app.functions.delete_function_concurrency(FunctionName="reader"))


CASES = [
    *((name, "exit") for name in BOUNDARIES if not name.startswith("remote.")),
    *((name, "sleep") for name in ("attempt.pinned", "attempt.ran", "lane.looked")),
    *((name, "raise") for name in ("attempt.storing", "discard.storing", "write.recorded")),
]


@pytest.mark.parametrize(("name", "deed"), CASES)
def test_nothing_is_lost_at(tmp_path: Path, name: str, deed: str) -> None:
    environment = {
        "SHARDLIGHT_FAILPOINT": f"{name}:{deed}",
        "SHARDLIGHT_MAPPING_DELAY": "0",
        "SHARDLIGHT_LEASE": "2",  # a stall outlasts it: the lane is taken over meanwhile
        "SHARDLIGHT_LINGER": "0",
    }
    rolls = name.startswith("shard.") or name.startswith("lane.finish")
    with running(tmp_path / "data", environment | (ROLLING if rolls else {}), "--no-demo") as one:
        app = App(one, "444444444444")
        marker = tmp_path / "data" / f"failpoint-{name}"
        app.function(source=FUNCTION)
        begin(app, app.table(), marker.exists, name)

        for key in IDS:
            survive(lambda key=key: app.put(key))  # type: ignore[misc]
        got = app.wait_for(*IDS)

        assert eventually(marker.exists), "the failpoint was never reached"
        assert list(dict.fromkeys(got)) == IDS


@pytest.mark.parametrize("name", [one for one in BOUNDARIES if one.startswith("remote.")])
def test_nothing_is_lost_of_an_outside_stream_at(tmp_path: Path, name: str) -> None:
    quick = {"SHARDLIGHT_MAPPING_DELAY": "0", "SHARDLIGHT_LEASE": "2", "SHARDLIGHT_LINGER": "0"}
    with running(tmp_path / "there", quick | ROLLING, "--no-demo") as outside:
        connection = {
            "name": "there",
            "endpoint": outside.gateway,
            "region": "us-east-1",
            "account": OUTSIDE,
            "access_key_id": OUTSIDE,
            "secret_access_key": "any",
            "readers": ["*"],
        }
        environment = quick | {
            "SHARDLIGHT_REMOTE_STREAMS": json.dumps([connection]),
            "SHARDLIGHT_FAILPOINT": f"{name}:exit",
        }
        with running(tmp_path / "here", environment, "--no-demo") as inside:
            there, here = App(outside, OUTSIDE), App(inside, "444444444444")
            here.function(source=FUNCTION)
            here.trigger(there.table(), BatchSize=1, MaximumRetryAttempts=0)

            for key in IDS:
                there.put(key)
            got = here.wait_for(*IDS)

            assert eventually((tmp_path / "here" / f"failpoint-{name}").exists)
            assert list(dict.fromkeys(got)) == IDS
