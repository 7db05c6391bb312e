"""What may be said of indexes when a table is made or changed: keys, projections, limits. Pure rules.

Takes AWS's own shapes, whose types and enumerations the wire has checked. Source of the texts:
dynalite's recordings of CreateTable and a catalogue of AWS's answers of October 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.aws.errors import AwsError
from triggers.dynamodb import warmth
from triggers.dynamodb.definitions import ON_DEMAND, Billing
from triggers.dynamodb.indexes import IndexKey, KeyAttribute
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.wording import listed

MAX_LOCAL: Final = 5
MAX_GLOBAL: Final = 20
MAX_ATTRIBUTES: Final = 4
"""Attributes on either side of a global index's key. Source: developer guide, "Quotas"."""

RECORDED: Final = ("OnDemandThroughput", "WarmThroughput")
_INVALID: Final = "One or more parameter values were invalid: "
_LISTS: Final = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")

Given = Mapping[str, Any]
Types = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """An index to be made; `throughput` is ProvisionedThroughput, None when nothing was said of it."""

    name: str
    local: bool
    key: IndexKey
    projection: str
    included: tuple[str, ...] = ()
    throughput: Given | None = None
    recorded: Given = field(default_factory=dict)

    @property
    def units(self) -> tuple[int, int]:
        """Read and write units, 0 on demand."""
        given = self.throughput or {}
        return given.get("ReadCapacityUnits", 0), given.get("WriteCapacityUnits", 0)


