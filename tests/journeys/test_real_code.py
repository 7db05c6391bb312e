"""Code that nobody here wrote runs unchanged: AWS's own batch processor, zipped with its package."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.journeys.conftest import App
from tests.product import eventually

pytestmark = [pytest.mark.journey, pytest.mark.sandbox]

HANDLER = """
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
logger = Logger(service="orders")


def record_handler(record: DynamoDBRecord):
    image = record.dynamodb.new_image
    if image["amount"] < 0:
        raise ValueError("negative amount")
    logger.info("charged", extra={"order": image["id"], "amount": str(image["amount"])})
    print("GOT", image["id"])


def handler(event, context):
    answer = process_partial_response(
        event=event, record_handler=record_handler, processor=processor, context=context
    )
    print("ANSWER", len(answer["batchItemFailures"]))
    return answer
"""


def bundle() -> bytes:
    """Zip the handler with powertools and what it imports, as a deployment package does."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", HANDLER)
        for name in ("aws_lambda_powertools", "jmespath", "typing_extensions"):
            spec = find_spec(name)
            assert spec is not None
            assert spec.origin is not None
            origin = Path(spec.origin)
            root = origin.parent if origin.name == "__init__.py" else origin
            for file in [root] if root.is_file() else sorted(root.rglob("*.py")):
                archive.write(file, file.relative_to(root.parent))
    return made.getvalue()


def test_the_batch_processor_of_powertools_runs_unchanged(app: App) -> None:
    stream = app.table()
    app.function(Code={"ZipFile": bundle()}, Timeout=120, MemorySize=256)
    app.trigger(stream)

    for one, amount in (("a", "5"), ("b", "-1"), ("c", "7")):
        app.put(one, amount={"N": amount})

    eventually(lambda: {"a", "c"} <= set(app.got()))
    said = app.said()
    assert any('"message":"charged"' in line and '"order":"a"' in line for line in said)
    assert not any("ImportModuleError" in line for line in said)


CALLER = """
import json
import boto3

def handler(event, context):
    for record in event["Records"]:
        one = record["dynamodb"]["Keys"]["id"]["S"]
        answer = boto3.client("lambda").invoke(
            FunctionName="helper", Payload=json.dumps({"id": one})
        )
        print("GOT", json.load(answer["Payload"])["id"])
        boto3.resource("dynamodb").Table("Copies").put_item(Item={"id": one})
"""


def test_a_function_calls_another_and_writes_to_a_table_with_plain_boto3(app: App) -> None:
    """So triggers can chain: Orders → reader → Copies → copier."""
    app.function("helper", source="def handler(event, context):\n    return event\n")
    app.function(source=CALLER, Timeout=120, MemorySize=512)
    app.allow("reader", "lambda:InvokeFunction", "dynamodb:PutItem", "dynamodb:DescribeTable")
    app.function("copier")
    app.trigger(app.table())
    app.trigger(app.table("Copies"), "copier")

    app.put("a")

    assert app.wait_for("a") == ["a"]
    assert app.wait_for("a", function="copier") == ["a"]
