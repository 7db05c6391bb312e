"""Creates, changes and ends event source mappings. What a lane then does is decided elsewhere.

Settings take effect in the verb's own transaction; only the State that callers see takes its time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings as knobs
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from console.aws.arn import Arn
from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.names import FunctionName, read_name
from functions.iam import roles
from triggers.mappings import destinations, settings
from triggers.mappings.settings import NewMapping, Settings
from triggers.mappings.states import Transition, state
from triggers.models import EventSourceMapping, Lane
from triggers.polling import lanes
from triggers.sources.protocol import Source
from triggers.sources.registry import source_of


@dataclass(frozen=True, slots=True)
class Found:
    """A mapping as it looks at one moment."""

    row: EventSourceMapping
    state: str
    settled: bool


@dataclass(frozen=True, slots=True)
class _Checked:
    function: FunctionName
    source: Source


def check(scope: Scope, new: NewMapping, *, timestamp: bool = False) -> _Checked:
    """Run every check of CreateEventSourceMapping and write nothing.

    Raises what AWS answers, in its order: source, function, position, stream, duplicate, role.
    """
    source = source_of(new.source_arn)
    if source is None:
        raise AwsError("InvalidParameterValueException", "Unrecognized event source.")
    function, role_arn = _function(scope, new.function_name)
    settings.check_start(new.starting_position, new.source_arn, timestamp=timestamp)
    if not source.exists(scope, new.source_arn):
        raise AwsError("InvalidParameterValueException", f"Stream not found: {new.source_arn}")
    _refuse_duplicate(scope, new.source_arn, function)
    _refuse_unreadable(scope, source, role_arn, new.source_arn)
    if new.settings.destination:
        destinations.check(scope, new.settings.destination, role_arn)
    return _Checked(function, source)


def _refuse_unreadable(scope: Scope, source: Source, role_arn: str, arn: str) -> None:
    if not may_read(scope, source, role_arn, arn):
        raise AwsError(
            "InvalidParameterValueException",
            f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, "
            "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
        )


def may_read(scope: Scope, source: Source, role_arn: str, arn: str) -> bool:
    """Say whether the role may do all that reading `arn` takes."""
    calls = [(action, arn) for action in source.actions]
    return all(one.allowed for one in roles.decisions(scope, role_arn, calls))


def create_mapping(
    scope: Scope,
    new: NewMapping,
    *,
    timestamp: bool = False,
    clock: Clock = SYSTEM_CLOCK,
    ids: Ids = SYSTEM_IDS,
) -> Found:
    """Create a mapping and its lanes; LATEST is fixed in this transaction, also when disabled."""
    source = source_of(new.source_arn)
    if source is not None:
        source.reach(new.source_arn)
    now = as_datetime(clock.now())
    with transaction.atomic():
        checked = check(scope, new, timestamp=timestamp)
        beginning = checked.source.begin(scope, new.source_arn, new.starting_position)
        row = EventSourceMapping(
            uuid=UUID(ids.uuid()),
            tenancy_id=scope.tenancy,
            region=scope.region,
            function_name=checked.function.name,
            qualifier=checked.function.qualifier,
            stream_arn=new.source_arn,
            stream_id=beginning.stream_id,
            starting_position=new.starting_position,
            **_columns(new.settings),
            transition=Transition.CREATING,
            settles_at=now + _delay(),
            modified_at=now,
            tags=new.tags,
        )
        _save(scope, row)
        lanes.open_lanes(row, beginning.starts, due_at=row.settles_at)
    return Found(row, Transition.CREATING, settled=False)


def get_mapping(scope: Scope, uuid: str, *, clock: Clock = SYSTEM_CLOCK) -> Found:
    """Look up one mapping of the caller's account and region."""
    row = _rows(scope).filter(uuid=_as_uuid(uuid)).first()
    found = _look(row, clock.now()) if row else None
    if found is None:
        raise _missing()
    return found


