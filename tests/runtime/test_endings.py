"""Every way an invocation can end, in AWS's words, on each kind of isolation."""

from __future__ import annotations

import dataclasses
import json

import pytest

from functions.runtime import limits
from functions.runtime.outcomes import Outcome, Status
from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run, texts

pytestmark = pytest.mark.sandbox


def test_the_handlers_answer_comes_back(pool: Pool, write: Write) -> None:
    spec = write("def handler(event, context):\n    return {'got': event}\n")

    outcome = run(pool, spec, {"a": [1, "ü"]})

    assert json.loads(outcome.payload) == {"got": {"a": [1, "ü"]}}
    assert outcome.function_error is None
    assert outcome.status is Status.OK
    assert outcome.init_ms is not None


def test_a_handler_that_returns_nothing_answers_null(pool: Pool, write: Write) -> None:
    assert run(pool, write("def handler(event, context): pass\n")).payload == b"null"


def test_the_context_says_what_is_invoked(pool: Pool, write: Write) -> None:
    spec = write(
        """
        def handler(event, context):
            return [context.aws_request_id, context.function_name, context.function_version,
                    context.invoked_function_arn, context.memory_limit_in_mb,
                    context.log_group_name, context.log_stream_name,
                    0 < context.get_remaining_time_in_millis() <= 60_000]
        """
    )

    outcome = run(pool, spec, request_id="r-7")

    answer = json.loads(outcome.payload)
    assert answer[:3] == ["r-7", "probe", "$LATEST"]
    assert answer[3] == "arn:aws:lambda:us-east-1:111111111111:function:probe"
    assert answer[4:6] == ["128", "/aws/lambda/probe"]
    assert answer[6] == outcome.log_stream
    assert outcome.log_stream.endswith(f"/[$LATEST]{outcome.environment_id}")
    assert answer[7] is True


def test_an_exception_is_reported_with_its_trace(pool: Pool, write: Write) -> None:
    spec = write("def handler(event, context):\n    raise ValueError('Handler fails')\n")

    outcome = run(pool, spec)

    payload = json.loads(outcome.payload)
    trace = payload.pop("stackTrace")
    assert payload == {
        "errorMessage": "Handler fails",
        "errorType": "ValueError",
        "requestId": "r-1",
    }
    assert len(trace) == 1
    assert trace[0].endswith("line 2, in handler\n    raise ValueError('Handler fails')\n")
    assert outcome.function_error == "Unhandled"
    assert outcome.error_type == "ValueError"
    assert outcome.status is Status.OK


def test_an_exception_while_importing_has_no_request_id(pool: Pool, write: Write) -> None:
    outcome = run(pool, write("raise KeyError('gone')\n"))

    payload = json.loads(outcome.payload)
    assert payload["errorType"] == "KeyError"
    assert payload["requestId"] == ""
    assert any("importlib" in line for line in payload["stackTrace"])


