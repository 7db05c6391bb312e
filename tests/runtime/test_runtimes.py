"""Other runtimes of this host: every Python there is, and packages that bring their own program."""

from __future__ import annotations

import json
import re
import sys

import pytest

from console.aws.errors import AwsError
from functions.runtime import packages, runtimes
from functions.runtime.pool import Pool
from tests.runtime.conftest import Write, needs_python_of_the_system, run, texts
from tests.runtime.test_zygotes import is_forked

pytestmark = pytest.mark.sandbox
PYTHONS = [name for name in runtimes.offered() if name.startswith("python")]


@pytest.mark.parametrize("name", PYTHONS)
def test_every_python_runs_functions(pool: Pool, write: Write, name: str) -> None:
    spec = write(
        """
        import json, logging, sys
        import boto3
        def handler(event, context):
            logging.getLogger().warning("heard")
            if event == "fail":
                raise ValueError("ü")
            return [sys.version_info[:2], context.aws_request_id, boto3.__name__, event]
        """,
        runtime=name,
        memory_mb=512,
    )

    answered, failed = run(pool, spec, {"a": "ü"}), run(pool, spec, "fail")

    version = [int(part) for part in name.removeprefix("python").split(".")]
    assert json.loads(answered.payload) == [version, "r-1", "boto3", {"a": "ü"}]
    assert json.loads(failed.payload)["errorType"] == "ValueError"
    assert any("heard" in line for line in texts(failed))


@pytest.mark.parametrize("name", PYTHONS)
def test_every_python_tells_what_is_not_ascii(walled: Pool, write: Write, name: str) -> None:
    spec = write(
        """
        def handler(event, context):
            if event == "fail":
                raise ValueError("„😀“")
            return "„😀“"
        """,
        runtime=name,
    )

    answered, failed = run(walled, spec), run(walled, spec, "fail")

    escaped = int(name.removeprefix("python3.")) < 12
    assert answered.payload == json.dumps("„😀“", ensure_ascii=escaped).encode()
    assert (failed.error_type, failed.error_message) == ("ValueError", "„😀“")
    assert (b"\\u201e" in failed.payload) is escaped


@pytest.mark.parametrize("name", PYTHONS)
def test_a_long_message_of_an_exception_is_passed_on(pool: Pool, write: Write, name: str) -> None:
    spec = write("def handler(event, context): raise ValueError('x' * 900_000)\n", runtime=name)

    outcome = run(pool, spec)

    assert (outcome.error_type, len(outcome.error_message)) == ("ValueError", 900_000)


@pytest.mark.parametrize("name", PYTHONS)
def test_every_python_is_forked(walled: Pool, write: Write, name: str) -> None:
    spec = write("def handler(event, context): return 1\n", runtime=name)

    assert run(walled, spec).payload == b"1"
    assert is_forked(walled, spec) is (walled._where.zygotes is not None)


def test_the_python_that_runs_us_comes_first() -> None:
    assert runtimes.offered()[0] == f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.parametrize("name", ["python3.6", "nodejs16.x", "python3.99", "ruby3.3", "java21"])
def test_what_is_not_here_is_refused(name: str) -> None:
    with pytest.raises(AwsError) as refused:
        runtimes.check(name)

    assert refused.value.code == "InvalidParameterValueException"


BOOTSTRAP = """
    #!/usr/bin/python3
    import http.client, json, os, sys
    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    base = "/2018-06-01/runtime"
    print("begun", os.environ["_HANDLER"], os.getcwd() == os.environ["LAMBDA_TASK_ROOT"], flush=True)
    while True:
        link = http.client.HTTPConnection(api)
        link.request("GET", base + "/invocation/next")
        answer = link.getresponse()
        event, id = json.loads(answer.read()), answer.headers["Lambda-Runtime-Aws-Request-Id"]
        if event == "exit":
            sys.exit(4)
        kind = "error" if event == "fail" else "response"
        body = {"errorType": "Own", "errorMessage": "as asked"} if event == "fail" else {"got": event}
        link.request("POST", f"{base}/invocation/{id}/{kind}", json.dumps(body))
        link.getresponse().read()
"""


@needs_python_of_the_system
@pytest.mark.parametrize("name", ["provided.al2023", "provided.al2"])
def test_a_package_may_bring_its_own_program(pool: Pool, pack: Write, name: str) -> None:
    spec = pack({"bootstrap": BOOTSTRAP}, name, "any.thing")

    answered, failed, ended = (run(pool, spec, event) for event in ("x", "fail", "exit"))

    assert answered.payload == b'{"got": "x"}'
    assert "begun any.thing True\n" in texts(answered)
    assert (failed.error_type, failed.error_message) == ("Own", "as asked")
    assert ended.error_message == "RequestId: r-1 Error: Runtime exited with error: exit status 4"
    family = name.removeprefix("provided.")
    assert texts(answered)[0].startswith(f"INIT_START Runtime Version: provided:{family}.v")


@pytest.mark.parametrize("files", [{"other": "#!/bin/sh\n"}, {"bootstrap": "not a program"}])
def test_a_package_without_a_program_cannot_run(
    pool: Pool, pack: Write, files: dict[str, str]
) -> None:
    outcome = run(pool, pack(files, "provided.al2023"))

    assert json.loads(outcome.payload) == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": "RequestId: r-1 Error: Couldn't find valid bootstrap(s): "
        "[/var/task/bootstrap /opt/bootstrap]",
    }


def test_layers_lie_one_over_the_other(walled: Pool, write: Write, pack: Write) -> None:
    one = pack({"python/shared.py": "n = 1\n", "python/one.py": "n = 1\n"}, "one")
    two = pack({"python/shared.py": "n = 2\n", "bin/tool": "#!/bin/sh\necho tool\n"}, "two")
    layers = packages.merged([one.code, two.code], one.code.parent)
    spec = write(
        """
        import subprocess, one, shared
        def handler(event, context):
            said = subprocess.run(["tool"], capture_output=True, text=True).stdout
            return [one.n, shared.n, shared.__file__, said]
        """,
        layers=layers,
    )

    answer = json.loads(run(walled, spec).payload)

    assert answer == [1, 2, "/opt/python/shared.py", "tool\n"]
    assert packages.merged([one.code, two.code], one.code.parent) == layers


@needs_python_of_the_system
def test_a_runtime_may_come_from_a_layer(walled: Pool, pack: Write) -> None:
    layer = pack({"bootstrap": BOOTSTRAP}, "layer")
    layers = packages.merged([layer.code], layer.code.parent)
    spec = pack({"any": "thing"}, "provided.al2023", layers=layers)

    assert run(walled, spec, 1).payload == b'{"got": 1}'


@pytest.mark.parametrize(
    ("name", "words"),
    [("python3.12", "python:3.12"), ("nodejs22.x", "nodejs:22"), ("provided.al2", "provided:al2")],
)
def test_the_first_line_names_the_runtime(name: str, words: str) -> None:
    from functions.runtime.reports import init_start

    pattern = rf"INIT_START Runtime Version: {re.escape(words)}\.v1\tRuntime Version ARN: arn:\S+\n"
    assert re.fullmatch(pattern, init_start(name, "eu-west-1"))