def list_mappings(
    scope: Scope,
    *,
    function_name: str | None = None,
    source_arn: str | None = None,
    after: str = "",
    limit: int = 100,
    clock: Clock = SYSTEM_CLOCK,
) -> list[Found]:
    """List mappings in the order of their UUIDs; `function_name` must match its qualifier too."""
    rows = _rows(scope).order_by("uuid")
    if function_name:
        name = read_name(scope, function_name)
        if (name.account, name.region) != (scope.account, scope.region):
            return []
        rows = rows.filter(function_name=name.name, qualifier=name.qualifier)
    if source_arn:
        rows = rows.filter(stream_arn=source_arn)
    if after:
        rows = rows.filter(uuid__gt=_as_uuid(after))
    now = clock.now()
    return [found for row in rows[:limit] if (found := _look(row, now)) is not None]


def update_mapping(
    scope: Scope, uuid: str, members: dict[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> Found:
    """Change settings, the function, or whether it is enabled; the position in the stream stays."""
    now = as_datetime(clock.now())
    with transaction.atomic():
        row = _changeable(scope, uuid, clock.now(), "update")
        before = settings_of(row)
        after = settings.changed(before, members)
        moved = bool(members.get("FunctionName")) and _point(scope, row, members["FunctionName"])
        if after.destination and (moved or "DestinationConfig" in members):
            _, role_arn = _function(
                scope,
                FunctionName(scope.account, scope.region, row.function_name, row.qualifier).arn,
            )
            destinations.check(scope, after.destination, role_arn)
        for column, value in _columns(after).items():
            setattr(row, column, value)
        row.transition = _transition(before, after)
        row.modified_at = now
        row.settles_at = now + _delay()
        _save(scope, row)
        lanes.switch(row, due_at=now)
        lanes.divide(row, due_at=now)
    return Found(row, row.transition, settled=False)


def delete_mapping(scope: Scope, uuid: str, *, clock: Clock = SYSTEM_CLOCK) -> Found:
    """Stop a mapping for good; its row goes once no lane runs the function any more."""
    now = as_datetime(clock.now())
    with transaction.atomic():
        row = _changeable(scope, uuid, clock.now(), "delete")
        row.transition = Transition.DELETING
        row.enabled = False
        row.settles_at = now + _delay()
        row.save()
        lanes.switch(row, due_at=now)
    return Found(row, Transition.DELETING, settled=False)


def reap(*, clock: Clock = SYSTEM_CLOCK) -> int:
    """Remove the rows of mappings that are gone; returns how many. Safe to run at any time."""
    gone = EventSourceMapping.objects.filter(
        transition=Transition.DELETING, settles_at__lte=as_datetime(clock.now())
    ).exclude(Exists(_running(OuterRef("pk"), clock.now())))
    uuids = list(gone.values_list("uuid", flat=True))
    for uuid in uuids:
        with transaction.atomic():
            EventSourceMapping.objects.filter(uuid=uuid).delete()
    return len(uuids)


def _columns(chosen: Settings) -> dict[str, Any]:
    """Spell settings as the columns of a mapping's row."""
    lists = {"filters": list(chosen.filters), "metrics": list(chosen.metrics)}
    return {**asdict(chosen), **lists}


def settings_of(row: EventSourceMapping) -> Settings:
    """Read the settings of a mapping out of its row."""
    columns = {field.name: getattr(row, field.name) for field in fields(Settings)}
    lists = {"filters": tuple(row.filters), "metrics": tuple(row.metrics)}
    return Settings(**{**columns, **lists})


def _function(scope: Scope, text: str) -> tuple[FunctionName, str]:
    """Find a function, version or alias of the caller's; returns its name and execution role."""
    name = read_name(scope, text)
    try:
        return name, finding.get_published(scope, name).role_arn
    except AwsError:
        raise AwsError("InvalidParameterValueException", "Function does not exist") from None


def _save(scope: Scope, row: EventSourceMapping) -> None:
    """Store a mapping, unless another caller has just made one of its function and stream."""
    try:
        with transaction.atomic():
            row.save(force_insert=row._state.adding)
    except IntegrityError:
        function = FunctionName(scope.account, scope.region, row.function_name, row.qualifier)
        _refuse_duplicate(scope, row.stream_arn, function)
        raise


def _point(scope: Scope, row: EventSourceMapping, text: str) -> bool:
    """Send a mapping's records to another function, which must be free and may read the stream.

    False when it is the one that they go to already.
    """
    function, role_arn = _function(scope, text)
    if (function.name, function.qualifier) == (row.function_name, row.qualifier):
        return False
    _refuse_duplicate(scope, row.stream_arn, function)
    source = source_of(row.stream_arn)
    if source is not None:
        _refuse_unreadable(scope, source, role_arn, row.stream_arn)
    row.function_name, row.qualifier = function.name, function.qualifier
    return True


def _refuse_duplicate(scope: Scope, source_arn: str, function: FunctionName) -> None:
    twins = _rows(scope).filter(
        function_name=function.name, qualifier=function.qualifier, stream_arn=source_arn
    )
    twin = twins.exclude(transition=Transition.DELETING).first()
    if twin is not None:
        raise AwsError(
            "ResourceConflictException",
            f'The event source arn (" {source_arn} ") and function (" {function.name} ") '
            "provided mapping already exists. Please update or delete the existing mapping with "
            f"UUID {twin.uuid}",
        )


def _changeable(scope: Scope, uuid: str, now: float, verb: str) -> EventSourceMapping:
    row = _rows(scope).select_for_update(of=("self",)).filter(uuid=_as_uuid(uuid)).first()
    found = _look(row, now) if row else None
    if found is None:
        raise _missing()
    if not found.settled:
        raise AwsError(
            "ResourceInUseException",
            f"Cannot {verb} the event source mapping because it is in use.",
        )
    return found.row


def _look(row: EventSourceMapping, now: float) -> Found | None:
    settled = row.settles_at.timestamp() <= now
    running = settled and _running(row.uuid, now).exists()
    seen = state(row.transition, enabled=row.enabled, settled=settled, running=running)
    return None if seen is None else Found(row, seen, settled=seen != row.transition)


def _running(mapping: Any, now: float) -> Any:
    """Lanes of `mapping` that some worker holds."""
    return Lane.objects.filter(mapping_id=mapping, expires_at__gt=as_datetime(now)).exclude(
        owner=""
    )


def _rows(scope: Scope) -> Any:
    return EventSourceMapping.objects.filter(tenancy_id=scope.tenancy, region=scope.region)


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _missing() from None


def _missing() -> AwsError:
    return AwsError("ResourceNotFoundException", "The resource you requested does not exist.")


def _transition(before: Settings, after: Settings) -> Transition:
    if before.enabled == after.enabled:
        return Transition.UPDATING
    return Transition.ENABLING if after.enabled else Transition.DISABLING


def _delay() -> timedelta:
    return timedelta(seconds=knobs.MAPPING_DELAY_SECONDS)


def function_arn(row: EventSourceMapping, account: str) -> str:
    """Name the function a mapping sends to, qualified only when the caller's name was."""
    return FunctionName(account, row.region, row.function_name, row.qualifier).arn


def mapping_arn(scope: Scope, row: EventSourceMapping) -> str:
    """Name the mapping itself."""
    return str(Arn("lambda", scope.region, scope.account, f"event-source-mapping:{row.uuid}"))


def settled_at(found: Found) -> datetime:
    """LastModified: exact while a change is under way, then cut to the whole minute.

    Deleting changes nothing. Source: recordings of real AWS, all rows seen.
    """
    moment: datetime = found.row.modified_at
    exact = not found.settled and found.state != Transition.DELETING
    return moment if exact else moment.replace(second=0, microsecond=0)
