"""Why a trigger has not fired: the reasons that hold now, the first one being what to mend first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages.triggers import qualifiers
from console.pages.triggers.shards import LaneView
from functions.iam.roles import permits
from functions.models import Function, Invocation
from triggers.models import EventSourceMapping, Settled
from triggers.sources.registry import source_of

POISON = "poison"
"""The reason that stands at the head of the page, with the shard it is about."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its stable name, what is the matter, what to do, and where that is done."""

    name: str
    what: str
    remedy: str = ""
    href: str = ""
    label: str = ""  # a label id
    look: str = "warn"


def reasons(scope: Scope, mapping: EventSourceMapping, views: Sequence[LaneView]) -> list[Reason]:
    """Name what keeps the function from being called; nothing when it is called as it should."""
    found = list(_standing(scope, mapping))
    if found:
        return found
    return list(_moving(mapping, views))


def _standing(scope: Scope, mapping: EventSourceMapping) -> Iterator[Reason]:
    """What is missing or switched off: no record helps against it."""
    name = mapping.function_name
    page = f"{reverse('function', args=[name])}?trigger={mapping.uuid}#panel"
    function = Function.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, name=name
    ).first()
    if function is None:
        yield Reason(
            "function",
            f"The function {name} does not exist any more.",
            "Create it again under the same name; the trigger goes on where it stopped.",
            reverse("function-create"),
            "function.create",
            "bad",
        )
    elif (gone := _missing(scope, mapping, function)) is not None:
        yield gone
    if not mapping.enabled:
        yield Reason(
            "disabled",
            "The trigger is disabled.",
            "Enable it; it goes on where it stopped.",
        )
    yield from _stream(mapping)
    if function is not None and mapping.stream is not None:
        yield from _role(scope, mapping, function, page)


def _missing(scope: Scope, mapping: EventSourceMapping, function: Function) -> Reason | None:
    """The version or alias that the trigger names, when it is gone."""
    try:
        qualifiers.published(scope, function, mapping.qualifier)
    except AwsError:
        return Reason(
            "qualifier",
            f"{function.name} has no version or alias {mapping.qualifier} any more.",
            "Make the alias again; the trigger goes on where it stopped.",
            reverse("function-aliases", args=[function.name]),
            "alias.list",
            "bad",
        )
    return None


def _stream(mapping: EventSourceMapping) -> Iterator[Reason]:
    stream = mapping.stream
    if stream is None:
        yield Reason(
            "stream", "The stream is gone for good.", "Delete this trigger and add one.", look="bad"
        )
    elif stream.table_id is None:
        yield Reason(
            "table",
            f"The table {stream.table_name} was deleted.",
            "What is still in its stream is read to the end; a new table has a stream of its own.",
            look="bad",
        )
    elif stream.disabled_at is not None:
        yield Reason(
            "stream-off",
            f"The stream of {stream.table_name} was turned off.",
            "Turning it on makes a new stream: add a trigger for that one.",
            reverse("table-streams", args=[stream.table_name]),
            "table.streams",
            "bad",
        )


def _role(
    scope: Scope, mapping: EventSourceMapping, function: Function, page: str
) -> Iterator[Reason]:
    source = source_of(mapping.stream_arn)
    try:
        role_arn = qualifiers.published(scope, function, mapping.qualifier).role_arn
    except AwsError:
        return
    role = role_arn.rpartition("/")[2]
    denied = [
        action
        for action in (source.actions if source else ())
        if not permits(scope, role_arn, action, mapping.stream_arn).allowed
    ]
    if denied:
        yield Reason(
            "role",
            f"The role {role} may not call {denied[0]} on the stream.",
            "Attach AWSLambdaDynamoDBExecutionRole.",
            page,
            "trigger.edit",
            "bad",
        )


def _moving(mapping: EventSourceMapping, views: Iterable[LaneView]) -> Iterator[Reason]:
    """What the lanes themselves tell."""
    lanes = [view.lane for view in views]
    stuck = next((view for view in views if view.failing), None)
    if stuck is not None:
        yield _stuck(mapping, stuck)
    elif not any(lane.pk for lane in lanes):
        yield Reason("shards", "No shard of the stream is read yet.", look="info")
    elif Invocation.objects.filter(lane_id__in=[lane.pk for lane in lanes]).exists():
        yield from _passed_over(mapping)
    elif not any(view.waiting for view in views):
        yield from _silent(mapping, views)
    elif mapping.window_seconds:
        yield Reason(
            "window",
            f"Records are gathered for up to {mapping.window_seconds} s before the first call.",
            look="info",
        )


def _passed_over(mapping: EventSourceMapping) -> Iterator[Reason]:
    """It has fired before: only filters keep a record from it now."""
    newest = Settled.objects.filter(lane__mapping=mapping).order_by("-at", "-high").first()
    if mapping.filters and newest is not None and newest.fate == Settled.Fate.FILTERED:
        yield Reason(
            "passed-over",
            "The newest records were passed over: they match no filter pattern.",
            "Try the patterns on the stream's newest records.",
            f"{reverse('function', args=[mapping.function_name])}?trigger={mapping.uuid}#panel",
            "trigger.edit",
            "info",
        )


def _stuck(mapping: EventSourceMapping, view: LaneView) -> Reason:
    page = f"{reverse('function', args=[mapping.function_name])}?trigger={mapping.uuid}#panel"
    lane = view.lane
    if lane.unreached and "rate exceeded" in lane.note.lower():
        return Reason(
            "throttled",
            f"The function is throttled: its calls were refused {lane.unreached} times.",
            "This costs no retry. Reserve more concurrency for it, or wait until other calls end.",
            reverse("function-configuration", args=[mapping.function_name]),
            "function.configuration",
        )
    if lane.unreached:
        return Reason(
            "unreached",
            f"The function could not be called {lane.unreached} times: {lane.note}",
            "This costs no retry: the batch waits until the function can be called.",
        )
    limited = mapping.max_retries >= 0 or mapping.max_age_seconds >= 0
    return Reason(
        POISON,
        f"Batch {lane.checkpoint + 1}–{_end(view)} of shard {view.shard.name[-8:]} failed "
        f"{lane.attempt} times; what is behind it waits.",
        "Mend the function, or let it give up: set retry attempts and split the batch."
        if not limited
        else "It is given up when its limits are reached.",
        page,
        "trigger.edit",
        "bad",
    )


def _end(view: LaneView) -> int:
    bars = [cell.seq for cell in view.drawing.cells if cell.kind in ("failing", "flight")]
    return max(bars, default=view.lane.checkpoint + 1)


def _silent(mapping: EventSourceMapping, views: Iterable[LaneView]) -> Iterator[Reason]:
    """Everything is read and the function was never called."""
    passed = Settled.objects.filter(lane__mapping=mapping, fate=Settled.Fate.FILTERED)
    if mapping.filters and passed.exists():
        yield Reason(
            "filter",
            "Every record so far was passed over: none matches the filter criteria.",
            "Try the patterns on the stream's newest records.",
            f"{reverse('function', args=[mapping.function_name])}?trigger={mapping.uuid}#panel",
            "trigger.edit",
        )
    elif mapping.starting_position == "LATEST" and any(view.shard.head for view in views):
        yield Reason(
            "latest",
            "Nothing was written since the trigger was saved; what was there before is not read.",
            "It starts at LATEST. Write an item, or add the trigger anew with TRIM_HORIZON.",
            look="info",
        )
    else:
        yield Reason(
            "empty",
            "Nothing was written to the table while its stream was on.",
            "Write an item.",
            look="info",
        )
