"""Triggers staged in the designer: Add checks and keeps them, Save creates them.

A draft lives in a row, so that it survives a reload and needs no JavaScript. No lane reads for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings as knobs
from django.db import transaction
from django.db.models import QuerySet

from console.aws.clock import SYSTEM_CLOCK, Clock, as_datetime
from console.aws.errors import AwsError
from console.aws.ids import SYSTEM_IDS, Ids
from console.aws.scope import Scope
from triggers.mappings import lifecycle, settings
from triggers.models import TriggerDraft


@dataclass(frozen=True, slots=True)
class Saved:
    """What Save did: the mappings it created, and the drafts that were refused and stay."""

    created: list[lifecycle.Found]
    refused: list[TriggerDraft]


def stage(
    scope: Scope, function_name: str, members: dict[str, Any], *, clock: Clock = SYSTEM_CLOCK
) -> TriggerDraft:
    """Check `members` (of CreateEventSourceMapping) as Create would, and keep them as a draft.

    Their FunctionName may name a version or an alias of the function; without one it is $LATEST.
    Raises what AWS would answer; a second draft for the same stream is a conflict as well.
    """
    members = {"FunctionName": function_name, **members}
    new = settings.read_new(members)
    with transaction.atomic():
        lifecycle.check(scope, new)
        if any(_aim(draft.settings) == _aim(members) for draft in listed(scope, function_name)):
            raise AwsError(
                "ResourceConflictException",
                f'The event source arn (" {new.source_arn} ") and function (" {new.function_name} ") '
                "are already in a trigger that was added and not saved yet.",
            )
        return TriggerDraft.objects.create(
            tenancy_id=scope.tenancy,
            region=scope.region,
            function_name=function_name,
            settings=members,
            created_at=as_datetime(clock.now()),
        )


def listed(scope: Scope, function_name: str) -> QuerySet[TriggerDraft]:
    """List the drafts of a function, oldest first."""
    return TriggerDraft.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, function_name=function_name
    ).order_by("pk")


def remove(scope: Scope, function_name: str, draft_id: int) -> None:
    """Drop a draft; one that is gone already is no error."""
    listed(scope, function_name).filter(pk=draft_id).delete()


def trim(*, clock: Clock = SYSTEM_CLOCK) -> int:
    """Drop drafts that nobody has saved for DRAFT_RETENTION_DAYS; how many."""
    until = as_datetime(clock.now()) - timedelta(days=knobs.DRAFT_RETENTION_DAYS)
    return TriggerDraft.objects.filter(created_at__lt=until).delete()[0]


def save_all(
    scope: Scope, function_name: str, *, clock: Clock = SYSTEM_CLOCK, ids: Ids = SYSTEM_IDS
) -> Saved:
    """Create a mapping of each draft; the refused ones stay staged with their error."""
    saved = Saved([], [])
    for draft in listed(scope, function_name):
        try:
            with transaction.atomic():
                saved.created.append(_save(scope, draft, clock, ids))
        except AwsError as error:
            draft.error_code, draft.error_message = error.code, error.message
            draft.save(update_fields=["error_code", "error_message"])
            saved.refused.append(draft)
    return saved


def _save(scope: Scope, draft: TriggerDraft, clock: Clock, ids: Ids) -> lifecycle.Found:
    new = settings.read_new({"FunctionName": draft.function_name, **draft.settings})
    found = lifecycle.create_mapping(scope, new, clock=clock, ids=ids)
    draft.delete()
    return found


def _aim(members: dict[str, Any]) -> tuple[object, object]:
    """What may be staged only once: a stream for a function, version or alias."""
    return members.get("EventSourceArn"), members.get("FunctionName")
