"""A table's Monitor tab: changes by time from its stream, and what its triggers' functions counted.

AWS/DynamoDB's own metrics are not counted here, and the page says so.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from console.aws.clock import SYSTEM_CLOCK, Clock
from console.aws.scope import Scope
from console.pages import graphs
from console.pages.graphs import SLOTS, Graph
from console.pages.tables import listing
from functions.observability.metrics.emission import LAMBDA
from functions.observability.metrics.reading import Name, Periods, read
from triggers.mappings import lifecycle
from triggers.models import Shard, Table
from triggers.streams.reading import seqs_at_times

RANGES = {"1h": 1, "3h": 3, "12h": 12, "24h": 24}
"""Hours shown, by what the address calls them; a slot is as many minutes."""

ABSENT = (
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
    "ProvisionedReadCapacityUnits",
    "ReturnedItemCount",
    "SuccessfulRequestLatency",
    "ThrottledRequests",
    "TimeToLiveDeletedItemCount",
    "UserErrors",
)
_MOST_FUNCTIONS = 5
_OF_FUNCTIONS = (
    ("monitor.age", "IteratorAge", "Maximum", "ms"),
    ("monitor.invocations", "Invocations", "Sum", ""),
    ("monitor.errors", "Errors", "Sum", ""),
)


@require_GET
@listing.of_table
def show(request: HttpRequest, scope: Scope, row: Table) -> HttpResponse:
    """Draw what is known of a table over time."""
    chosen = request.GET.get("range", "")
    hours = RANGES.get(chosen, 1)
    return listing.tab(
        request,
        row,
        "monitor",
        ranges=list(RANGES),
        range=chosen if chosen in RANGES else "1h",
        graphs=draw(scope, row, hours),
        absent=ABSENT,
        width=graphs.WIDTH,
        height=graphs.HEIGHT,
        bar=round(graphs.WIDTH / SLOTS - 1.5, 1),
    )


def draw(scope: Scope, row: Table, hours: int, *, clock: Clock = SYSTEM_CLOCK) -> list[Graph]:
    """Draw the last hours: changes of the stream, then each reading function's numbers."""
    step = hours * 60
    start = (int(clock.now()) // 60 + 1) * 60 - SLOTS * step
    found = [_changes(row, start, step)]
    if row.stream is None:
        return found
    readers = lifecycle.list_mappings(scope, source_arn=row.stream.arn)
    names = sorted({one.row.function_name for one in readers})[:_MOST_FUNCTIONS]
    return found + [
        _of_function(scope, function, start, step, metric)
        for function in names
        for metric in _OF_FUNCTIONS
    ]


def _changes(row: Table, start: int, step: int) -> Graph:
    """Count records by slot: places in a shard rise by one, so two of them tell how many lie between."""
    counts = [0] * SLOTS
    kept = Shard.objects.filter(stream=row.stream, last_ms__gte=start * 1000)
    for shard in kept if row.stream else []:
        times = [(start + slot * step) * 1000 for slot in range(SLOTS + 1)]
        places = seqs_at_times(shard.pk, times)
        for slot in range(SLOTS):
            counts[slot] += places[slot + 1] - places[slot]
    values = tuple(float(count) for count in counts)
    return Graph("monitor.changes", row.name, "", "Sum", start, step, values)


def _of_function(
    scope: Scope, function: str, start: int, step: int, metric: tuple[str, str, str, str]
) -> Graph:
    label, name, statistic, unit = metric
    periods = Periods(start // 60, start // 60 + SLOTS * step // 60, step // 60)
    found = read(scope, Name(LAMBDA, name, (("FunctionName", function),)), periods)
    points = [(one.minute * 60, one.summary.simple(statistic)) for one in found]
    values = graphs.slots(points, start, step)
    return Graph(label, function, unit, statistic, start, step, values)
