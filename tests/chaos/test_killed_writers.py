"""The gateway dies while many write at once: what was answered is there, whole and told once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.journeys.conftest import App
from tests.product import eventually, running

pytestmark = [pytest.mark.proof]
WRITERS = 8
ENOUGH = 300


class Load:
    """Writers that go on until nobody answers them any more."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.sent: set[str] = set()
        self.answered: set[str] = set()
        self.enough = threading.Event()

    def write(self, writer: int) -> None:
        client = self.app.product.client("dynamodb", self.app.account)
        number = 0
        while True:
            number += 1
            one = f"{writer}/{number}"
            self.sent.add(one)
            try:
                client.put_item(TableName="Orders", Item={"id": {"S": one}, "n": {"N": "1"}})
            except (BotoCoreError, ClientError):
                return
            self.answered.add(one)
            if len(self.answered) >= ENOUGH:
                self.enough.set()


def told(app: App, stream: str) -> list[str]:
    """Read the whole stream; the ids of its records in order."""
    client = app.product.client("dynamodbstreams", app.account)
    shard = client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]
    iterator = client.get_shard_iterator(
        StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found: list[dict[str, Any]] = []
    while True:
        answer = client.get_records(ShardIterator=iterator)
        if not answer["Records"]:
            return [record["dynamodb"]["Keys"]["id"]["S"] for record in found]
        found += answer["Records"]
        iterator = answer["NextShardIterator"]


def test_nothing_answered_is_lost_when_the_gateway_is_killed_under_load(tmp_path: Path) -> None:
    with running(tmp_path / "data", {}, "--no-demo") as product:
        app = App(product, "444444444444")
        stream = app.table()
        load = Load(app)
        with ThreadPoolExecutor(WRITERS) as writers:
            ends = [writers.submit(load.write, number) for number in range(WRITERS)]
            assert load.enough.wait(240)
            product.part("gateway").kill()
            for end in ends:
                end.result()

        def back() -> bool:
            try:
                return bool(app.db.list_tables()["TableNames"])
            except (BotoCoreError, ClientError):
                return False

        eventually(back)
        pages = app.db.get_paginator("scan").paginate(TableName="Orders")
        stored = {item["id"]["S"] for page in pages for item in page["Items"]}
        records = told(app, stream)

        assert load.answered <= stored <= load.sent
        assert len(records) == len(set(records))
        assert set(records) == stored
