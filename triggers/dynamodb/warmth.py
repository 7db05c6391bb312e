"""What may be asked of warm throughput: no less than a table or index has anyway. Pure rules.

The units are recorded and shown; nothing is warmed by them. Source: a catalogue of AWS's answers of
October 2026; Alternator's tests, which run against AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from console.aws.errors import AwsError

READS, WRITES = "ReadUnitsPerSecond", "WriteUnitsPerSecond"
ON_DEMAND: Final = {READS: 12_000, WRITES: 4_000}
"""Units a second that a table on demand begins with. Source: LocalStack's recordings of AWS."""
_GUIDE: Final = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
    "#on-demand-capacity-mode-initial"
)
_CAPACITY: Final = {READS: "ReadCapacityUnits", WRITES: "WriteCapacityUnits"}

Units = Mapping[str, int]


def now(read_units: int, write_units: int, asked: Units | None = None) -> dict[str, int]:
    """Give the units that a table or index is warm for; 0 units of capacity mean on demand."""
    provisioned = bool(read_units or write_units)
    least = {READS: read_units, WRITES: write_units} if provisioned else ON_DEMAND
    return {name: max(units, (asked or {}).get(name, 0)) for name, units in least.items()}


def check_new(
    wanted: Mapping[str, Any] | None, read_units: int, write_units: int, index: str = ""
) -> None:
    """Refuse less than a new table or `index` has anyway. Raises AwsError("ValidationException")."""
    provisioned = bool(read_units or write_units)
    for name, least in now(read_units, write_units).items():
        if (wanted or {}).get(name, least) < least:
            whose = (
                f"{_CAPACITY[name]} of ProvisionedThroughput"
                if provisioned
                else f"initial throughput for OnDemand. See: {_GUIDE}"
            )
            raise _lower(name, index, whose)


def check_changed(wanted: Mapping[str, Any] | None, current: Units, index: str = "") -> None:
    """Refuse less than a table or `index` has now: what is warm never cools down."""
    for name, least in current.items():
        if (wanted or {}).get(name, least) < least:
            raise _lower(
                name, index, "current WarmThroughput, decreasing WarmThroughput is not supported"
            )


def merged(recorded: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Add what a request wants to what is recorded; one unit of warm throughput keeps the other."""
    units = {**recorded.get("WarmThroughput", {}), **wanted.get("WarmThroughput", {})}
    return {**recorded, **wanted} | ({"WarmThroughput": units} if units else {})


def _lower(name: str, index: str, than: str) -> AwsError:
    of = f"index {index}" if index else "table"
    return AwsError(
        "ValidationException",
        "One or more parameter values were invalid: "
        f"Requested {name} for WarmThroughput for {of} is lower than {than}",
    )
