"""Invoke through unmodified boto3 against the whole product: gateway, broker, worker, sandbox."""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.product import RUNTIME, TRUST, Product, running
from tests.wire.test_lambda_functions import package, refusal

pytestmark = [pytest.mark.sandbox, pytest.mark.redis]

_accounts = itertools.count(300_000_000_001)
ECHO = "def handler(event, context):\n    print('ran')\n    return event\n"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("invoke"), None, "--no-demo") as started:
        yield started


@pytest.fixture
def account() -> str:
    return str(next(_accounts))


@pytest.fixture
def client(product: Product, account: str) -> Any:
    return product.client("lambda", account)


LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.fixture
def create(product: Product, account: str, client: Any) -> Callable[..., str]:
    """Make a function of some code and give its ARN."""
    iam = product.client("iam", account)
    role = iam.create_role(RoleName="runner", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="runner", PolicyArn=LOGS)

    def make(text: str, name: str = "probe", **changes: Any) -> str:
        members = {
            "FunctionName": name,
            "Runtime": RUNTIME,
            "Role": role,
            "Handler": "app.handler",
            "Code": {"ZipFile": package(text)},
            "Timeout": 60,  # a loaded machine may take its time
        }
        arn: str = client.create_function(**(members | changes))["FunctionArn"]
        return arn

    return make


def until(found: Callable[[], Any], seconds: float = 240.0) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


def messages(product: Product, account: str, name: str = "probe") -> list[str]:
    logs = product.client("logs", account)
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in events]


def test_a_function_answers(client: Any, create: Callable[..., str]) -> None:
    create(ECHO)

    answer = client.invoke(FunctionName="probe", Payload=b'{"a": [1, "\xc3\xbc"]}')

    assert answer["StatusCode"] == 200
    assert json.loads(answer["Payload"].read()) == {"a": [1, "ü"]}
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert "LogResult" not in answer


def test_a_failing_function_is_a_success_with_an_error(
    client: Any, create: Callable[..., str]
) -> None:
    create("def handler(event, context):\n    raise ValueError('no')\n")

    answer = client.invoke(FunctionName="probe")

    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorType"] == "ValueError"


def test_the_tail_is_the_end_of_the_log(
    client: Any, create: Callable[..., str], product: Product, account: str
) -> None:
    create(ECHO)

    answer = client.invoke(FunctionName="probe", LogType="Tail")

    tail = base64.b64decode(answer["LogResult"]).decode()
    assert "\nran\nEND RequestId: " in tail
    assert tail == "".join(messages(product, account))


def test_a_request_is_known_by_the_id_of_its_invocation(
    product: Product, account: str, client: Any, create: Callable[..., str]
) -> None:
    create("def handler(event, context): return context.aws_request_id\n")

    answered = client.invoke(FunctionName="probe")
    streamed = client.invoke_with_response_stream(FunctionName="probe")
    later = client.invoke(FunctionName="probe", InvocationType="Event")
    by_old_ways = client.invoke_async(FunctionName="probe", InvokeArgs=b"{}")

    chunk = next(iter(streamed["EventStream"]))["PayloadChunk"]["Payload"]
    assert json.loads(answered["Payload"].read()) == request_id(answered)
    assert json.loads(chunk) == request_id(streamed)
    for queued in (later, by_old_ways):
        begun = f"START RequestId: {request_id(queued)} Version: $LATEST\n"
        assert until(lambda begun=begun: begun in messages(product, account))


def request_id(answer: Any) -> str:
    found: str = answer["ResponseMetadata"]["RequestId"]
    return found


def test_an_event_is_accepted_and_run_later(
    client: Any, create: Callable[..., str], product: Product, account: str
) -> None:
    create(ECHO)

    answer = client.invoke(FunctionName="probe", InvocationType="Event", Payload=b"1")

    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    assert "ExecutedVersion" not in answer
    assert until(lambda: "ran\n" in messages(product, account))


def test_a_dry_run_runs_nothing(
    client: Any, create: Callable[..., str], product: Product, account: str
) -> None:
    create(ECHO)

    answer = client.invoke(FunctionName="probe", InvocationType="DryRun")

    assert answer["StatusCode"] == 204
    assert messages(product, account) == []


def test_a_missing_function_is_named_with_its_version(client: Any, account: str) -> None:
    with pytest.raises(ClientError) as error:
        client.invoke(FunctionName="nobody")

    arn = f"arn:aws:lambda:us-east-1:{account}:function:nobody:$LATEST"
    assert refusal(error) == ("ResourceNotFoundException", f"Function not found: {arn}", 404)


def test_an_unknown_alias_is_not_found(
    client: Any, create: Callable[..., str], account: str
) -> None:
    arn = create(ECHO)

    with pytest.raises(ClientError) as error:
        client.invoke(FunctionName="probe", Qualifier="live")

    assert refusal(error)[:2] == ("ResourceNotFoundException", f"Function not found: {arn}:live")


@pytest.mark.parametrize(
    ("members", "code", "status"),
    [
        ({"Payload": b"{"}, "InvalidRequestContentException", 400),
        ({"Payload": b'"' + b"x" * 6_291_455 + b'"'}, "RequestTooLargeException", 413),
        ({"ClientContext": "nonsense"}, "InvalidRequestContentException", 400),
    ],
    ids=["json", "size", "context"],
)
def test_a_broken_event_is_refused(
    client: Any, create: Callable[..., str], members: dict[str, Any], code: str, status: int
) -> None:
    create(ECHO)

    with pytest.raises(ClientError) as error:
        client.invoke(FunctionName="probe", **members)

    assert refusal(error)[0::2] == (code, status)


