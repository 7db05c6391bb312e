"""What a caller may set on a mapping, read and checked. Looks nothing up.

The range of each number is the service model's and checked by the wire; here are the rules that the
model does not know. Source of all texts, unless said otherwise: recordings of real AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from console.aws.errors import AwsError
from functions.catalog.configuration import check_tags
from triggers.mappings.filters import compile_filters

DEFAULT_BATCH_SIZE = 100
"""For DynamoDB streams."""

_YOUNGEST_AGE = 60

OTHER_SOURCES = ("Topics", "Queues", "SelfManagedEventSource")
OF_OTHER_SOURCES = (
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "SourceAccessConfigurations",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "LoggingConfig",
)
"""What only queues, Kafka, MQ and DocumentDB have. AWS's words for ScalingConfig are recorded; that
the others are refused in the same ones is a guess."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings a mapping runs with; times in seconds, -1 for no limit, 0 for no window."""

    batch_size: int = DEFAULT_BATCH_SIZE
    window_seconds: int = 0
    max_retries: int = -1
    max_age_seconds: int = -1
    bisect: bool = False
    reports_failures: bool = False
    tumbling_seconds: int = 0
    parallelization: int = 1
    filters: tuple[str, ...] = ()
    destination: str = ""  # OnFailure: an ARN
    kms_key: str = ""
    metrics: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class NewMapping:
    """A checked CreateEventSourceMapping request."""

    function_name: str  # as the caller wrote it
    source_arn: str
    starting_position: str
    settings: Settings
    tags: dict[str, str]


def read_new(members: dict[str, Any]) -> NewMapping:
    """Read the members of CreateEventSourceMapping."""
    arn = members.get("EventSourceArn")
    if not arn:
        raise _invalid("Unrecognized event source.")
    tags = dict(members.get("Tags") or {})
    check_tags(tags)
    return NewMapping(
        members["FunctionName"],
        arn,
        members.get("StartingPosition") or "",
        changed(Settings(), members),
        tags,
    )


def check_start(position: str, arn: str, *, timestamp: bool) -> None:
    """Refuse a missing starting position, and those that DynamoDB streams do not know."""
    if not position:
        raise _invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null."
        )
    if position == "AT_TIMESTAMP":
        raise _invalid(f"Unsupported starting position for arn type: {arn}")
    if timestamp:
        raise _invalid("Timestamp only valid with StartingPosition AT_TIMESTAMP")


def changed(settings: Settings, members: dict[str, Any]) -> Settings:
    """Return `settings` with what `members` names.

    Absent and null members keep their value, an empty object or list clears it. A KMS key goes with
    the filters it encrypts. Source: recordings of real AWS.
    """
    named = {
        field: read(members[member])
        for member, (field, read) in _MEMBERS.items()
        if members.get(member) is not None
    }
    for member in (*OTHER_SOURCES, *OF_OTHER_SOURCES):
        if members.get(member):
            raise _unsupported(member)
    after = replace(settings, **named)
    _check_together(after)
    return after if after.filters else replace(after, kms_key="")


def _check_together(settings: Settings) -> None:
    if 0 <= settings.max_age_seconds < _YOUNGEST_AGE:
        raise _invalid(
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 "
            "(inclusive)"
        )
    if settings.tumbling_seconds and settings.parallelization > 1:
        raise _invalid(
            "Parallelization factor must be equal to 1 when tumbling window period is configured"
        )
    if settings.tumbling_seconds and settings.filters:
        raise _invalid("Tumbling window period should be zero when FilterCriteria is configured")


def _patterns(criteria: dict[str, Any]) -> tuple[str, ...]:
    patterns = tuple(one.get("Pattern") or "" for one in criteria.get("Filters") or ())
    compile_filters(patterns)
    return patterns


def _destination(config: dict[str, Any]) -> str:
    if config.get("OnSuccess"):
        raise _invalid("OnSuccess configuration is not supported for event source mappings.")
    failure = config.get("OnFailure")
    if failure is not None and failure.get("Destination") is None:
        raise _invalid("The Destination field is required for an OnFailure configuration.")
    return str(failure["Destination"]) if failure else ""


def _metrics(config: dict[str, Any]) -> tuple[str, ...]:
    metrics = tuple(config.get("Metrics") or ())
    if set(metrics) - {"EventCount"}:  # the text is a guess
        raise _unsupported("MetricsConfig")
    return metrics


_MEMBERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "BatchSize": ("batch_size", int),
    "MaximumBatchingWindowInSeconds": ("window_seconds", int),
    "MaximumRetryAttempts": ("max_retries", int),
    "MaximumRecordAgeInSeconds": ("max_age_seconds", int),
    "BisectBatchOnFunctionError": ("bisect", bool),
    "FunctionResponseTypes": ("reports_failures", bool),
    "TumblingWindowInSeconds": ("tumbling_seconds", int),
    "ParallelizationFactor": ("parallelization", int),
    "FilterCriteria": ("filters", _patterns),
    "DestinationConfig": ("destination", _destination),
    "KMSKeyArn": ("kms_key", str),
    "MetricsConfig": ("metrics", _metrics),
    "Enabled": ("enabled", bool),
}


def _unsupported(member: str) -> AwsError:
    return _invalid(f"Unsupported {member} parameter for given event source mapping type.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)
