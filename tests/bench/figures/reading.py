"""Reads: GetItem, and Query of a partition of 100 items, over 8 connections."""

from __future__ import annotations

from tests.bench.figures.rushes import MANY, rush
from tests.bench.figures.writing import item
from tests.bench.report import Bar, Figure, Floor
from tests.bench.stage import Stage

_ITEMS = 100


def measure(stage: Stage) -> list[Figure]:
    """Read the same hundred items again and again."""
    stage.table("reading", sorted_by="line")
    for number in range(_ITEMS):
        key = {"line": {"N": str(number)}}
        stage.sdk("dynamodb").put_item(TableName="reading", Item=item("order") | key)
    return [*_gets(stage), *_queries(stage)]


def _gets(stage: Stage) -> list[Figure]:
    requests = [
        stage.request(
            "GetItem",
            {
                "TableName": "reading",
                "Key": {"id": {"S": "order"}, "line": {"N": str(number % _ITEMS)}},
            },
        )
        for number in range(stage.sizes.gets)
    ]
    floor = _floor(stage, 1, "the slower of reads of a row and empty HTTP")
    rush(stage, requests[:50], 1)
    return rush(stage, requests).figures("GetItem, 8 connections", "/s", Bar("≥", 2500), floor)


def _queries(stage: Stage) -> list[Figure]:
    wanted = {
        "TableName": "reading",
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "order"}},
    }
    requests = [stage.request("Query", wanted)] * stage.sizes.queries
    floor = _floor(stage, _ITEMS, f"the slower of reads of {_ITEMS} rows and empty HTTP")
    rush(stage, requests[:20], 1)
    found = rush(stage, requests)
    return found.figures("Query of 100 items, 8 connections", "/s", Bar("≥", 500), floor)


def _floor(stage: Stage, rows: int, of: str) -> Floor:
    return Floor(min(1000 / stage.floors.read_ms(rows), stage.floors.http_rate(MANY)), of)
