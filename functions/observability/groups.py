"""Log groups and streams: made, found, kept for how long, deleted. Lists are `listings`', events `reading`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.observability import limits
from functions.observability.models import LogEvent, LogGroup, LogStream

STANDARD = "STANDARD"
"""The only class of log groups here."""


def of(scope: Scope) -> QuerySet[LogGroup]:
    """Give the groups of an account and region."""
    return LogGroup.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def create_group(
    scope: Scope,
    name: str,
    *,
    kind: str = STANDARD,
    tags: dict[str, str] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> LogGroup:
    """Make a group.

    Raises AwsError ResourceAlreadyExistsException, or InvalidParameterException for a name that
    is AWS's and a class (`kind`) that is not STANDARD.
    """
    if name.lower().startswith("aws/"):
        raise AwsError(
            "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS."
        )
    if kind != STANDARD:
        raise AwsError(
            "InvalidParameterException", "Shardlight has log groups of the class STANDARD only"
        )
    try:
        with transaction.atomic():
            return LogGroup.objects.create(
                tenancy_id=scope.tenancy,
                region=scope.region,
                name=name,
                tags=tags or {},
                created_at=as_datetime(clock.now()),
            )
    except IntegrityError:
        raise AwsError(
            "ResourceAlreadyExistsException", "The specified log group already exists"
        ) from None


def find_group(scope: Scope, name: str) -> LogGroup:
    """Find a group by name. Raises AwsError ResourceNotFoundException."""
    group = of(scope).filter(name=name).first()
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def identified_group(scope: Scope, identifier: str) -> LogGroup:
    """Find a group by name or ARN; an ARN of another account or region names nothing here."""
    return find_group(scope, name_of(scope, identifier))


def name_of(scope: Scope, identifier: str) -> str:
    """Read a group's name out of a name or ARN; "" for the ARN of anything else."""
    arn = Arn.parse(identifier)
    if arn is None:
        return identifier
    kind, _, name = arn.resource.partition(":")
    named = scope.owns(arn) and arn.service == "logs" and kind == "log-group"
    return name.removesuffix(":*") if named else ""


def chosen_group(scope: Scope, name: str | None, identifier: str | None) -> LogGroup:
    """Find the group that a request names in one of two ways."""
    if name and identifier:
        raise AwsError(
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )
    if name:
        return find_group(scope, name)
    if identifier:
        return identified_group(scope, identifier)
    raise AwsError(
        "InvalidParameterException", "Either logGroupName or logGroupIdentifier is needed"
    )


def stored_bytes(rows: Iterable[LogGroup]) -> Counter[int]:
    """Count the bytes that groups hold, by their keys."""
    found = LogStream.objects.filter(group__in=list(rows)).values("group_id")
    counted = found.annotate(stored=Sum("bytes")).values_list("group_id", "stored")
    return Counter(dict(counted))


def delete_group(scope: Scope, name: str) -> None:
    """Delete a group with its streams and events."""
    with transaction.atomic():
        group = of(scope).select_for_update().filter(pk=find_group(scope, name).pk).first()
        if group is not None:
            _delete_streams(LogStream.objects.filter(group=group))
            group.delete()


def retain(scope: Scope, name: str, days: int | None) -> None:
    """Keep a group's events for `days`; None goes back to the default.

    Raises AwsError InvalidParameterException for a number of days that AWS does not offer.
    """
    if days is not None and days not in limits.RETENTION_DAYS:
        offered = ", ".join(map(str, limits.RETENTION_DAYS))
        raise AwsError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{offered}]",
        )
    with transaction.atomic():
        group = find_group(scope, name)
        group.retention_days = days
        group.save(update_fields=["retention_days"])


def create_stream(
    scope: Scope, group_name: str, name: str, *, clock: Clock = SYSTEM_CLOCK
) -> LogStream:
    """Make a stream. Raises AwsError ResourceNotFoundException or ResourceAlreadyExistsException."""
    with transaction.atomic():
        group = find_group(scope, group_name)
        try:
            with transaction.atomic():
                return LogStream.objects.create(
                    group=group, name=name, created_at=as_datetime(clock.now())
                )
        except IntegrityError:
            raise AwsError(
                "ResourceAlreadyExistsException", "The specified log stream already exists"
            ) from None


def find_stream(group: LogGroup, name: str) -> LogStream:
    """Find a stream of a group. Raises AwsError ResourceNotFoundException."""
    stream = group.streams.filter(name=name).first()
    if stream is None:
        raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
    return stream


def delete_stream(scope: Scope, group_name: str, name: str) -> None:
    """Delete a stream with its events."""
    with transaction.atomic():
        stream = find_stream(find_group(scope, group_name), name)
        _delete_streams(LogStream.objects.filter(pk=stream.pk))


def arn_of(scope: Scope, group: LogGroup) -> str:
    """Name a group of this account and region."""
    return scope.arn("logs", f"log-group:{group.name}")


def _delete_streams(streams: QuerySet[LogStream]) -> None:
    # The rows are locked first: whoever writes into one of them waits and then finds it gone.
    ids = list(streams.select_for_update().values_list("pk", flat=True))
    LogEvent.objects.filter(stream__in=ids).delete()
    LogStream.objects.filter(pk__in=ids).delete()
