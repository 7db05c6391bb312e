"""What UpdateTable may say of capacity and what it may say together. Pure rules.

Source: a catalogue of AWS's answers of October 2026, and public tests of dynalite for refusals of
units that do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.aws.errors import AwsError
from triggers.dynamodb.definitions import ON_DEMAND, PROVISIONED, Billing

_INVALID: Final = "One or more parameter values were invalid: "
_NOTHING: Final = (
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
    "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
    "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
    "OnDemandThroughput, WarmThroughput or TableClass is required"
)
_ALONE: Final = {
    "SSESpecification": "Server-Side Encryption modification",
    "DeletionProtectionEnabled": "DeletionProtection modification",
    "TableClass": "TableClass modification",
    "WarmThroughput": "WarmThroughput",
}
_CONCERNS: Final = (
    *_ALONE,
    "OnDemandThroughput",
    "StreamSpecification",
    "ProvisionedThroughput",
    "BillingMode",
    "GlobalSecondaryIndexUpdates",
)
_CEILINGS: Final = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
_UNLIMITED: Final = -1

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BillingChange:
    """What UpdateTable says of billing: the mode, or None to keep it, and units, or None."""

    mode: str | None = None
    units: Mapping[str, int] | None = None

    def applied(self, table: Billing) -> Billing:
        """Give the billing of a table that had `table`. Raises AwsError("ValidationException")."""
        mode = self.mode or table.mode
        if mode == ON_DEMAND:
            if self.units is not None:
                raise _invalid(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                    "BillingMode is PAY_PER_REQUEST"
                )
            return Billing(ON_DEMAND)
        if self.units is None:
            raise _invalid(
                "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
            )
        reads, writes = self.units["ReadCapacityUnits"], self.units["WriteCapacityUnits"]
        if (reads, writes) == (table.read_units, table.write_units):
            raise _unchanged("table", "table", reads, writes)
        return Billing(PROVISIONED, reads, writes)


def check_changes(params: Given) -> None:
    """Refuse an UpdateTable that changes nothing, or two things that do not go together."""
    wanted = [name for name in _CONCERNS if params.get(name) not in (None, [], {})]
    if not wanted:
        raise AwsError("ValidationException", _NOTHING)
    for name, whose in _ALONE.items():
        if name in wanted and len(wanted) > 1:
            raise _invalid(f"{whose} must be the only operation in the request")
    if "OnDemandThroughput" in wanted and set(wanted) - {"OnDemandThroughput", "BillingMode"}:
        raise _invalid(
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
        )
    provisions = "ProvisionedThroughput" in wanted or params.get("BillingMode") == PROVISIONED
    if "StreamSpecification" in wanted and provisions:
        raise _invalid("You cannot modify stream status while updating table IOPS")


def check_index_units(index: str, units: Mapping[str, int], reads: int, writes: int) -> None:
    """Refuse units of an index that it has already."""
    wanted = units["ReadCapacityUnits"], units["WriteCapacityUnits"]
    if wanted == (reads, writes):
        raise _unchanged(f"index {index}", "index", reads, writes)


def check_ceilings(given: Given | None, mode: str, *, new: bool) -> None:
    """Refuse OnDemandThroughput that a `new` table, or one that is there, cannot have."""
    named = [name for name in _CEILINGS if (given or {}).get(name) is not None]
    if named and mode != ON_DEMAND:
        whose = (
            "table BillingMode is PROVISIONED." if new else "the table BillingMode is PROVISIONED"
        )
        raise _invalid(f"{named[0]} for OnDemandThroughput cannot be specified when {whose}")
    for name in named:
        units = (given or {})[name]
        if units < 1 and (new or units != _UNLIMITED):
            raise _invalid(
                f"Requested {name} for OnDemandThroughput for table is outside of valid range"
            )


def joined_ceilings(current: Given, wanted: Given) -> dict[str, int]:
    """Add ceilings to those of a table; -1 takes one away."""
    both = {**current, **wanted}
    return {name: units for name, units in both.items() if units != _UNLIMITED}


def check_encryption(given: Given | None) -> None:
    """Refuse an SSESpecification that contradicts itself."""
    if given is None:
        return
    on = bool(given.get("Enabled"))
    for name in ("SSEType", "KMSMasterKeyId"):
        if given.get(name) is not None and not on:
            raise _invalid(f"{name} can not be specified if Enabled is false")
    if given.get("SSEType") == "AES256":
        raise _invalid("SSEType AES256 is not supported")
    if given.get("KMSMasterKeyId") is not None and given.get("SSEType") != "KMS":
        raise _invalid("SSEType KMS is required if KMSMasterKeyId is specified")


def check_encryption_change(given: Given | None, current: Given | None) -> None:
    """Refuse to leave the encryption of a table as it is."""
    if given is None:
        return
    was_on = bool((current or {}).get("Enabled"))
    if not given.get("Enabled") and not was_on:
        raise _invalid("Table is already encrypted by default")
    key = given.get("KMSMasterKeyId")
    if was_on and given.get("Enabled") and key == (current or {}).get("KMSMasterKeyId"):
        raise _invalid(
            "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if "
            "you want to change Master Key"
        )


def _unchanged(what: str, kind: str, reads: int, writes: int) -> AwsError:
    now = "Current {0} provisioned for the {1}: {2}. Requested {0}: {2}."
    return AwsError(
        "ValidationException",
        f"The provisioned throughput for the {what} will not change. "
        "The requested value equals the current value. "
        f"{now.format('ReadCapacityUnits', kind, reads)} "
        f"{now.format('WriteCapacityUnits', kind, writes)} "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
        "limits.",
    )


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", f"{_INVALID}{message}")
