"""The Runtime API as functions find it: what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import json
import re

import pytest

from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, run

pytestmark = pytest.mark.sandbox

CALL = """
    import http.client, os
    def handler(calls, context):
        answers = []
        for method, path, body in calls:
            link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            link.request(method, "/2018-06-01/runtime/" + path, body)
            answer = link.getresponse()
            answers.append([answer.status, answer.read().decode()])
            link.close()
        return answers
"""


def refused(kind: str, message: str) -> str:
    return json.dumps({"errorMessage": message, "errorType": kind}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("call", "status", "body"),
    [
        (
            ("POST", "invocation/other/response", "1"),
            400,
            refused("InvalidRequestID", "Invalid request ID"),
        ),
        (
            ("POST", "invocation/other/error", "{}"),
            400,
            refused("InvalidRequestID", "Invalid request ID"),
        ),
        (
            ("GET", "invocation/next", None),
            403,
            refused(
                "InvalidStateTransition",
                "State transition from Running to Ready failed for runtime. Error: State "
                "transition is not allowed",
            ),
        ),
        (
            ("POST", "init/error", "{}"),
            403,
            refused(
                "InvalidStateTransition",
                "State transition from Running to InitError failed for runtime. Error: State "
                "transition is not allowed",
            ),
        ),
        (("GET", "nothing", None), 404, "404 page not found\n"),
        (("GET", "restore/next", None), 404, "404 page not found\n"),
        (("POST", "restore/error", "{}"), 404, "404 page not found\n"),
        (("DELETE", "invocation/next", None), 405, ""),
    ],
    ids=[
        "response",
        "error",
        "next",
        "init error",
        "path",
        "restore next",
        "restore error",
        "method",
    ],
)
def test_an_illegal_call_is_refused_and_the_invocation_goes_on(
    pool: Pool, write: Write, call: tuple[str, str, str | None], status: int, body: str
) -> None:
    outcome = run(pool, write(CALL), [call])

    assert json.loads(outcome.payload) == [[status, body]]


def test_every_invocation_has_a_trace_of_its_own(pool: Pool, write: Write) -> None:
    spec = write("import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n")

    traces = [json.loads(run(pool, spec, request_id=one).payload) for one in ("r-1", "r-2")]

    for trace in traces:
        pattern = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=\S+"
        assert re.fullmatch(pattern, trace)
    assert traces[0] != traces[1]


def test_bytes_that_are_not_http_end_only_their_connection(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os, socket
        def handler(event, context):
            host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
            with socket.create_connection((host, int(port))) as link:
                link.sendall(b"\\x16\\x03\\x01 nonsense\\r\\n\\r\\n")
                return len(link.recv(100))
        """
    )

    assert run(pool, spec).payload == b"0"


def test_many_idle_connections_do_no_harm(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import os, socket
        held = []
        def handler(event, context):
            host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
            for _ in range(40):
                held.append(socket.create_connection((host, int(port))))
            return len(held)
        """
    )

    assert [run(pool, spec).payload for _ in range(2)] == [b"40", b"80"]


def test_an_answer_may_be_given_by_hand(pool: Pool, write: Write) -> None:
    spec = write(
        """
        import http.client, os, time
        def handler(event, context):
            link = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
            link.request("POST", path, "early")
            time.sleep(600)
        """
    )

    outcome = run(pool, spec)

    assert outcome.payload == b"early"
    assert outcome.duration_ms < 60_000
