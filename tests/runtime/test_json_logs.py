"""The log format JSON: the platform's events, the runtimes' own lines, and both kinds of levels."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.runtime import runtimes
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run, texts

pytestmark = pytest.mark.sandbox
CODE = """
    import logging, time
    logger = logging.getLogger()
    def handler(event, context):
        logger.debug("fine")
        logger.info("two\\nlines", extra={"order": 7})
        logger.error("bad")
        print("raw")
        if event == "sleep":
            time.sleep(60)
        if event == "fail":
            raise ValueError("no")
"""


def events(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(text) for text in texts(outcome) if text.startswith("{")]


def kinds(outcome: Outcome) -> list[str]:
    return [event["type"] for event in events(outcome) if "type" in event]


def test_platform_and_function_write_json(pool: Pool, write: Write) -> None:
    outcome = run(pool, write(CODE, log_format="JSON"))

    assert kinds(outcome) == ["platform.initStart", "platform.start", "platform.report"]
    own = [event for event in events(outcome) if "level" in event]
    assert [event["level"] for event in own] == ["INFO", "ERROR"]
    assert own[0]["message"] == "two\nlines"
    assert own[0]["requestId"] == "r-1"
    assert own[0]["order"] == 7
    assert "raw\n" in texts(outcome)
    report = events(outcome)[-1]["record"]
    metrics = report.pop("metrics")
    assert report == {"requestId": "r-1", "status": "success"}
    assert metrics.keys() == {
        "durationMs",
        "billedDurationMs",
        "memorySizeMB",
        "maxMemoryUsedMB",
        "initDurationMs",
    }


@pytest.mark.parametrize(
    ("level", "cold", "warm"),
    [
        ("WARN", [], []),
        ("INFO", ["initStart", "start", "report"], ["start", "report"]),
        (
            "DEBUG",
            ["initStart", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"],
            ["start", "runtimeDone", "report"],
        ),
    ],
)
def test_the_system_level_chooses_the_platforms_events(
    pool: Pool, write: Write, level: str, cold: list[str], warm: list[str]
) -> None:
    spec = write(CODE, log_format="JSON", system_level=level)

    found = [kinds(run(pool, spec)) for _ in range(2)]

    assert found == [[f"platform.{name}" for name in names] for names in (cold, warm)]


@pytest.mark.parametrize(
    ("level", "levels"),
    [("DEBUG", ["DEBUG", "INFO", "ERROR"]), ("ERROR", ["ERROR"]), ("FATAL", [])],
)
def test_the_application_level_chooses_the_functions_lines(
    pool: Pool, write: Write, level: str, levels: list[str]
) -> None:
    outcome = run(pool, write(CODE, log_format="JSON", application_level=level))

    assert [event["level"] for event in events(outcome) if "level" in event] == levels


def test_a_failure_is_told_at_every_level(pool: Pool, write: Write) -> None:
    spec = write(CODE, log_format="JSON", system_level="WARN", timeout_seconds=1)

    timed_out = run(pool, spec, "sleep")

    done, report = (
        event for event in events(timed_out) if "type" in event and "init" not in event["type"]
    )
    assert (done["type"], report["type"]) == ("platform.runtimeDone", "platform.report")
    assert done["record"]["status"] == report["record"]["status"] == "timeout"


def test_an_init_phase_that_fails_is_told_in_both_phases(pool: Pool, write: Write) -> None:
    outcome = run(pool, write("raise KeyError('no')\n", log_format="JSON", system_level="WARN"))

    failed = [event for event in events(outcome) if event.get("type") == "platform.initReport"]
    assert [event["record"]["phase"] for event in failed] == ["init", "invoke"]
    for event in failed:
        assert event["record"]["status"] == "error"
        assert event["record"]["errorType"] == "Runtime.Unknown"
        assert event["record"]["metrics"]["durationMs"] > 0
    assert kinds(outcome)[-2:] == ["platform.runtimeDone", "platform.report"]


def test_an_environment_begun_again_says_where_its_init_phase_lies(
    pool: Pool, write: Write
) -> None:
    spec = write("import os\ndef handler(e, c): os._exit(1) if e else None\n", log_format="JSON")

    ended, again = run(pool, spec, True), run(pool, spec)

    for outcome, phase in ((ended, "init"), (again, "invoke")):
        begun = next(one for one in events(outcome) if one["type"] == "platform.initStart")
        assert begun["record"]["phase"] == phase
    assert "initDurationMs" not in events(again)[-1]["record"]["metrics"]


def test_an_exception_is_one_json_event(pool: Pool, write: Write) -> None:
    outcome = run(pool, write(CODE, log_format="JSON"), "fail")

    found = next(event for event in events(outcome) if event.get("errorType"))
    assert (found["errorType"], found["errorMessage"]) == ("ValueError", "no")
    assert found["requestId"] == "r-1"
    assert found["stackTrace"]


def test_the_text_format_knows_no_levels(pool: Pool, write: Write) -> None:
    spec = write("import os\ndef handler(event, context): return sorted(os.environ)\n")

    assert "AWS_LAMBDA_LOG_LEVEL" not in json.loads(run(pool, spec).payload)


NODES = [name for name in runtimes.offered() if name.startswith("nodejs")]


@pytest.mark.parametrize("name", NODES)
def test_node_writes_json_too(pool: Pool, pack: Write, name: str) -> None:
    text = """
        export const handler = async (event) => {
          console.debug("fine");
          console.log("one %d", 2);
          console.warn({ a: 1 });
          console.error("bad", new TypeError("no"));
        };
    """

    outcome = run(pool, pack({"index.mjs": text}, name, log_format="JSON"))

    own = [event for event in events(outcome) if "level" in event]
    assert [event["level"] for event in own] == ["INFO", "WARN", "ERROR"]
    assert [event["message"] for event in own[:2]] == ["one 2", {"a": 1}]
    assert (own[2]["errorType"], own[2]["errorMessage"]) == ("TypeError", "no")
    assert {event["requestId"] for event in own} == {"r-1"}