def test_six_megabytes_travel_both_ways(client: Any, create: Callable[..., str]) -> None:
    create(ECHO, Timeout=30)
    event = b'"' + b"x" * 6_291_454 + b'"'

    assert client.invoke(FunctionName="probe", Payload=event)["Payload"].read() == event


def test_the_context_carries_what_the_client_said(client: Any, create: Callable[..., str]) -> None:
    create(
        "def handler(event, context):\n"
        "    return [context.client_context.custom, context.invoked_function_arn]\n"
    )
    context = base64.b64encode(b'{"custom": {"room": "blue"}}').decode()

    answer = client.invoke(FunctionName="probe:$LATEST", ClientContext=context)

    custom, arn = json.loads(answer["Payload"].read())
    assert custom == {"room": "blue"}
    assert arn.endswith(":function:probe:$LATEST")


TRACED = "import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n"
ROOT = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"


def tracing(client: Any, header: str) -> None:
    """Let the client send a header as instrumented ones do."""

    def add(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = header

    client.meta.events.register("before-send.lambda.*", add)


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        (f"{ROOT};Parent=7fa8c0f79203be72;Sampled=1", rf"{ROOT};Parent=7fa8c0f79203be72;Sampled=1"),
        (ROOT, rf"{ROOT};Parent=[0-9a-f]{{16}};Sampled=0"),
        ("Root=1-nonsense;Sampled=1", r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=\w{16};Sampled=0"),
    ],
    ids=["sampled", "root only", "broken"],
)
def test_a_callers_trace_goes_on_in_the_function(
    client: Any, create: Callable[..., str], header: str, seen: str
) -> None:
    create(TRACED)
    tracing(client, header)

    answer = json.loads(client.invoke(FunctionName="probe")["Payload"].read())
    stream = client.invoke_with_response_stream(FunctionName="probe")["EventStream"]
    parts = [one["PayloadChunk"]["Payload"] for one in stream if "PayloadChunk" in one]

    for trace in (answer, json.loads(b"".join(parts))):
        assert re.fullmatch(rf"{seen};Lineage=\S+", trace)


def test_new_code_and_variables_are_used_at_once(client: Any, create: Callable[..., str]) -> None:
    read = "import os\ndef handler(event, context): return os.environ.get('COLOUR', '')\n"
    create("def handler(event, context): return 'old'\n")
    answers = [client.invoke(FunctionName="probe")["Payload"].read()]

    client.update_function_code(FunctionName="probe", ZipFile=package(read))
    answers.append(client.invoke(FunctionName="probe")["Payload"].read())
    variables = {"Variables": {"COLOUR": "blue"}}
    client.update_function_configuration(FunctionName="probe", Environment=variables)
    answers.append(client.invoke(FunctionName="probe")["Payload"].read())

    assert answers == [b'"old"', b'""', b'"blue"']


def test_a_function_may_call_aws_and_invoke_another(
    product: Product, client: Any, create: Callable[..., str], account: str
) -> None:
    create(ECHO, "inner")
    invokes = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"
    product.client("iam", account).attach_role_policy(RoleName="runner", PolicyArn=invokes)
    create(
        """
import boto3

def handler(event, context):
    answer = boto3.client("lambda").invoke(FunctionName="inner", Payload=b'"deep"')
    identity = boto3.client("sts").get_caller_identity()
    return [answer["Payload"].read().decode(), identity["Account"]]
""",
        Timeout=30,
        MemorySize=256,
    )

    answer = client.invoke(FunctionName="probe")

    assert json.loads(answer["Payload"].read()) == ['"deep"', account]


def test_sleeping_functions_hold_up_nobody(
    product: Product, client: Any, create: Callable[..., str], account: str
) -> None:
    create("import time\ndef handler(event, context): time.sleep(event)\n", "slow", Timeout=120)
    create(ECHO)

    def is_answered_before_those_that_sleep(seconds: int) -> bool:
        members = {"FunctionName": "slow", "Payload": str(seconds)}
        threads = [
            threading.Thread(target=lambda: product.client("lambda", account).invoke(**members))
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        answer = client.invoke(FunctionName="probe", Payload=b"1")
        first = any(thread.is_alive() for thread in threads)
        for thread in threads:
            thread.join()
        assert answer["Payload"].read() == b"1"
        return first

    # Who is held up waits for as long as they sleep; who has a slow machine does not.
    assert any(map(is_answered_before_those_that_sleep, (4, 16, 64)))


def test_a_worker_that_is_killed_is_replaced_and_events_run_again(
    product: Product, client: Any, create: Callable[..., str], account: str
) -> None:
    code = "import time\ndef handler(event, context):\n    print('begun')\n    time.sleep(1)\n"
    create(code, Timeout=3)  # and some more until it is known to be lost
    worker = product.part("worker")
    before = set(worker.children(recursive=True))
    client.invoke(FunctionName="probe", InvocationType="Event")
    assert until(lambda: set(worker.children(recursive=True)) - before)

    worker.kill()

    assert until(lambda: "begun\n" in messages(product, account))


def test_the_way_of_before_queues_an_event(
    product: Product, account: str, client: Any, create: Callable[..., str]
) -> None:
    create("def handler(event, context):\n    print('GOT', event)\n")

    answer = client.invoke_async(FunctionName="probe", InvokeArgs=b'{"n": 7}')

    assert answer["Status"] == 202
    assert until(lambda: any("GOT {'n': 7}" in text for text in messages(product, account)))
