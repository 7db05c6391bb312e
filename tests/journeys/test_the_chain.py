"""From PutItem to the handler's log line, through the product as people start it."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import PRINT_KEYS, App
from tests.product import eventually, package

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]


def test_an_item_reaches_the_handler(app: App) -> None:
    app.function()
    app.trigger(app.table())

    app.put("a", "b", "c")

    assert app.wait_for("a", "b", "c") == ["a", "b", "c"]


def test_the_invocation_leaves_lambdas_log_lines(app: App) -> None:
    app.function()
    app.trigger(app.table())

    app.put("a")
    app.wait_for("a")

    lines = eventually(lambda: app.said_once("REPORT"))
    kinds = [line.split()[0] for line in lines]
    assert kinds == ["INIT_START", "START", "GOT", "END", "REPORT"]


def test_latest_skips_what_was_written_before(app: App) -> None:
    stream = app.table()
    app.function()
    app.put("before")

    app.trigger(stream, StartingPosition="LATEST")
    app.put("after")

    assert app.wait_for("after") == ["after"]


def test_a_batch_holds_at_most_batch_size_records(app: App) -> None:
    stream = app.table()
    app.function(source="def handler(event, context):\n    print('N', len(event['Records']))\n")
    app.put(*(str(n) for n in range(7)))

    app.trigger(stream, BatchSize=3)

    def sizes() -> list[int] | None:
        seen = [int(line.split()[1]) for line in app.said() if line.startswith("N ")]
        return seen if sum(seen) == 7 else None

    assert eventually(sizes) == [3, 3, 1]


def test_two_functions_read_one_stream(app: App) -> None:
    stream = app.table()
    for name in ("first", "second"):
        app.function(name)
        app.trigger(stream, name)

    app.put("a", "b")

    assert app.wait_for("a", "b", function="first") == ["a", "b"]
    assert app.wait_for("a", "b", function="second") == ["a", "b"]


def test_one_function_reads_two_streams(app: App) -> None:
    app.function()
    for table in ("Left", "Right"):
        app.trigger(app.table(table))

    app.put("l", table="Left")
    app.put("r", table="Right")

    assert set(app.wait_for("l", "r")) == {"l", "r"}


def test_an_error_retries_the_same_batch_and_blocks_only_its_shard(app: App) -> None:
    poison = """
def handler(event, context):
    ids = [r["dynamodb"]["Keys"]["id"]["S"] for r in event["Records"]]
    print("TRY", context.aws_request_id, *ids)
    if "poison" in ids:
        raise ValueError("cannot read this order")
"""
    stream, other = app.table(), app.table("Others")
    app.function(source=poison)
    app.put("poison", "behind")
    uuid = app.trigger(stream, BatchSize=1)
    app.trigger(other)

    def tries(one: str) -> list[list[str]]:
        return [x.split() for x in app.said() if x.startswith("TRY ") and one in x]

    attempts = eventually(lambda: seen if len(seen := tries("poison")) >= 3 else None)
    app.put("elsewhere", table="Others")
    eventually(lambda: tries("elsewhere"))

    assert len({words[1] for words in attempts}) == 1, "retries keep the request id"
    assert tries("behind") == []
    mapping = app.functions.get_event_source_mapping(UUID=uuid)
    assert mapping["LastProcessingResult"] == "PROBLEM: Function call failed"


def test_disabling_keeps_the_place_and_enabling_goes_on_there(app: App) -> None:
    app.function()
    uuid = app.trigger(app.table())
    app.put("a")
    app.wait_for("a")

    app.functions.update_event_source_mapping(UUID=uuid, Enabled=False)
    eventually(lambda: app.functions.get_event_source_mapping(UUID=uuid)["State"] == "Disabled")
    app.put("b", "c")
    app.functions.update_event_source_mapping(UUID=uuid, Enabled=True)

    assert app.wait_for("a", "b", "c") == ["a", "b", "c"]


def test_a_function_repaired_after_failing_gets_the_batch_it_failed_on(app: App) -> None:
    stream = app.table()
    app.function(source="def handler(event, context):\n    raise RuntimeError('not ready')\n")
    app.put("a", "b")
    app.trigger(stream)
    eventually(lambda: [x for x in app.said() if "not ready" in x])

    app.functions.update_function_code(FunctionName="reader", ZipFile=package(app=PRINT_KEYS))

    assert app.wait_for("a", "b") == ["a", "b"]
