"""Indexes are made with a table as AWS makes them, or refused in its words."""

from __future__ import annotations

from typing import Any

import pytest

from console.aws.errors import AwsError
from console.aws.scope import Scope
from tests.dynamodb.indexed import ALL, KEYS_ONLY, attributes, create, including, index, item
from triggers.dynamodb import definitions, indexdefinitions, items, tables
from triggers.dynamodb.descriptions import describe
from triggers.dynamodb.keys import KeySchema

PREFIX = "One or more parameter values were invalid: "


def test_a_description_shows_each_index(scope: Scope, clock: Any) -> None:
    made = create(
        scope,
        clock,
        of_all=[index("by-g", ["g"], ["n"], including("x"))],
        local=[index("by-l", ["p"], ["l"])],
        g="S",
        n="N",
        l="S",
    )
    items.put_item(scope, "Orders", item("a", g="x", n=1, l="y", z="zz"), clock=clock)

    new = describe(scope, made, clock, new=True)
    found = describe(scope, tables.get_table(scope, "Orders", clock=clock), clock)

    arn = "arn:aws:dynamodb:us-east-1:111111111111:table/Orders/index/"
    assert found["AttributeDefinitions"] == attributes(g="S", l="S", n="N", p="S", r="S")
    assert found["LocalSecondaryIndexes"] == [
        {
            "IndexName": "by-l",
            "KeySchema": [
                {"AttributeName": "p", "KeyType": "HASH"},
                {"AttributeName": "l", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
            "IndexSizeBytes": 14,
            "ItemCount": 1,
            "IndexArn": f"{arn}by-l",
        }
    ]
    assert found["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "by-g",
            "KeySchema": [
                {"AttributeName": "g", "KeyType": "HASH"},
                {"AttributeName": "n", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            "IndexSizeBytes": 9,
            "ItemCount": 1,
            "IndexArn": f"{arn}by-g",
            "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {
                "NumberOfDecreasesToday": 0,
                "ReadCapacityUnits": 0,
                "WriteCapacityUnits": 0,
            },
            "WarmThroughput": {
                "ReadUnitsPerSecond": 12000,
                "WriteUnitsPerSecond": 4000,
                "Status": "ACTIVE",
            },
        }
    ]
    assert new["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    assert "WarmThroughput" not in new["GlobalSecondaryIndexes"][0]


KEY = KeySchema("p", "S", "r", "S")


def read(members: dict[str, Any], key: KeySchema = KEY, **kinds: str) -> Any:
    params = {"AttributeDefinitions": attributes(p="S", r="S", **kinds), **members}
    billing = definitions.Billing(definitions.ON_DEMAND)
    return indexdefinitions.read_indexes(params, key, billing)


def of_all(*given: Any) -> dict[str, Any]:
    return {"GlobalSecondaryIndexes": list(given)}


def local(*given: Any) -> dict[str, Any]:
    return {"LocalSecondaryIndexes": list(given)}


@pytest.mark.parametrize(
    ("members", "kinds", "message"),
    [
        (local(), {}, f"{PREFIX}List of LocalSecondaryIndexes is empty"),
        (of_all(), {}, f"{PREFIX}List of GlobalSecondaryIndexes is empty"),
        (
            of_all(index("abc", ["g"])),
            {"h": "S"},
            f"{PREFIX}Some index key attributes are not defined in AttributeDefinitions. "
            "Keys: [g], AttributeDefinitions: [p, r, h]",
        ),
        (
            of_all(index("abc", ["g"])),
            {"g": "S", "h": "S"},
            f"{PREFIX}Some AttributeDefinitions are not used. "
            "AttributeDefinitions: [p, r, g, h], keys used: [p, r, g]",
        ),
        (
            of_all(index("abc", ["g"], ["g"])),
            {"g": "S"},
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ),
        (of_all(index("abc", ["g", "g"])), {"g": "S"}, "Attribute Name is duplicated: g"),
        (
            of_all(index("abc", ["g", "h"], ["g"])),
            {"g": "S", "h": "S"},
            "The KeySchema contains multiple key attributes with the same name",
        ),
        (
            of_all(index("abc", [], ["g"])),
            {"g": "S"},
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            of_all(
                {
                    "IndexName": "abc",
                    "KeySchema": index("", ["g"], ["h"])["KeySchema"]
                    + index("", ["i"])["KeySchema"],
                    "Projection": ALL,
                }
            ),
            {"g": "S", "h": "S", "i": "S"},
            f"{PREFIX}All HASH key attributes must precede RANGE key attributes in the KeySchema",
        ),
        (
            of_all(index("abc", list("abcde"))),
            dict.fromkeys("abcde", "S"),
            f"{PREFIX}The KeySchema exceeds the maximum allowed number of HASH key attributes",
        ),
        (
            of_all(index("abc", ["a"], list("bcdef"))),
            dict.fromkeys("abcdef", "S"),
            f"{PREFIX}The KeySchema exceeds the maximum allowed number of RANGE key attributes",
        ),
        (
            local(index("abc", ["p"], ["r", "g"])),
            {"g": "S"},
            f"{PREFIX}The KeySchema exceeds the maximum allowed number of RANGE key attributes",
        ),
        (
            local(index("abc", ["p"])),
            {},
            f"{PREFIX}Index KeySchema does not have a range key for index: abc",
        ),
        (
            local(index("abc", ["g"], ["r"])),
            {"g": "S"},
            f"{PREFIX}Index KeySchema does not have the same leading hash key as table KeySchema "
            "for index: abc. index hash key: g, table hash key: p",
        ),
        (
            of_all(index("abc", ["p"], projection={})),
            {},
            f"{PREFIX}Unknown ProjectionType: null",
        ),
        (
            of_all(index("abc", ["p"], projection=KEYS_ONLY | {"NonKeyAttributes": ["x"]})),
            {},
            f"{PREFIX}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
        ),
        (
            of_all(index("abc", ["p"], projection={"ProjectionType": "INCLUDE"})),
            {},
            f"{PREFIX}ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            of_all(index("abc", ["p"], projection=including("x", "x"))),
            {},
            f"{PREFIX}Duplicate element in NonKeyAttributes: x",
        ),
        (
            of_all(index("abc", ["p"])) | local(index("abc", ["p"], ["r"])),
            {},
            f"{PREFIX}Duplicate index name: abc",
        ),
        (
            local(*(index(f"abc{n}", ["p"], ["r"]) for n in range(6))),
            {},
            f"{PREFIX}Number of LocalSecondaryIndexes exceeds per-table limit of 5",
        ),
        (
            of_all(*(index(f"abc{n}", ["p"], ["r"]) for n in range(21))),
            {},
            f"{PREFIX}GlobalSecondaryIndex count exceeds the per-table limit of 20",
        ),
        (
            of_all(
                index("abc", ["p"])
                | {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
            ),
            {},
            f"{PREFIX}ProvisionedThroughput should not be specified for index: abc when BillingMode "
            "is PAY_PER_REQUEST",
        ),
    ],
)
def test_what_aws_does_not_make_is_refused(
    members: dict[str, Any], kinds: dict[str, str], message: str
) -> None:
    with pytest.raises(AwsError) as refused:
        read(members, **kinds)

    assert (refused.value.code, refused.value.message) == ("ValidationException", message)


def test_a_local_index_needs_a_table_with_a_sort_key() -> None:
    with pytest.raises(AwsError, match="Table KeySchema does not have a range key, which is "):
        read(local(index("abc", ["p"], ["r"])), KeySchema("p", "S"))


def test_a_provisioned_table_has_provisioned_indexes() -> None:
    params = {"AttributeDefinitions": attributes(p="S"), **of_all(index("abc", ["p"]))}

    with pytest.raises(AwsError, match="ProvisionedThroughput is not specified for index: abc"):
        indexdefinitions.read_indexes(
            params, KeySchema("p", "S"), definitions.Billing(definitions.PROVISIONED, 1, 1)
        )
