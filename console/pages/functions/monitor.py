"""A function's Monitor tab: its metrics by time, and its newest invocations with what they logged.

The graphs show CloudWatch's numbers, the list the invocations' own rows; both come from one ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.scope import Scope
from console.pages import graphs
from console.pages.functions import frame, listing
from console.pages.graphs import SLOTS, Graph
from console.pages.tables import standing
from console.pages.tables.monitor import RANGES
from functions.models import Function, Invocation
from functions.observability.metrics.emission import LAMBDA
from functions.observability.metrics.reading import Name, Period, Periods, read
from triggers.models import EventSourceMapping, Lane

NEWEST = 50
Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One invocation as the list shows it; `mapping` is the trigger that asked for it."""

    run: Invocation
    mapping: EventSourceMapping | None
    table: str

    @property
    def failed(self) -> bool:
        """Say whether the function failed."""
        return bool(self.run.function_error or self.run.error_type)


@dataclass(frozen=True, slots=True)
class _Window:
    """The slots of the graphs: epoch seconds of the first one, seconds of each."""

    start: int
    step: int

    @property
    def periods(self) -> Periods:
        first, length = self.start // 60, self.step // 60
        return Periods(first, first + SLOTS * length, length)


@require_GET
@listing.of_function
def show(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Draw a function's metrics and list its newest invocations."""
    chosen = request.GET.get("range", "")
    return frame.show(
        request,
        scope,
        function,
        "functions/monitor.html",
        tab="monitor",
        ranges=list(RANGES),
        range=chosen if chosen in RANGES else "1h",
        graphs=draw(scope, function, RANGES.get(chosen, 1)),
        entries=newest(scope, function),
        group=f"/aws/lambda/{function.name}",
        bar=round(graphs.WIDTH / SLOTS - 1.5, 1),
    )


def draw(
    scope: Scope, function: Function, hours: int, *, clock: Clock = SYSTEM_CLOCK
) -> list[Graph]:
    """Draw the last hours of each metric."""
    step = hours * 60
    window = _Window((int(clock.now()) // 60 + 1) * 60 - SLOTS * step, step)

    def found(metric: str) -> list[Period]:
        named = Name(LAMBDA, metric, (("FunctionName", function.name),))
        return read(scope, named, window.periods)

    def one(label: str, metric: str, statistic: str, unit: str = "") -> Graph:
        values = _slots(found(metric), window, statistic)
        return Graph(label, "", unit, statistic, window.start, step, values)

    calls, errors = found("Invocations"), found("Errors")
    return [
        one("monitor.invocations", "Invocations", "Sum"),
        one("monitor.errors", "Errors", "Sum"),
        Graph(
            "monitor.success",
            "",
            "%",
            "Average",
            window.start,
            step,
            _rates(_slots(calls, window, "Sum"), _slots(errors, window, "Sum")),
        ),
        _duration(found("Duration"), window),
        one("monitor.throttles", "Throttles", "Sum"),
        one("monitor.age", "IteratorAge", "Maximum", "ms"),
        one("monitor.concurrent", "ConcurrentExecutions", "Maximum"),
        one("monitor.undelivered", "DestinationDeliveryFailures", "Sum"),
    ]


def newest(scope: Scope, function: Function) -> list[Entry]:
    """List the newest invocations of a function with the triggers they came from."""
    rows = Invocation.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, function_name=function.name
    ).exclude(state=Invocation.State.LOST)
    runs = list(rows.order_by("-created_at")[:NEWEST])
    lanes = Lane.objects.select_related("mapping").in_bulk(
        {run.lane_id for run in runs if run.lane_id is not None}
    )
    entries = []
    for run in runs:
        lane = lanes.get(run.lane_id) if run.lane_id is not None else None
        mapping = lane.mapping if lane is not None else None
        entries.append(
            Entry(run, mapping, standing.table_of(mapping.stream_arn) if mapping else "")
        )
    return entries


def _slots(found: Sequence[Period], window: _Window, statistic: str) -> Values:
    points = [(one.minute * 60, one.summary.simple(statistic)) for one in found]
    return graphs.slots(points, window.start, window.step)


def _duration(found: Sequence[Period], window: _Window) -> Graph:
    least, middle, most = (
        _slots(found, window, statistic) for statistic in ("Minimum", "Average", "Maximum")
    )
    return Graph(
        "monitor.duration",
        "",
        "ms",
        "Average",
        window.start,
        window.step,
        middle,
        (("Minimum", least), ("Maximum", most)),
    )


def _rates(calls: Values, errors: Values) -> Values:
    """The share of calls that succeeded, in percent; none where nothing was called."""
    return tuple(
        100 * (1 - (failed or 0) / count) if count else None
        for count, failed in zip(calls, errors, strict=True)
    )
