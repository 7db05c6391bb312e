"""Draws requests from botocore's shapes: sensible in a small world of tables, then bent out of shape.

Everything comes from one seeded source of chance, so a failure can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

HASHED, SORTED = "hashed", "sorted"
TABLES = (HASHED, SORTED)
DEEPEST = 5

_PATHS = ("a", "b.c", "l[0]", "#n", "a[1].b", "size", "p")
_VALUES = (":s", ":n", ":l", ":set", ":m")
_CONDITIONS = (
    "{p} = {v}",
    "{p} <> {v} AND NOT {p} < {v}",
    "attribute_exists({p})",
    "attribute_not_exists({p}) OR ({p} > {v})",
    "begins_with({p}, {v})",
    "contains({p}, {v})",
    "attribute_type({p}, {v})",
    "size({p}) >= {v}",
    "{p} BETWEEN {v} AND {v}",
    "{p} IN ({v}, {v})",
    "(({p} = {v}))",
    "{p} = ",
)
_UPDATES = (
    "SET {p} = {v}",
    "SET {p} = if_not_exists({p}, {v}), d = {v} + {v}",
    "SET {p} = list_append({v}, {v}) REMOVE e",
    "ADD n {v} DELETE {p} {v}",
    "REMOVE {p}, l[3]",
    "SET {p} = {v} SET {p} = {v}",
)
_STATEMENTS = (
    "SELECT * FROM hashed WHERE p = 'k1'",
    "SELECT a, b.c FROM sorted WHERE p = 'k1' AND r > 0 ORDER BY r DESC",
    "INSERT INTO hashed VALUE {'p': 'k2', 'a': <<1, 2>>}",
    "UPDATE hashed SET a = a + 1 REMOVE b WHERE p = 'k1' RETURNING ALL NEW *",
    "DELETE FROM sorted WHERE p = 'k1' AND r = 1",
    "EXISTS(SELECT * FROM hashed WHERE p = 'k1')",
    "UPDATE hashed SET a = ? WHERE p = ?",
)
_LEGACY = (
    "AttributesToGet",
    "AttributeUpdates",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
    "KeyConditions",
)
_USUAL = ("KeyConditionExpression", "UpdateExpression")
_FITTING: dict[str, tuple[Any, ...]] = {
    ":s": ({"S": "k1"}, {"S": "N"}, {"S": ""}),
    ":n": ({"N": "1"}, {"N": "-2.5"}),
    ":l": ({"L": [{"S": "x"}]},),
    ":set": ({"NS": ["3", "1"]}, {"SS": ["a"]}),
}
_TEXTS = ("", "a", "abc", "x" * 300, "é€😀", "\u0000", "arn:aws:dynamodb:::table/x", "%", "None")
_ATTRIBUTES: tuple[Any, ...] = (
    {"S": "a"},
    {"S": ""},
    {"N": "1.50"},
    {"N": "-1e-130"},
    {"B": "YQ=="},
    {"BOOL": False},
    {"NULL": True},
    {"SS": ["b", "a"]},
    {"NS": ["1", "2.0"]},
    {"BS": ["YQ=="]},
    {"L": [{"S": "x"}, {"M": {"b": {"N": "3"}}}]},
    {"M": {"c": {"L": []}, "b": {"S": "y"}}},
)


def deep(levels: int) -> Any:
    """Nest lists as attribute values."""
    value: Any = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


HOSTILE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    1e300,
    [],
    {},
    [[[]]],
    {"S": 1},
    {"S": "a", "N": "1"},
    {"N": "1e999999999"},
    {"N": "9" * 40},
    {"N": "1" + "0" * 10_000},
    {"NS": ["1", "1.0"]},
    {"B": "a"},
    {"B": "%%%%"},
    {"SS": []},
    {"NULL": False},
    {"X": "y"},
    {"": {}},
    deep(31),
    deep(33),
    deep(400),
    "(" * 4000,
    "a AND " * 600 + "a",
    "a" * 5000,
    "#" * 300,
    "SET " + ", ".join(f"a{n} = :n" for n in range(400)),
    "\ud83d",
    "x" * 70_000,
    ["a"] * 300,
    [{"Put": {}}] * 101,
)


class Drawer:
    """Draws members of requests, in the world of two tables."""

    def __init__(self, chance: Random, known: Mapping[str, str]) -> None:
        """`known` gives members that name something of the world: StreamArn, ShardId …"""
        self.chance = chance
        self.known = known

    def request(self, shape: StructureShape, honoured: frozenset[str]) -> dict[str, Any]:
        """Draw a request that has its required members and some of the others."""
        often = self.chance.choice((0.05, 0.15, 0.4))
        drawn = {
            name: self.member(name, member)
            for name, member in shape.members.items()
            if name in honoured
            and (name in shape.required_members or name in _USUAL or self.chance.random() < often)
        }
        tidied: dict[str, Any] = self.tidy(drawn)
        return tidied

    def tidy(self, drawn: Any, table: str = "") -> Any:
        """Let keys fit their tables, and names and values the expressions that use them."""
        if isinstance(drawn, list):
            return [self.tidy(one, table) for one in drawn]
        if not isinstance(drawn, dict):
            return drawn
        table = str(drawn.get("TableName", table))
        texts = " ".join(str(one) for name, one in drawn.items() if name.endswith("Expression"))
        kept = {}
        for name, one in drawn.items():
            if name in ("Key", "Item", "ExclusiveStartKey") and isinstance(one, dict):
                kept[name] = self.fitted(one, table)
            elif name == "Keys":
                kept[name] = [self.fitted(key, table) for key in one]
            elif texts and name in _LEGACY and self.chance.random() < 0.9:
                continue
            elif name not in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
                kept[name] = self.tidy(one, name if name in TABLES else table)
        used = [value for value in _VALUES if value in texts]
        if used:
            kept["ExpressionAttributeValues"] = {
                value: self.chance.choice(_FITTING.get(value, _ATTRIBUTES)) for value in used
            }
        if "#n" in texts:
            kept["ExpressionAttributeNames"] = {"#n": "name"}
        return kept

    def fitted(self, item: dict[str, Any], table: str) -> dict[str, Any]:
        """Give a key or an item the sort key that its table wants, most often."""
        if self.chance.random() < 0.1 or table not in TABLES:
            return item
        fitted = {name: one for name, one in item.items() if name != "r"}
        return fitted | ({"r": {"N": str(self.chance.randrange(2))}} if table == SORTED else {})

    def member(self, name: str, shape: Shape, depth: int = 0) -> Any:
        """Draw a value by the member's name, or by its shape."""
        known: dict[str, Callable[[], Any]] = {
            "TableName": self.table,
            "TableArn": self.table,
            "Key": self.key,
            "ExclusiveStartKey": self.key,
            "Keys": lambda: [self.key() for _ in range(2)],
            "Item": self.item,
            "RequestItems": lambda: self.batch(shape),
            "ExpressionAttributeNames": lambda: {"#n": "name"},
            "ExpressionAttributeValues": self.values,
            "Statement": lambda: self.chance.choice(_STATEMENTS),
        }
        if name in known and (name != "Key" or shape.type_name == "map"):  # tags have a Key, too
            return known[name]()
        if name in self.known and self.chance.random() < 0.9:
            return self.known[name]
        return self.expression(name) if name.endswith("Expression") else self.shaped(shape, depth)

    def table(self) -> str:
        """Draw a table, most often one that is there."""
        return self.chance.choice((*TABLES, *TABLES, "nobody"))

    def item(self) -> dict[str, Any]:
        """Draw an item."""
        names = self.chance.sample("abdln", 2)
        return self.key() | {name: self.chance.choice(_ATTRIBUTES) for name in names}

    def values(self) -> dict[str, Any]:
        """Draw values for expressions."""
        return {one: self.chance.choice(_ATTRIBUTES) for one in self.chance.sample(_VALUES, 3)}

    @staticmethod
    def names_a_table(params: Any) -> bool:
        """Say whether a request is about a table of the world, by name or ARN."""
        return isinstance(params, dict) and str(params.get("TableName")).endswith(TABLES)

    def key(self) -> dict[str, Any]:
        """Draw a key of either table, from few."""
        key: dict[str, Any] = {"p": {"S": f"k{self.chance.randrange(3)}"}}
        if self.chance.random() < 0.5:
            key["r"] = {"N": str(self.chance.randrange(2))}
        return key

    def batch(self, shape: Shape) -> Any:
        """Draw RequestItems: lists of writes or structures of keys, by table."""
        assert isinstance(shape, MapShape)
        tables = self.chance.sample(TABLES, self.chance.randrange(1, 3))
        return {table: self.shaped(shape.value, 1) for table in tables}

    def expression(self, name: str) -> str:
        """Draw an expression of the kind that the member takes."""
        texts = {"UpdateExpression": _UPDATES, "ProjectionExpression": ("{p}", "{p}, {p}")}
        text = self.chance.choice(texts.get(name, _CONDITIONS))
        if name == "KeyConditionExpression":
            text = "p = :s" if self.chance.random() < 0.5 else "p = :s AND r > :n"
        return text.format(p=self.chance.choice(_PATHS), v=self.chance.choice(_VALUES))

    def shaped(self, shape: Shape, depth: int) -> Any:
        """Draw a value of a shape."""
        if shape.name == "AttributeValue":
            return self.chance.choice(_ATTRIBUTES)
        match shape:
            case StructureShape():
                if shape.name in ("TransactWriteItem", "WriteRequest", "TransactGetItem"):
                    name = self.chance.choice(sorted(shape.members))
                    return {name: self.member(name, shape.members[name], depth + 1)}
                wanted = {
                    name: member
                    for name, member in shape.members.items()
                    if name in shape.required_members
                    or (depth < DEEPEST and self.chance.random() < 0.4)
                }
                return {name: self.member(name, one, depth + 1) for name, one in wanted.items()}
            case ListShape():
                count = self.chance.randrange(1, 4)
                return [self.shaped(shape.member, depth + 1) for _ in range(count)]
            case MapShape():
                names = self.chance.sample("abnpr", self.chance.randrange(3))
                return {name: self.shaped(shape.value, depth + 1) for name in names}
            case _:
                return self.scalar(shape)

    def scalar(self, shape: Shape) -> Any:
        """Draw a text, number or boolean."""
        match shape.type_name:
            case "integer" | "long":
                return self.chance.choice((0, 1, 2, 5, 100, 101, -1))
            case "float" | "double" | "timestamp":
                return self.chance.choice((0, 1.5, 1_700_000_000))
            case "boolean":
                return self.chance.random() < 0.5
            case "blob":
                return self.chance.choice(("", "YQ=="))
            case _:
                return self.chance.choice(shape.metadata.get("enum") or _TEXTS)

    def bend(self, value: Any) -> Any:
        """Put something hostile in one place of a request, or take the place away."""
        if isinstance(value, dict) and value and self.chance.random() < 0.8:
            name = self.chance.choice(sorted(value))
            if self.chance.random() < 0.15:
                return {other: one for other, one in value.items() if other != name}
            return value | {name: self.bend(value[name])}
        if isinstance(value, list) and value and self.chance.random() < 0.8:
            place = self.chance.randrange(len(value))
            return [*value[:place], self.bend(value[place]), *value[place + 1 :]]
        return self.chance.choice(HOSTILE)
