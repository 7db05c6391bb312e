"""What pages say about tables and their streams. Reads rows, writes none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from console.aws.scope import Scope
from triggers.models import EventSourceMapping, Table

VIEW_TYPES = ("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY")


@dataclass(frozen=True, slots=True)
class TableCard:
    """A table as lists show it; `stream_arn` is empty while its stream is off."""

    name: str
    keys: str
    stream_arn: str
    view_type: str


def tables(scope: Scope) -> QuerySet[Table]:
    """The rows of this account's and region's tables, by name."""
    return Table.objects.filter(tenancy_id=scope.tenancy, region=scope.region).order_by("name")


def cards(scope: Scope) -> list[TableCard]:
    """Describe every table of this account and region, by name."""
    return [card(row) for row in tables(scope).select_related("stream")]


def card(row: Table) -> TableCard:
    """Describe one table."""
    stream = row.stream if row.stream and row.stream.disabled_at is None else None
    keys = f"{row.hash_name} ({row.hash_type})"
    if row.range_name:
        keys += f", {row.range_name} ({row.range_type})"
    return TableCard(
        row.name, keys, stream.arn if stream else "", stream.view_type if stream else ""
    )


def table_of(stream_arn: str) -> str:
    """Read the table's name out of a stream's ARN."""
    return stream_arn.partition(":table/")[2].partition("/")[0] or stream_arn


def mapping_counts(scope: Scope, field: str) -> dict[str, int]:
    """Count mappings by `field`: "function_name" or "stream_arn"."""
    counts: dict[str, int] = {}
    rows = EventSourceMapping.objects.filter(tenancy_id=scope.tenancy, region=scope.region)
    for value in rows.exclude(transition="Deleting").values_list(field, flat=True):
        counts[value] = counts.get(value, 0) + 1
    return counts
