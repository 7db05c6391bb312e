"""Responses that come in parts: heard as they come, whole in the end, and failing in the middle."""

from __future__ import annotations

import json

import pytest

from functions.runtime import interpreters, runtimes
from functions.runtime.outcomes import Outcome
from functions.runtime.pool import Pool
from functions.runtime.spec import EnvironmentSpec, Event
from tests.runtime.conftest import ARN, Write, needs_python_of_the_system, texts

pytestmark = pytest.mark.sandbox
NODES = [name for name in runtimes.offered() if name.startswith("nodejs")]
needs_node = pytest.mark.skipif(not interpreters.nodes(), reason="no Node here")

BOOTSTRAP = """
    #!/usr/bin/python3
    import base64, json, os, socket
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    def call(head, parts=(), trailers=""):
        link = socket.create_connection((host, int(port)))
        link.sendall(f"{head}\\r\\nHost: x\\r\\n".encode())
        if parts:
            link.sendall(b"Transfer-Encoding: chunked\\r\\nConnection: close\\r\\n"
                         b"Lambda-Runtime-Function-Response-Mode: streaming\\r\\n")
        link.sendall(b"\\r\\n")
        for part in parts:
            link.sendall(b"%x\\r\\n%s\\r\\n" % (len(part), part))
        if parts:
            link.sendall(b"0\\r\\n" + trailers.encode() + b"\\r\\n")
        answer = link.makefile("rb")
        status = answer.readline().split()[1]
        headers = {}
        while (line := answer.readline().strip()):
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, headers, answer.read(int(headers.get("content-length", 0)))
    base = "/2018-06-01/runtime/invocation"
    while True:
        _, headers, event = call(f"GET {base}/next HTTP/1.1")
        id = headers["lambda-runtime-aws-request-id"]
        event = json.loads(event)
        trailers = ""
        if event["fail"]:
            body = base64.b64encode(b'{"errorType":"Own","errorMessage":"halfway"}').decode()
            trailers = f"Lambda-Runtime-Function-Error-Type: Own\\r\\n"
            trailers += f"Lambda-Runtime-Function-Error-Body: {body}\\r\\n"
        parts = [part.encode() for part in event["parts"]]
        print(call(f"POST {base}/{id}/response HTTP/1.1", parts, trailers)[0], flush=True)
"""


def hear(pool: Pool, spec: EnvironmentSpec, event: object) -> tuple[list[bytes], Outcome]:
    """Invoke once; what was heard meanwhile, and the outcome."""
    heard: list[bytes] = []
    environment = pool.lend(spec)
    try:
        outcome = environment.invoke(Event("r-1", json.dumps(event).encode(), ARN), heard.append)
    finally:
        pool.give_back(environment)
    return heard, outcome


@needs_python_of_the_system
def test_a_program_of_ones_own_streams(pool: Pool, pack: Write) -> None:
    spec = pack({"bootstrap": BOOTSTRAP}, "provided.al2023")

    heard, outcome = hear(pool, spec, {"parts": ["one ", "two ", "three"], "fail": False})

    assert heard == [b"one ", b"two ", b"three"]
    assert outcome.payload == b"one two three"
    assert outcome.function_error is None


@needs_python_of_the_system
def test_a_stream_may_fail_in_the_middle(pool: Pool, pack: Write) -> None:
    spec = pack({"bootstrap": BOOTSTRAP}, "provided.al2023")

    heard, outcome = hear(pool, spec, {"parts": ["one"], "fail": True})
    _, next_outcome = hear(pool, spec, {"parts": ["two"], "fail": False})

    assert heard == [b"one"]
    assert outcome.function_error == "Unhandled"
    assert json.loads(outcome.payload) == {"errorType": "Own", "errorMessage": "halfway"}
    assert next_outcome.payload == b"two"


@needs_python_of_the_system
def test_a_stream_beyond_the_limit_is_too_large(
    pool: Pool, pack: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.runtime.limits.STREAMED_BYTES", 10)
    spec = pack({"bootstrap": BOOTSTRAP}, "provided.al2023")

    heard, outcome = hear(pool, spec, {"parts": ["12345678", "9abc"], "fail": False})

    assert heard == [b"12345678"]
    assert json.loads(outcome.payload)["errorType"] == "Function.ResponseSizeTooLarge"


STREAMS = """
    export const handler = awslambda.streamifyResponse(async (event, out, context) => {
      if (event === "at once") throw new TypeError("no");
      out.setContentType("text/plain");
      out.write("one ");
      await new Promise((resolve) => setTimeout(resolve, 20));
      out.write({ two: context.awsRequestId });
      if (event === "halfway") throw new RangeError("no more");
      out.end(" three");
    });
"""


@needs_node
@pytest.mark.parametrize("name", NODES)
def test_node_streams(pool: Pool, pack: Write, name: str) -> None:
    spec = pack({"index.mjs": STREAMS}, name)

    answers = [hear(pool, spec, "well") for _ in range(2)]

    for heard, outcome in answers:
        assert heard == [b"one ", b'{"two":"r-1"}', b" three"], texts(outcome)
        assert outcome.payload == b'one {"two":"r-1"} three'
        assert outcome.function_error is None


@needs_node
def test_nodes_stream_may_fail_before_and_in_the_middle(pool: Pool, pack: Write) -> None:
    spec = pack({"index.mjs": STREAMS}, NODES[0])

    before, at_once = hear(pool, spec, "at once")
    halfway, failed = hear(pool, spec, "halfway")
    _, well = hear(pool, spec, "well")

    assert (before, at_once.error_type, at_once.error_message) == ([], "TypeError", "no")
    assert halfway == [b"one ", b'{"two":"r-1"}']
    assert (failed.error_type, failed.error_message) == ("RangeError", "no more")
    assert well.function_error is None


@needs_node
def test_nodes_http_response_begins_with_its_head(pool: Pool, pack: Write) -> None:
    text = """
        import { pipeline } from "node:stream/promises";
        import { Readable } from "node:stream";
        export const handler = awslambda.streamifyResponse(async (event, out) => {
          const head = { statusCode: 201, headers: { "x-own": "1" } };
          await pipeline(Readable.from(["body"]), awslambda.HttpResponseStream.from(out, head));
        });
    """

    _, outcome = hear(pool, pack({"index.mjs": text}, NODES[0]), 1)

    head, body = outcome.payload.split(bytes(8))
    assert json.loads(head) == {"statusCode": 201, "headers": {"x-own": "1"}}
    assert body == b"body"


@needs_node
def test_a_stream_that_is_never_ended_ends_node(pool: Pool, pack: Write) -> None:
    text = "exports.handler = awslambda.streamifyResponse(async (event, out) => {});"

    _, outcome = hear(pool, pack({"index.js": text}, NODES[0]), 1)

    assert outcome.error_type == "Runtime.NodeJsExit"
