"""What figures share: the product, clients, and ways to make tables, functions, mappings, requests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench import handlers
from tests.bench.client import ACCOUNT, Address, Clients, sdk, sign
from tests.bench.floors import Floors
from tests.bench.product import Product
from tests.bench.sizes import Sizes
from tests.product import RUNTIME

_ROLE = "bench"
_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One run: the product, who talks to it, what it costs at least, how much is measured."""

    product: Product
    clients: Clients
    floors: Floors
    sizes: Sizes

    @property
    def address(self) -> Address:
        """Where the gateway listens."""
        return self.product.address

    def sdk(self, service: str) -> Any:
        """Make a boto3 client."""
        return sdk(self.address, service)

    def open(self) -> None:
        """Make the role of all functions."""
        iam = self.sdk("iam")
        iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=json.dumps(_TRUST))
        iam.attach_role_policy(RoleName=_ROLE, PolicyArn=_POLICY)

    def table(self, name: str, sorted_by: str = "") -> str:
        """Make a table with the key `id` and a stream of new images; gives the stream's ARN.

        `sorted_by` names a sort key, which is a number.
        """
        client = self.sdk("dynamodb")
        key = {"id": ("S", "HASH")} | ({sorted_by: ("N", "RANGE")} if sorted_by else {})
        client.create_table(
            TableName=name,
            AttributeDefinitions=[
                {"AttributeName": one, "AttributeType": kind} for one, (kind, _) in key.items()
            ],
            KeySchema=[{"AttributeName": one, "KeyType": role} for one, (_, role) in key.items()],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        client.get_waiter("table_exists").wait(TableName=name)
        return str(client.describe_table(TableName=name)["Table"]["LatestStreamArn"])

    def function(self, name: str, code: str, timeout: int = 60, memory: int = 128) -> None:
        """Make a function that runs `code`, `timeout` seconds at most, with so many MB of memory."""
        client = self.sdk("lambda")
        client.create_function(
            FunctionName=name,
            Runtime=RUNTIME,
            Handler="app.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/{_ROLE}",
            Code={"ZipFile": handlers.package(code)},
            Timeout=timeout,
            MemorySize=memory,
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name)

    def mapping(self, function: str, stream: str, **settings: Any) -> str:
        """Let `function` read `stream` and wait until it does; gives the mapping's UUID."""
        client = self.sdk("lambda")
        settings = {"StartingPosition": "TRIM_HORIZON", **settings}
        made = client.create_event_source_mapping(
            FunctionName=function, EventSourceArn=stream, **settings
        )
        uuid = str(made["UUID"])
        self.until(lambda: client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled")
        return uuid

    def puts(self, table: str, items: Sequence[dict[str, Any]]) -> list[bytes]:
        """Sign a PutItem for each of `items`."""
        return [self.request("PutItem", {"TableName": table, "Item": item}) for item in items]

    def request(self, operation: str, members: dict[str, Any]) -> bytes:
        """Sign a call of one of DynamoDB's operations."""
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
        }
        return sign(self.address, "dynamodb", "/", headers, json.dumps(members).encode())

    def invoke(self, function: str, payload: Any) -> bytes:
        """Sign an Invoke that waits for the result."""
        path = f"/2015-03-31/functions/{function}/invocations"
        return sign(self.address, "lambda", path, {}, json.dumps(payload).encode())

    def lines(self, function: str) -> list[tuple[int, str]]:
        """Read a function's log: milliseconds since the epoch and the line, in order."""
        client = self.sdk("logs")
        group = f"/aws/lambda/{function}"
        try:
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
            events = [event for page in pages for event in page["events"]]
        except client.exceptions.ResourceNotFoundException:
            return []
        return [(event["timestamp"], event["message"]) for event in events]

    def said(self, function: str) -> list[list[str]]:
        """Read the words that a function has printed after `bench`."""
        lines = [text.split() for _, text in self.lines(function)]
        return [words[1:] for words in lines if words[:1] == ["bench"]]

    def until(self, holds: Callable[[], bool], gap: float = 0.1) -> None:
        """Wait until something holds. Raises TimeoutError."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError("what was waited for did not happen")
            time.sleep(gap)
