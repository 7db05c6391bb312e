"""What stands beside the settings of a trigger: what will happen, whether the role may, the same
as a command. Recomputed while settings are typed; creates and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings as knobs

from console.aws.scope import Scope
from console.pages.forms import triggers as forms
from console.pages.tables import standing
from console.pages.triggers import filtertest, permits, prospects, rehearsal, safety, snippets
from console.pages.triggers.filtertest import Trial
from console.pages.triggers.permits import Permission
from console.pages.triggers.prospects import Prospect
from console.pages.triggers.qualifiers import plain, qualified, runs
from console.pages.triggers.rehearsal import Timeline
from console.pages.triggers.safety import Suggestion
from console.pages.triggers.snippets import Snippet
from functions.catalog.finding import Published
from functions.messaging import buckets, finding, topics
from functions.models import Function
from triggers.mappings import lifecycle
from triggers.mappings.settings import Settings
from triggers.models import EventSourceMapping

_ANY_STREAM = "…/TABLE/stream/…"
_MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the panel shows."""

    prospect: Prospect
    timeline: Timeline
    permissions: list[Permission]
    snippets: list[Snippet]
    trial: Trial | None
    unsafe: bool  # whether safer values can be suggested


def of_new(scope: Scope, function: Function, form: forms.TriggerForm) -> Preview:
    """Look ahead at a trigger that is being configured."""
    table = form["table"].value() or ""
    arn = form.streams.get(table, "")
    latest = form["starting_position"].value() == "LATEST"
    chosen = form.settings()
    name = qualified(function.name, form.whose)
    named: dict[str, Any] = {"FunctionName": name, "EventSourceArn": arn or _ANY_STREAM}
    named |= _changed(chosen) | {"StartingPosition": "LATEST" if latest else "TRIM_HORIZON"}
    if not chosen.enabled:
        named["Enabled"] = False
    run = runs(scope, function, form.whose)
    return _look(scope, run, chosen, arn, table, latest, snippets.create(named))


def of_saved(
    scope: Scope, function: Function, row: EventSourceMapping, form: forms.SettingsForm
) -> Preview:
    """Look ahead at a saved trigger whose settings are being changed."""
    table = standing.table_of(row.stream_arn)
    chosen = form.settings()
    before = lifecycle.settings_of(row)
    qualifier = plain(row.qualifier)
    name = qualified(function.name, qualifier)
    whole: dict[str, Any] = {"FunctionName": name, "EventSourceArn": row.stream_arn}
    whole |= _changed(chosen) | {"StartingPosition": row.starting_position}
    text = snippets.update({"UUID": str(row.uuid), **_changed(chosen, before)}, whole)
    run = runs(scope, function, qualifier)
    return _look(scope, run, chosen, row.stream_arn, table, None, text)


def destinations(scope: Scope) -> list[str]:
    """Name the queues, topics and buckets that failures can be sent to, by ARN."""
    queues = [one for one in finding.page(scope, count=_MOST_OFFERED) if not one.fifo]
    return [
        *(finding.arn_of(scope, one) for one in queues),
        *(topics.arn_of(scope, one) for one in topics.page(scope, count=_MOST_OFFERED)),
        *(buckets.arn_of(one) for one in buckets.page(scope, count=_MOST_OFFERED)),
    ]


def suggestions(scope: Scope, form: forms.SettingsForm) -> list[Suggestion]:
    """Suggest safe values in place of what is typed."""
    queues = [one for one in destinations(scope) if ":sqs:" in one]
    return safety.suggest(form.settings(), queues)


def _changed(chosen: Settings, before: Settings | None = None) -> dict[str, Any]:
    """The members that are not as `before`, or as in a new trigger."""
    fresh = forms.members(before or Settings())
    return {
        name: value
        for name, value in forms.members(chosen).items()
        if name == "BatchSize" or value != fresh[name]
    }


def _look(
    scope: Scope,
    function: Published,
    chosen: Settings,
    arn: str,
    table: str,
    latest: bool | None,
    texts: list[Snippet],
) -> Preview:
    return Preview(
        prospects.foresee(
            chosen, table=table, function=function.name, timeout=function.timeout, latest=latest
        ),
        rehearsal.rehearse(chosen, timeout=function.timeout, backoff_cap=knobs.BACKOFF_CAP_SECONDS),
        permits.needs(scope, function, arn, chosen.destination),
        texts,
        filtertest.hold(scope, arn, chosen.filters) if arn and chosen.filters else None,
        bool(safety.suggest(chosen, ())),
    )
