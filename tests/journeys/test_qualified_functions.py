"""Mappings of versions and aliases, through the whole product: which code their records meet."""

from __future__ import annotations

import json

import pytest

from tests.journeys.conftest import App
from tests.product import eventually, package

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

SAYS = """
def handler(event, context):
    for record in event["Records"]:
        print("SAW", {number}, record["dynamodb"]["Keys"]["id"]["S"], context.function_version)
"""
FAILS = "def handler(event, context):\n    raise ValueError\n"


def saw(app: App, count: int) -> list[list[str]]:
    """Wait for so many records; what saw each of them."""

    def look() -> list[list[str]] | None:
        seen = [line.split()[1:] for line in app.said() if line.startswith("SAW ")]
        return seen if len(seen) >= count else None

    return eventually(look)


def test_a_mapping_of_a_version_keeps_to_its_code(app: App) -> None:
    stream = app.table()
    app.function(source=SAYS.format(number="'old'"), Publish=True)
    app.functions.update_function_code(
        FunctionName="reader", ZipFile=package(app=SAYS.format(number="'new'"))
    )

    app.trigger(stream, "reader:1")
    app.put("a")

    assert saw(app, 1) == [["old", "a", "1"]]


def test_re_pointing_an_alias_changes_the_code_of_its_mapping(app: App) -> None:
    stream = app.table()
    for number in ("one", "two"):
        source = SAYS.format(number=f'"{number}"')
        if number == "one":
            app.function(source=source, Publish=True)
        else:
            app.functions.update_function_code(
                FunctionName="reader", ZipFile=package(app=source), Publish=True
            )
    app.functions.create_alias(FunctionName="reader", Name="live", FunctionVersion="1")
    uuid = app.trigger(stream, "reader:live")
    app.put("a")
    before = saw(app, 1)

    app.functions.update_alias(FunctionName="reader", Name="live", FunctionVersion="2")
    app.put("b")

    assert before == [["one", "a", "1"]]
    assert saw(app, 2)[1:] == [["two", "b", "2"]]
    arn = app.functions.get_event_source_mapping(UUID=uuid)["FunctionArn"]
    assert arn.endswith(":function:reader:live")


def test_a_failure_record_names_the_version_that_ran(app: App) -> None:
    stream = app.table()
    app.function(source=FAILS, Publish=True)
    app.functions.create_alias(FunctionName="reader", Name="live", FunctionVersion="1")
    sqs = app.product.client("sqs", app.account)
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    queue = f"arn:aws:sqs:us-east-1:{app.account}:failed"
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    app.iam.put_role_policy(RoleName="reader", PolicyName="send", PolicyDocument=document)
    app.trigger(
        stream,
        "reader:live",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )

    app.put("a")

    message = eventually(
        lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages")
    )[0]
    record = json.loads(message["Body"])
    assert record["requestContext"]["functionArn"].endswith(":function:reader:live")
    assert record["responseContext"]["executedVersion"] == "1"
