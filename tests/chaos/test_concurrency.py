"""A worker that is killed takes no concurrency with it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.journeys.conftest import App
from tests.product import Product, eventually, running
from tests.wire.test_lambda_throttling import WAITS

pytestmark = [pytest.mark.proof, pytest.mark.sandbox]


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("concurrency"), None, "--no-demo") as one:
        yield one


def test_a_reserve_is_free_again_after_its_worker_was_killed(product: Product) -> None:
    app = App(product, "320000000001")
    app.function("waiter", WAITS, Timeout=60, MemorySize=256)
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    app.iam.put_role_policy(
        RoleName="waiter",
        PolicyName="gate",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    s3 = product.client("s3", app.account)
    s3.create_bucket(Bucket="gate")
    app.functions.put_function_concurrency(FunctionName="waiter", ReservedConcurrentExecutions=1)
    app.functions.invoke(FunctionName="waiter", InvocationType="Event")
    eventually(lambda: s3.list_objects_v2(Bucket="gate").get("KeyCount"))
    with pytest.raises(ClientError):
        app.functions.invoke(FunctionName="waiter")

    product.part("worker").kill()
    s3.put_object(Bucket="gate", Key="open", Body=b"")

    def answered() -> bool:
        try:
            answer = app.functions.invoke(FunctionName="waiter")
        except ClientError:
            return False
        return bool(json.loads(answer["Payload"].read()) == "through")

    assert eventually(answered)
