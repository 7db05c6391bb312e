"""Pages of log groups and log streams, with the token for the next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left, StrIndex

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import groups, places
from functions.observability.models import LogGroup, LogStream, MetricFilter

Row = TypeVar("Row", LogGroup, LogStream, MetricFilter)
_NO_EVENTS = -1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the token for what follows; None at the end."""

    rows: Sequence[Row]
    token: str | None


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """Which streams of a group come, and in which order; without events counts as oldest."""

    prefix: str = ""
    by_time: bool = False
    descending: bool = False


def list_groups(
    scope: Scope,
    *,
    prefix: str = "",
    containing: str = "",
    alternatives: str = "",
    identifiers: Sequence[str] = (),
    kind: str = groups.STANDARD,
    token: str | None = None,
    count: int,
) -> Page[LogGroup]:
    """List groups by name, those that begin with `prefix` or contain a text.

    `alternatives` are texts between `|` of which a name has one, at its start after `^`;
    `identifiers` names and ARNs. There are no groups of another class (`kind`) than STANDARD.

    Raises AwsError InvalidParameterException.
    """
    if prefix and containing:
        raise _refused(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    if identifiers and (prefix or containing):
        raise _refused(
            "LogGroup identifiers and LogGroup name prefix or pattern are mutually exclusive "
            "parameters."
        )
    listing = f"groups {prefix} {containing} {alternatives} {sorted(identifiers)} {kind}"
    after = places.unseal(scope, listing, token) if token else ""
    found = starting(groups.of(scope).filter(name__gt=after), prefix)
    if containing:
        found = found.annotate(at=StrIndex("name", Value(containing))).filter(at__gt=0)
    if alternatives:
        found = found.filter(name__regex=_any_of(alternatives))
    if identifiers:
        found = found.filter(name__in=[groups.name_of(scope, one) for one in identifiers])
    if kind != groups.STANDARD:
        found = found.none()
    rows = list(found.order_by("name")[: count + 1])
    if len(rows) <= count:
        return Page(rows, None)
    return Page(rows[:count], places.seal(scope, listing, rows[count - 1].name))


def _any_of(alternatives: str) -> str:
    """Write a pattern of ListLogGroups, which AWS keeps to letters, `^` and `|`, as an expression."""
    wanted = [(one.startswith("^"), one.removeprefix("^")) for one in alternatives.split("|")]
    return "|".join(f"{'^' if start else ''}{re.escape(text)}" for start, text in wanted)


def list_streams(
    scope: Scope, group: LogGroup, order: StreamOrder, *, token: str | None = None, count: int
) -> Page[LogStream]:
    """List the streams of a group. Raises AwsError InvalidParameterException."""
    if order.prefix and order.by_time:
        raise _refused("Cannot order by LastEventTime with a logStreamNamePrefix.")
    listing = f"streams of {group.pk} {order}"
    edge = places.unseal(scope, listing, token) if token else None
    found = starting(LogStream.objects.filter(group=group), order.prefix)
    found = _by_time(found, order, edge) if order.by_time else _by_name(found, order, edge)
    rows = list(found[: count + 1])
    if len(rows) <= count:
        return Page(rows, None)
    last = rows[count - 1]
    latest = _NO_EVENTS if last.last_ms is None else last.last_ms
    return Page(
        rows[:count],
        places.seal(scope, listing, [latest, last.pk] if order.by_time else last.name),
    )


def by_key(
    scope: Scope, rows: QuerySet[MetricFilter], listing: str, token: str | None, count: int
) -> Page[MetricFilter]:
    """Page rows in the order in which they were made. Raises AwsError InvalidParameterException."""
    after = places.unseal(scope, listing, token) if token else 0
    found = list(rows.filter(pk__gt=after).order_by("pk")[: count + 1])
    if len(found) <= count:
        return Page(found, None)
    return Page(found[:count], places.seal(scope, listing, found[count - 1].pk))


def streams_of(
    group: LogGroup, *, names: Sequence[str] = (), prefix: str = ""
) -> QuerySet[LogStream]:
    """Choose streams of a group, by names or by prefix; all when neither is given."""
    streams = LogStream.objects.filter(group=group)
    return streams.filter(name__in=names) if names else starting(streams, prefix)


def starting(named: QuerySet[Row], prefix: str) -> QuerySet[Row]:
    """Keep rows whose name begins with `prefix`; SQLite's LIKE would not see the case of letters."""
    if not prefix:
        return named
    return named.annotate(head=Left("name", len(prefix))).filter(head=prefix)


def _by_name(
    found: QuerySet[LogStream], order: StreamOrder, edge: str | None
) -> QuerySet[LogStream]:
    if edge is not None:
        found = found.filter(name__lt=edge) if order.descending else found.filter(name__gt=edge)
    return found.order_by("-name" if order.descending else "name")


def _by_time(
    found: QuerySet[LogStream], order: StreamOrder, edge: tuple[int, int] | None
) -> QuerySet[LogStream]:
    found = found.annotate(latest=Coalesce("last_ms", _NO_EVENTS))
    if edge is not None:
        at, pk = edge
        if order.descending:
            found = found.filter(Q(latest__lt=at) | Q(latest=at, pk__lt=pk))
        else:
            found = found.filter(Q(latest__gt=at) | Q(latest=at, pk__gt=pk))
    return found.order_by(*(("-latest", "-pk") if order.descending else ("latest", "pk")))


def _refused(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
