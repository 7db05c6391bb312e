"""What may be said when a table is made or changed: names, keys, billing, streams. Pure rules.

Takes AWS's own shapes, whose types and enumerations the wire has checked. Touches no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.aws import tablenames
from console.aws.errors import AwsError
from triggers.dynamodb.keys import KeySchema
from triggers.dynamodb.wording import listed

ON_DEMAND: Final = "PAY_PER_REQUEST"
PROVISIONED: Final = "PROVISIONED"
MAX_UNITS: Final = 1_000_000_000_000
"""Of provisioned throughput. Source: public tests of dynalite, which run against AWS."""
_INVALID: Final = "One or more parameter values were invalid: "


@dataclass(frozen=True, slots=True)
class Billing:
    """How a table is charged; units are recorded, not enforced, and 0 on demand."""

    mode: str
    read_units: int = 0
    write_units: int = 0


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """What CreateTable makes; `view_type` is None without a stream, `recorded` has no effect."""

    name: str
    schema: KeySchema
    billing: Billing
    view_type: str | None = None
    deletion_protection: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    recorded: Mapping[str, Any] = field(default_factory=dict)


def check_table_name(name: str | None) -> str:
    """Refuse a missing or malformed TableName, in the words of the control plane."""
    checked = tablenames.check_length(name)
    problem = tablenames.problem(checked)
    if problem is not None:
        raise _invalid(f"1 validation error detected: {problem}")
    return checked


def read_schema(
    key_schema: Sequence[Mapping[str, str]],
    attributes: Sequence[Mapping[str, str]],
    *,
    indexed: bool = False,
) -> KeySchema:
    """Take the key out of KeySchema and AttributeDefinitions, or refuse them as AWS does.

    With indexes (`indexed`) there may be more attributes than the table's key has. Source: dynalite's recordings of CreateTable.
    """
    types = {one["AttributeName"]: one["AttributeType"] for one in attributes}
    names = [one["AttributeName"] for one in key_schema]
    _check_defined(names, types)
    if len(names) == 2 and names[0] == names[1]:
        raise _invalid(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )
    for element, kind, position in zip(
        key_schema, ("HASH", "RANGE"), ("first", "second"), strict=False
    ):
        if element["KeyType"] != kind:
            raise _invalid(
                f"Invalid KeySchema: The {position} KeySchemaElement is not a {kind} key type"
            )
    if len(names) > 2:
        raise _invalid(
            f"{_INVALID}The KeySchema exceeds the maximum allowed number of RANGE key attributes"
        )
    if not indexed and len(names) != len(attributes):
        raise _invalid(
            f"{_INVALID}Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions"
        )
    if len(names) == 1:
        return KeySchema(names[0], types[names[0]])
    return KeySchema(names[0], types[names[0]], names[1], types[names[1]])


def read_billing(mode: str | None, throughput: Mapping[str, int] | None) -> Billing:
    """Take the billing out of BillingMode (PROVISIONED when missing) and ProvisionedThroughput."""
    if mode == ON_DEMAND:
        if throughput:
            raise _invalid(
                f"{_INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                "BillingMode is PAY_PER_REQUEST"
            )
        return Billing(ON_DEMAND)
    if not throughput:
        raise _invalid(
            f"{_INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED"
        )
    for name, units in throughput.items():
        if units > MAX_UNITS:
            raise _invalid(f"Given value {units} for {name} is out of bounds")
    return Billing(PROVISIONED, throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"])


def read_new_stream(specification: Mapping[str, Any] | None) -> str | None:
    """Take the view type out of CreateTable's StreamSpecification; None without a stream.

    Source: live probes of AWS, October 2026.
    """
    if specification is None:
        return None
    enabled, view_type = _read_stream(specification)
    if enabled and view_type is None:
        raise _invalid(
            f"{_INVALID}Table is being created with a stream enabled, UpdateViewType is required"
        )
    if not enabled and view_type is not None:
        raise _invalid(
            f"{_INVALID}Table is being created with a stream disabled, "
            "UpdateViewType should not be specified"
        )
    return view_type


def read_changed_stream(specification: Mapping[str, Any]) -> str | None:
    """Take the view type out of UpdateTable's StreamSpecification; None turns the stream off.

    Source: live probes of AWS, October 2026.
    """
    enabled, view_type = _read_stream(specification)
    if enabled and view_type is None:
        raise _invalid(f"{_INVALID}If stream is being enabled then UpdateViewType is required")
    if not enabled and view_type is not None:
        raise _invalid(
            f"{_INVALID}If stream is being disabled, then UpdateViewType must not be specified"
        )
    return view_type


def _read_stream(specification: Mapping[str, Any]) -> tuple[bool, str | None]:
    enabled = specification.get("StreamEnabled")
    if enabled is None:
        raise _invalid(
            "1 validation error detected: Value null at 'streamSpecification.streamEnabled' "
            "failed to satisfy constraint: Member must not be null"
        )
    return bool(enabled), specification.get("StreamViewType")


def _check_defined(names: list[str], types: Mapping[str, str]) -> None:
    if len(names) > len(types):
        raise _invalid("Invalid KeySchema: Some index key attribute have no definition")
    if any(name not in types for name in names):
        raise _invalid(
            f"{_INVALID}Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: {listed(names)}, AttributeDefinitions: {listed(types)}"
        )


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