def read_types(attributes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Take the types of attributes out of AttributeDefinitions."""
    return {one["AttributeName"]: one["AttributeType"] for one in attributes}


def read_indexes(params: Given, schema: KeySchema, billing: Billing) -> tuple[IndexDefinition, ...]:
    """Take the indexes out of CreateTable's members, or refuse them as AWS does."""
    local, of_all = (params.get(member) for member in _LISTS)
    if local is None and of_all is None:
        return ()
    types = read_types(params["AttributeDefinitions"])
    found = [*_read_local(local, schema, types), *_read_global(of_all, types, billing)]
    _check_names(found)
    if local is not None and len(local) > MAX_LOCAL:
        raise _invalid(f"Number of LocalSecondaryIndexes exceeds per-table limit of {MAX_LOCAL}")
    if of_all is not None and len(of_all) > MAX_GLOBAL:
        raise _invalid(f"GlobalSecondaryIndex count exceeds the per-table limit of {MAX_GLOBAL}")
    used = dict.fromkeys((*schema.names, *(name for one in found for name in one.key.names)))
    if set(types) != set(used):
        raise _invalid(
            f"Some AttributeDefinitions are not used. AttributeDefinitions: {listed(types)}, "
            f"keys used: {listed(used)}"
        )
    return tuple(found)


def read_global(given: Given, types: Types) -> IndexDefinition:
    """Take one global index out of AWS's shape; whether it fits the table's billing is not asked."""
    key = _read_key(given["KeySchema"], types)
    projection, included = _read_projection(given["Projection"])
    return IndexDefinition(
        given["IndexName"],
        False,
        key,
        projection,
        included,
        given.get("ProvisionedThroughput"),
        {name: given[name] for name in RECORDED if given.get(name)},
    )


def _read_local(
    given: Sequence[Given] | None, schema: KeySchema, types: Types
) -> list[IndexDefinition]:
    if given is None:
        return []
    if not given:
        raise _invalid("List of LocalSecondaryIndexes is empty")
    if not schema.range_name:
        raise _invalid(
            "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex"
        )
    return [_read_local_one(one, schema, types) for one in given]


def _read_local_one(given: Given, schema: KeySchema, types: Types) -> IndexDefinition:
    name = given["IndexName"]
    key = _read_key(given["KeySchema"], types, local=True)
    if not key.range:
        raise _invalid(f"Index KeySchema does not have a range key for index: {name}")
    if key.hash[0].name != schema.hash_name:
        raise _invalid(
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
            f"{name}. index hash key: {key.hash[0].name}, table hash key: {schema.hash_name}"
        )
    projection, included = _read_projection(given["Projection"])
    return IndexDefinition(name, True, key, projection, included)


def _read_global(
    given: Sequence[Given] | None, types: Types, billing: Billing
) -> list[IndexDefinition]:
    if given is None:
        return []
    if not given:
        raise _invalid("List of GlobalSecondaryIndexes is empty")
    found = []
    for one in given:
        definition = read_global(one, types)
        if billing.mode == ON_DEMAND and definition.throughput:
            raise _invalid(
                f"ProvisionedThroughput should not be specified for index: {definition.name} when "
                "BillingMode is PAY_PER_REQUEST"
            )
        if billing.mode != ON_DEMAND and not definition.throughput:
            raise _invalid(f"ProvisionedThroughput is not specified for index: {definition.name}")
        warmth.check_new(one.get("WarmThroughput"), *definition.units, index=definition.name)
        found.append(definition)
    return found


def _read_key(
    elements: Sequence[Mapping[str, str]], types: Types, *, local: bool = False
) -> IndexKey:
    names = [one["AttributeName"] for one in elements]
    if any(name not in types for name in names):
        raise _invalid(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: {listed(names)}, AttributeDefinitions: {listed(types)}"
        )
    sides: dict[str, list[str]] = {"HASH": [], "RANGE": []}
    for one in elements:
        sides[one["KeyType"]].append(one["AttributeName"])
    _check_repeats(names, sides, local=local)
    _check_order([one["KeyType"] for one in elements], local=local)
    for side, attributes in sides.items():
        if len(attributes) > (1 if local else MAX_ATTRIBUTES):
            raise _invalid(
                f"The KeySchema exceeds the maximum allowed number of {side} key attributes"
            )
    return IndexKey(
        tuple(KeyAttribute(name, types[name]) for name in sides["HASH"]),
        tuple(KeyAttribute(name, types[name]) for name in sides["RANGE"]),
    )


def _check_repeats(names: list[str], sides: Mapping[str, list[str]], *, local: bool) -> None:
    both = set(sides["HASH"]) & set(sides["RANGE"])
    if len(names) == 2 and names[0] == names[1] and (both or local):
        raise _bad(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )
    for attributes in sides.values():
        for name in attributes:
            if attributes.count(name) > 1:
                raise _bad(f"Attribute Name is duplicated: {name}")
    if both:
        raise _bad("The KeySchema contains multiple key attributes with the same name")


def _check_order(roles: Sequence[str], *, local: bool) -> None:
    if roles[0] != "HASH":
        raise _bad("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    if local and roles[1:2] == ["HASH"]:
        raise _bad("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
    if list(roles) != sorted(roles):
        raise _invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")


def _read_projection(given: Given) -> tuple[str, tuple[str, ...]]:
    kind = given.get("ProjectionType")
    included = given.get("NonKeyAttributes")
    if kind is None:
        raise _invalid("Unknown ProjectionType: null")
    if included is not None and kind != "INCLUDE":
        raise _invalid(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if included is None and kind == "INCLUDE":
        raise _invalid(f"ProjectionType is {kind}, but NonKeyAttributes is not specified")
    names = tuple(included or ())
    for name in names:
        if names.count(name) > 1:
            raise _invalid(f"Duplicate element in NonKeyAttributes: {name}")
    return kind, names


def _check_names(found: Sequence[IndexDefinition]) -> None:
    names: set[str] = set()
    for one in found:
        if one.name in names:
            raise _invalid(f"Duplicate index name: {one.name}")
        names.add(one.name)


def _invalid(message: str) -> AwsError:
    return _bad(f"{_INVALID}{message}")


def _bad(message: str) -> AwsError:
    return AwsError("ValidationException", message)
