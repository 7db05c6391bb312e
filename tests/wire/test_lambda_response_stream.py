"""InvokeWithResponseStream through unmodified boto3 against the whole product."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.runtime import interpreters, runtimes
from tests.wire.test_lambda_functions import refusal
from tests.wire.test_lambda_invoke import ECHO, account, client, create, product

__all__ = ["account", "client", "create", "product"]

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]


def stream(client: Any, **members: Any) -> tuple[Any, list[Any]]:
    answer = client.invoke_with_response_stream(FunctionName="probe", **members)
    return answer, list(answer["EventStream"])


def test_a_result_is_a_chunk_and_an_end(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)

    answer, events = stream(client, Payload=json.dumps({"a": "ü" * 100_000}), LogType="Tail")

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    assert [next(iter(one)) for one in events] == ["PayloadChunk", "InvokeComplete"]
    assert json.loads(events[0]["PayloadChunk"]["Payload"]) == {"a": "ü" * 100_000}
    tail = base64.b64decode(events[1]["InvokeComplete"]["LogResult"]).decode()
    assert "\nran\n" in tail


def test_an_error_is_told_at_the_end(client: Any, create: Callable[..., str]) -> None:
    create("def handler(event, context):\n    raise ValueError('no')\n")

    _, events = stream(client)

    assert len(events) == 1
    complete = events[0]["InvokeComplete"]
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "no"


STREAMS = """
exports.handler = awslambda.streamifyResponse(async (event, out) => {
  out.write("one");
  await new Promise((resolve) => setTimeout(resolve, event.pause));
  out.write("two");
  if (event.fail) throw new RangeError("no more");
  out.end();
});
"""
needs_node = pytest.mark.skipif(not interpreters.nodes(), reason="no Node here")


@pytest.fixture
def streaming(create: Callable[..., str]) -> None:
    """A function that streams."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.js", STREAMS)
    runtime = next(name for name in runtimes.offered() if name.startswith("nodejs"))
    code = {"ZipFile": packed.getvalue()}
    create("", Runtime=runtime, Handler="index.handler", Code=code, Timeout=120)


@needs_node
@pytest.mark.usefixtures("streaming")
def test_parts_arrive_before_the_function_has_ended(client: Any) -> None:
    def waited_between(pause_ms: int) -> float:
        payload = json.dumps({"pause": pause_ms})
        answer = client.invoke_with_response_stream(FunctionName="probe", Payload=payload)
        events = iter(answer["EventStream"])
        first, began = next(events), time.monotonic()
        others = list(events)
        assert answer["ExecutedVersion"] == "$LATEST"
        if len(others) == 1:  # the hint of the first part was lost: all has come with the end
            assert first["PayloadChunk"]["Payload"] == b"onetwo"
            return 0.0
        assert first["PayloadChunk"]["Payload"] == b"one"
        assert [next(iter(one)) for one in others] == ["PayloadChunk", "InvokeComplete"]
        assert others[0]["PayloadChunk"]["Payload"] == b"two"
        return time.monotonic() - began

    # What only comes with the end never waits; what comes late does when the pause is long.
    assert any(waited_between(pause_ms) > 0.5 for pause_ms in (2000, 8000, 32_000))
    assert client.invoke(FunctionName="probe", Payload="{}")["Payload"].read() == b"onetwo"


@needs_node
@pytest.mark.usefixtures("streaming")
def test_a_stream_that_fails_in_the_middle_says_so_at_its_end(client: Any) -> None:
    _, events = stream(client, Payload=json.dumps({"fail": True}))
    in_one_piece = client.invoke(FunctionName="probe", Payload=json.dumps({"fail": True}))

    assert [one["PayloadChunk"]["Payload"] for one in events[:-1]] == [b"one", b"two"]
    complete = events[-1]["InvokeComplete"]
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"])["errorType"] == "RangeError"
    assert in_one_piece["FunctionError"] == "Unhandled"
    assert json.loads(in_one_piece["Payload"].read())["errorMessage"] == "no more"


def test_a_missing_function_is_refused_before_the_stream(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        stream(client)

    assert refusal(error)[0::2] == ("ResourceNotFoundException", 404)
