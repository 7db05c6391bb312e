"""A running product and an application on it: table, role, function, trigger."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.product import RUNTIME, STREAM_POLICY, TRUST, Product, eventually, package, running

_accounts = itertools.count(300_000_000_001)

PRINT_KEYS = """
def handler(event, context):
    for record in event["Records"]:
        print("GOT", record["dynamodb"]["Keys"]["id"]["S"])
"""


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running product that journeys which harm nobody share."""
    with running(tmp_path_factory.mktemp("product"), {"SHARDLIGHT_MAPPING_DELAY": "0"}) as one:
        yield one


@dataclass
class App:
    """What a developer makes on one account, through boto3."""

    product: Product
    account: str

    def __post_init__(self) -> None:
        self.db = self.product.client("dynamodb", self.account)
        self.functions = self.product.client("lambda", self.account)
        self.logs = self.product.client("logs", self.account)
        self.iam = self.product.client("iam", self.account)

    def table(self, name: str = "Orders") -> str:
        """Create a table with a stream; returns the stream's ARN."""
        made = self.db.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return str(made["TableDescription"]["LatestStreamArn"])

    def function(self, name: str = "reader", source: str = PRINT_KEYS, **members: Any) -> str:
        """Create a function with a role that may read streams; returns its ARN.

        It has a minute for each event: three seconds are not enough on every machine.
        """
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]
        self.iam.attach_role_policy(RoleName=name, PolicyArn=STREAM_POLICY)
        made = self.functions.create_function(
            FunctionName=name,
            Runtime=RUNTIME,
            Role=role["Arn"],
            Handler="app.handler",
            **{"Code": {"ZipFile": package(app=source)}, "Timeout": 60, **members},
        )
        return str(made["FunctionArn"])

    def allow(self, role: str, *actions: str, resource: str = "*", name: str = "more") -> None:
        """Let a role do more, by an inline policy."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.iam.put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document)
        )

    def trigger(self, stream: str, function: str = "reader", **members: Any) -> str:
        """Map the stream to the function from the trim horizon; returns the UUID."""
        made = self.functions.create_event_source_mapping(
            **{
                "FunctionName": function,
                "EventSourceArn": stream,
                "StartingPosition": "TRIM_HORIZON",
                **members,
            }
        )
        return str(made["UUID"])

    def put(self, *ids: str, table: str = "Orders", **attributes: Any) -> None:
        """Write items, one PutItem each."""
        for one in ids:
            self.db.put_item(TableName=table, Item={"id": {"S": one}, **attributes})

    def said(self, function: str = "reader") -> list[str]:
        """Everything that a function has logged, oldest first."""
        try:
            pages = self.logs.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/{function}"
            )
            return [event["message"] for page in pages for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            return []

    def said_once(self, word: str, function: str = "reader") -> list[str] | None:
        """Everything that a function has logged, once a line of it has `word`."""
        lines = self.said(function)
        return lines if any(word in line for line in lines) else None

    def got(self, function: str = "reader") -> list[str]:
        """The keys that the function has been given, in the order of its log."""
        return [line.split()[1] for line in self.said(function) if line.startswith("GOT ")]

    def wait_for(self, *ids: str, function: str = "reader") -> list[str]:
        """Wait until the function has been given all of `ids`; returns what it was given."""
        return eventually(lambda: got if set(ids) <= set(got := self.got(function)) else None)


@pytest.fixture
def app(product: Product) -> App:
    """An account of its own on the shared product."""
    return App(product, str(next(_accounts)))
