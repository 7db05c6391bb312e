"""Whatever is sent, no operation fails of itself: seeded nonsense of the right types, never a 5xx."""

from __future__ import annotations

import random
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    MissingDependencyException,
    ParamValidationError,
)
from botocore.model import ListShape, MapShape, Shape, StructureShape

from console import offers
from console.aws import registry
from console.aws.registry import Operation
from console.aws.wire.models import operation_model

offers.load()
ROUNDS = 12
DEEPEST = 4
TEXTS = [
    "a",
    "abc",
    "x" * 300,
    "é\u20ac\U0001f600",
    "\u0000\u0007",
    "$LATEST",
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-01-01T00:00:00.000",
    "arn:aws:lambda:us-east-1:000000000000:function:f:1",
    "arn:aws:iam::000000000000:role/r",
    "arn:",
    ":::",
    "{}",
    '{"Version": "2012-10-17", "Statement": [{"Effect": 1}]}',
    "#a = :b",
    "((((",
    "%",
    "-1",
    "00000000-0000-4000-8000-000000000000",
]
BUCKETS = ["bucket", "a..b", "Capital", "x" * 200]
"""Names of buckets that boto3 lets out."""

UNSENT = (ParamValidationError, FlexibleChecksumError, MissingDependencyException, ValueError)
"""How boto3 and the HTTP client refuse what no header can hold, before anything is sent."""

HTTPS_OWN = {"ContentLength"}
"""Members that belong to HTTP: who lies there waits for himself."""

NOT_IMPLEMENTED = 501
NUMBERS = [-(2**40), -1, 0, 1, 2, 100, 2**31, 2**62]
VALUES: list[Any] = [
    {"S": "a"},
    {"N": "1e999"},
    {"N": "x"},
    {"B": "YQ=="},
    {"BOOL": True},
    {"L": [{"M": {"a": {"NULL": True}}}]},
    {"SS": ["a", "a"]},
    {"NS": []},
    {},
    {"S": "a", "N": "1"},
]


def name(operation: Operation) -> str:
    return f"{operation.service}:{operation.name}"


def nonsense(shape: Shape, chance: random.Random, depth: int = 0) -> Any:
    """Draw a value of the shape's type, seldom a sensible one."""
    if shape.name == "AttributeValue":
        return chance.choice(VALUES)
    match shape:
        case StructureShape():
            members = shape.members.items() if depth < DEEPEST else ()
            return {n: nonsense(m, chance, depth + 1) for n, m in members if chance.random() < 0.5}
        case ListShape():
            return [nonsense(shape.member, chance, depth + 1) for _ in range(chance.randrange(3))]
        case MapShape():
            keys = chance.sample(TEXTS, chance.randrange(3))
            return {key: nonsense(shape.value, chance, depth + 1) for key in keys}
        case _:
            return nonsense_scalar(shape, chance)


def nonsense_scalar(shape: Shape, chance: random.Random) -> Any:
    match shape.type_name:
        case "integer" | "long":
            return chance.choice(NUMBERS)
        case "float" | "double":
            return float(chance.choice(NUMBERS))
        case "boolean":
            return chance.random() < 0.5
        case "blob":
            return chance.choice([b"", b"PK", b"\x00" * 100, b'{"a": 1}'])
        case "timestamp":
            return chance.choice([0, 1_700_000_000])
        case _:
            names = shape.metadata.get("enum")
            return chance.choice(names if names and chance.random() < 0.7 else TEXTS)


@pytest.mark.parametrize("operation", registry.offered(), ids=name)
def test_nonsense_is_never_a_defect(operation, gateway, account):
    client = gateway.client(operation.service, account)
    shape = operation_model(operation.service, operation.name).input_shape
    if operation.service == "s3":
        client.create_bucket(Bucket=BUCKETS[0])
    chance = random.Random(name(operation))  # noqa: S311 - repeatable, not secret
    offered = operation.honours - HTTPS_OWN
    honoured = {n: m for n, m in shape.members.items() if n in offered} if shape else {}

    for number in range(ROUNDS):
        share = number / (ROUNDS - 1)
        params = {
            member: chance.choice(BUCKETS) if member == "Bucket" else nonsense(m, chance)
            for member, m in honoured.items()
            if chance.random() < share or needed_by_boto3(member, m)
        }
        try:
            client._make_api_call(operation.name, params)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            assert status < 500 or status == NOT_IMPLEMENTED, (params, error.response)  # noqa: PT017
        except UNSENT:
            continue
        except HTTPClientError as error:
            assert "Invalid header" in str(error)  # noqa: PT017


def needed_by_boto3(member: str, shape: Shape) -> bool:
    """Say whether boto3 itself stumbles when `member` is absent, before anything is sent."""
    placed = shape.serialization.get("location") == "uri"
    return placed or member in ("RequestItems", "Delete")