@pytest.mark.parametrize(
    ("handler", "kind", "message"),
    [
        (
            "nothing.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nothing': No module named 'nothing'",
        ),
        ("app.nobody", "Runtime.HandlerNotFound", "Handler 'nobody' missing on module 'app'"),
        (
            "app",
            "Runtime.MalformedHandlerName",
            "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "sys.exit",
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
    ],
)
def test_a_handler_that_cannot_be_loaded_says_why(
    pool: Pool, write: Write, handler: str, kind: str, message: str
) -> None:
    outcome = run(pool, write("x = 1\n", handler=handler))

    payload = json.loads(outcome.payload)
    assert (payload["errorType"], payload["errorMessage"]) == (kind, message)
    assert payload["stackTrace"] == []
    assert outcome.status is Status.ERROR


def test_a_syntax_error_shows_its_line(pool: Pool, write: Write) -> None:
    outcome = run(pool, write("def handler(event, context)\n"))

    payload = json.loads(outcome.payload)
    assert payload["errorType"] == "Runtime.UserCodeSyntaxError"
    assert payload["errorMessage"].startswith("Syntax error in module 'app': ")
    assert payload["stackTrace"][0].endswith("Line 1\n    def handler(event, context)\n")


def test_an_answer_that_is_not_json_cannot_be_marshalled(pool: Pool, write: Write) -> None:
    outcome = run(pool, write("def handler(event, context): return {1, 2}\n"))

    assert json.loads(outcome.payload)["errorType"] == "Runtime.MarshalError"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(127)", "Runtime exited with error: exit status 127"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
@pytest.mark.parametrize("where", ["handler", "import"])
def test_a_process_that_ends_says_how(
    pool: Pool, write: Write, statement: str, words: str, where: str
) -> None:
    inside = f"def handler(event, context): {statement}\n"
    spec = write("import os, sys\n" + (inside if where == "handler" else f"{statement}\n"))

    outcome = run(pool, spec)

    assert json.loads(outcome.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: r-1 Error: {words}",
    }
    assert texts(outcome)[-1].endswith("\tStatus: error\tError Type: Runtime.ExitError\n")


def test_a_timeout_ends_the_handler(pool: Pool, write: Write) -> None:
    code = "import time\ndef handler(event, context):\n    print('begun')\n    time.sleep(600)\n"
    for seconds in (1, 5, 25):  # until the handler had the time to begin
        outcome = run(pool, write(code, timeout_seconds=seconds))
        if "begun\n" in texts(outcome):
            break

    assert json.loads(outcome.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: r-1 Error: Task timed out after {seconds}.00 seconds",
    }
    assert outcome.status is Status.TIMEOUT
    assert seconds * 1000 <= outcome.duration_ms < 600_000
    lines = texts(outcome)
    assert "begun\n" in lines
    assert any("r-1 Task timed out after " in line for line in lines)
    assert lines[-1].endswith("\tStatus: timeout\n")


def test_too_much_memory_is_killed(
    pool: Pool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNTOUCHED_MB", 1000)  # so that we look before there is no more
    spec = write(
        """
        import time
        def handler(event, context):
            held = []
            while True:
                held.append(bytearray(8_000_000))
                time.sleep(0.02)
        """
    )

    outcome = run(pool, spec)

    words = "RequestId: r-1 Error: Runtime exited with error: signal: killed"
    assert json.loads(outcome.payload)["errorMessage"] == words
    assert outcome.max_memory_mb == 128
    assert texts(outcome)[-1].endswith("\tStatus: error\tError Type: Runtime.OutOfMemory\n")


@pytest.mark.parametrize("ending", ["os._exit(0)", "sys.exit(1)", "os.kill(os.getpid(), 9)"])
@pytest.mark.parametrize("where", ["handler", "import"])
def test_memory_counts_also_where_the_process_ends_before_anybody_has_looked(
    walled: Pool, write: Write, monkeypatch: pytest.MonkeyPatch, ending: str, where: str
) -> None:
    monkeypatch.setattr(limits, "MEMORY_WATCH_SECONDS", 600.0)
    if walled.isolation.groups is None:
        pytest.skip("no cgroup can be made here")
    does = f"held = 'x' * 60_000_000; {ending}\n"
    inside = f"def handler(event, context): {does}"
    spec = write("import os, sys\n" + (inside if where == "handler" else does), memory_mb=256)

    outcome = run(walled, spec)

    assert 55 <= outcome.max_memory_mb <= 120
    assert f"\tMax Memory Used: {outcome.max_memory_mb} MB\t" in texts(outcome)[-1]


def test_too_much_memory_at_once_is_killed_too(walled: Pool, write: Write) -> None:
    """As on AWS: no MemoryError, and what is only mapped costs nothing."""
    if walled.isolation.groups is None:
        pytest.skip("no cgroup can be made here")
    spec = write(
        """
        import mmap
        def handler(event, context):
            return len(mmap.mmap(-1, 600_000_000) if event == "map" else "x" * 1_000_000_000)
        """,
    )

    mapped, killed = run(walled, spec, "map"), run(walled, spec, "touch")

    assert mapped.payload == b"600000000"
    words = "RequestId: r-1 Error: Runtime exited with error: signal: killed"
    assert json.loads(killed.payload) == {"errorType": "Runtime.ExitError", "errorMessage": words}
    assert "\tMax Memory Used: 128 MB\t" in texts(killed)[-1]
    assert texts(killed)[-1].endswith("\tStatus: error\tError Type: Runtime.OutOfMemory\n")


def test_six_megabytes_go_in_and_out(pool: Pool, write: Write) -> None:
    spec = write("def handler(event, context): return event\n")
    event = "x" * 6_291_450

    outcome = run(pool, spec, event)

    assert json.loads(outcome.payload) == event


@pytest.mark.parametrize(
    "does", ["return 'x' * 6_291_555", "raise ValueError('x' * 6_291_555)"], ids=["answer", "error"]
)
def test_an_answer_or_error_beyond_the_limit_is_too_large(
    pool: Pool, write: Write, does: str
) -> None:
    spec = write(f"def handler(event, context): {does}\n", memory_mb=512)

    outcome = run(pool, spec)

    assert outcome.payload == (
        b'{"errorMessage":"Response payload size exceeded maximum allowed payload size '
        b'(6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}'
    )


def test_after_an_ending_of_the_process_the_next_one_starts_anew(pool: Pool, write: Write) -> None:
    spec = write("import os\ndef handler(event, context):\n    os._exit(1) if event else None\n")

    first, second = run(pool, spec, True), run(pool, spec, False)

    assert first.function_error == "Unhandled"
    assert second.payload == b"null"
    assert second.environment_id != first.environment_id


@pytest.mark.parametrize("ending", ["os._exit(1)", "time.sleep(600)", "os.kill(os.getpid(), 9)"])
def test_who_comes_after_an_ending_goes_on_in_its_log_stream(
    pool: Pool, write: Write, ending: str
) -> None:
    spec = write(
        f"""
        import os, time
        time.sleep(0.3)
        print("loading", flush=True)
        def handler(event, context):
            if event:
                {ending}
            return context.log_stream_name
        """,
    )
    hurried = dataclasses.replace(spec, timeout_seconds=1) if "sleep" in ending else spec

    ended, second, third = run(pool, hurried, True), run(pool, spec), run(pool, spec)

    assert ended.function_error == "Unhandled"
    assert second.log_stream == third.log_stream == ended.log_stream
    assert json.loads(second.payload) == ended.log_stream
    assert second.environment_id == third.environment_id != ended.environment_id
    begun = texts(second)
    assert begun[0].startswith("INIT_START ")
    assert begun[1:3] == ["loading\n", "START RequestId: r-1 Version: $LATEST\n"]
    assert "Init Duration" not in begun[-1]
    assert second.init_ms is None
    assert second.duration_ms >= 300


def test_an_init_phase_that_fails_again_is_told_as_one_of_the_invocation(
    pool: Pool, write: Write
) -> None:
    spec = write("raise KeyError('no')\n")

    first, second = run(pool, spec), run(pool, spec)

    def phases(outcome: Outcome) -> list[str]:
        return [
            line.partition("Phase: ")[2].partition("\t")[0]
            for line in texts(outcome)
            if line.startswith("INIT_REPORT")
        ]

    assert (phases(first), phases(second)) == (["init", "invoke"], ["invoke"])
    assert second.error_message == first.error_message == "'no'"
