"""A lane that was let go while it gathers still sees what arrives before its window ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import App
from tests.product import running

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]


@pytest.mark.parametrize(
    "options",
    [
        {"MaximumBatchingWindowInSeconds": 300, "BatchSize": 2},
        {"TumblingWindowInSeconds": 900, "BatchSize": 1},
    ],
)
def test_a_full_batch_does_not_wait_for_its_window(tmp_path: Path, options: dict[str, int]) -> None:
    environment = {"SHARDLIGHT_LINGER": "0", "SHARDLIGHT_MAPPING_DELAY": "0"}
    with running(tmp_path / "data", environment, "--no-demo") as product:
        app = App(product, "555555555555")
        app.function(
            source="""
def handler(event, context):
    for record in event["Records"]:
        print("GOT", record["dynamodb"]["Keys"]["id"]["S"])
    return {"state": {}}
"""
        )
        app.trigger(app.table(), **options)

        app.put("a")
        if "TumblingWindowInSeconds" in options:
            app.wait_for("a")
        app.put("b")

        assert app.wait_for("a", "b") == ["a", "b"]
