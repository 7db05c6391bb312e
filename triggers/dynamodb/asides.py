"""What consoles and infrastructure tools ask of every table about services that are not here:
backups, Contributor Insights, Kinesis. The answer is always that nothing is on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.errors import AwsError
from console.aws.scope import Scope
from triggers.dynamodb.tables import get_table

NO_BACKUPS: Mapping[str, Any] = {
    "ContinuousBackupsStatus": "ENABLED",
    "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
}
"""How a table looks whose point-in-time recovery is off. Source: API reference."""


def switch_backups(
    scope: Scope, table_name: str, wanted: Mapping[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> Mapping[str, Any]:
    """Leave point-in-time recovery off; refuse to turn it on.

    Raises AwsError: TableNotFoundException, ValidationException.
    """
    check_backed_up(scope, table_name, clock=clock)
    if wanted["PointInTimeRecoveryEnabled"]:
        raise AwsError("ValidationException", "Shardlight does not offer point-in-time recovery.")
    return NO_BACKUPS


def check_backed_up(scope: Scope, table_name: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Refuse a table that is not there, in the words of backups. Source: API reference."""
    try:
        get_table(scope, table_name, clock=clock)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise AwsError("TableNotFoundException", f"Table not found: {table_name}") from None
