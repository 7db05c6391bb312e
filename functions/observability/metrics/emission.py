"""What Lambda counts: an invocation, a mapping's poll, a throttle. Decides names, units, dimensions.

Callers are inside the transaction of what they count; it counts its invocation and its mapping in
one statement, for that keeps the order of locks. Source: Lambda developer guide, "Types of metrics for
Lambda functions"; recordings of event source mappings' metrics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from functions.observability.metrics import writing
from functions.observability.metrics.series import Series, series
from functions.observability.metrics.writing import Sample

LAMBDA = "AWS/Lambda"
COUNT = "Count"
MILLISECONDS = "Milliseconds"
_TIMES = frozenset({"Duration", "IteratorAge", "AsyncEventAge"})


@dataclass(frozen=True, slots=True)
class Place:
    """The function that is counted for; `qualifier` is empty for the function itself.

    `version` is the one that ran, where that is known.
    """

    tenancy: int
    region: str
    function_name: str
    qualifier: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many invocations ran at once, the counted one included."""

    function: int
    account: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What a mapping has done with events; None makes no datapoint, 0 one of zero.

    `iterator_age_ms` is the age of the last record of a batch when it went to the function;
    `invoked` counts again what is retried; `dropped` leaves out what was delivered on failure.
    """

    iterator_age_ms: float | None = None
    delivery_failures: int | None = None
    polled: int | None = None
    filtered_out: int | None = None
    invoked: int | None = None
    failed_invoke: int | None = None
    dropped: int | None = None
    delivered_on_failure: int | None = None


def emit_invocation(
    place: Place,
    *,
    failed: bool,
    duration_ms: float,
    crowd: Crowd,
    at_ms: int,
    also: Sequence[Sample] = (),
) -> None:
    """Count one invocation that reached the function; `at_ms` is when it began.

    It makes datapoints of zero in Errors and in Throttles. Source: recordings of real AWS.
    `also` is what else its transaction counts (`of_mapping`): it goes into the same statement.
    """
    counted = {
        "Invocations": 1.0,
        "Errors": 1.0 if failed else 0.0,
        "Throttles": 0.0,
        "Duration": duration_ms,
    }
    minute = writing.minute_of(at_ms)
    samples = [
        writing.sample(one, minute, value)
        for name, value in counted.items()
        for one in _of_function(place, name)
    ]
    of_function, _, of_account, *_ = _of_function(place, "ConcurrentExecutions")
    samples.append(writing.sample(of_function, minute, crowd.function))
    samples.append(writing.sample(of_account, minute, crowd.account))
    writing.take([*samples, *also])


def of_provisioned(place: Place, running: int, places: int, *, at_ms: int) -> list[Sample]:
    """Say that an invocation ran in one of a version's `places`, of which `running` are taken."""
    return _counted(
        place,
        {
            "ProvisionedConcurrencyInvocations": 1.0,
            "ProvisionedConcurrentExecutions": float(running),
            "ProvisionedConcurrencyUtilization": running / places if places else 1.0,
        },
        at_ms,
    )


def of_spillover(place: Place, *, at_ms: int) -> list[Sample]:
    """Say that an invocation found no provisioned place free."""
    return _counted(place, {"ProvisionedConcurrencySpilloverInvocations": 1.0}, at_ms)


def _counted(place: Place, values: dict[str, float], at_ms: int) -> list[Sample]:
    minute = writing.minute_of(at_ms)
    return [
        writing.sample(one, minute, value)
        for name, value in values.items()
        for one in _of_function(place, name)
    ]


def emit_throttle(place: Place, *, at_ms: int) -> None:
    """Count one invocation that was turned away for want of concurrency."""
    minute = writing.minute_of(at_ms)
    writing.take([writing.sample(one, minute, 1.0) for one in _of_function(place, "Throttles")])


def emit_event(place: Place, name: str, value: float, *, at_ms: int) -> None:
    """Count something about an asynchronous invocation, such as AsyncEventsReceived."""
    minute = writing.minute_of(at_ms)
    writing.take([writing.sample(one, minute, value) for one in _of_function(place, name)])


def of_mapping(
    place: Place, uuid: str, flow: Flow, *, counts_events: bool, at_ms: int
) -> list[Sample]:
    """Say what the mapping `uuid` of `place` has done, for a transaction to count.

    Event counts are made only where the mapping's MetricsConfig asks for them (`counts_events`).
    """
    minute = writing.minute_of(at_ms)
    values = [
        (one, value)
        for name, value in _of_batch(flow)
        if value is not None
        for one in _of_function(place, name)
    ]
    if counts_events:
        values += [
            (_of_mapping(place.tenancy, place.region, uuid, name), value)
            for name, value in _of_events(flow)
            if value is not None
        ]
    return [writing.sample(one, minute, value) for one, value in values]


def _of_batch(flow: Flow) -> tuple[tuple[str, float | None], ...]:
    return (
        ("IteratorAge", flow.iterator_age_ms),
        ("DestinationDeliveryFailures", flow.delivery_failures),
    )


def _of_events(flow: Flow) -> tuple[tuple[str, int | None], ...]:
    return (
        ("PolledEventCount", flow.polled),
        ("FilteredOutEventCount", flow.filtered_out),
        ("InvokedEventCount", flow.invoked),
        ("FailedInvokeEventCount", flow.failed_invoke),
        ("DroppedEventCount", flow.dropped),
        ("OnFailureDestinationDeliveredEventCount", flow.delivered_on_failure),
    )


@lru_cache(maxsize=8192)
def _of_function(place: Place, name: str) -> tuple[Series, ...]:
    """Name a metric's series for the function, for what was called, and for all functions.

    What ran for an alias has a fourth. Source: Lambda developer guide, "Types of metrics for
    Lambda functions", ExecutedVersion.
    """
    function = ("FunctionName", place.function_name)
    qualifier = f":{place.qualifier}" if place.qualifier else ""
    resource = ("Resource", f"{place.function_name}{qualifier}")
    unit = MILLISECONDS if name in _TIMES else COUNT
    of = partial(series, place.tenancy, place.region, LAMBDA, name)
    always = of((function,), unit), of((function, resource), unit), of((), unit)
    if place.version in ("", place.qualifier) or place.qualifier in ("", "$LATEST"):
        return always
    executed = ("ExecutedVersion", place.version)
    return (*always, of((executed, function, resource), unit))


@lru_cache(maxsize=8192)
def _of_mapping(tenancy: int, region: str, uuid: str, name: str) -> Series:
    return series(tenancy, region, LAMBDA, name, (("EventSourceMappingUUID", uuid),), COUNT)
