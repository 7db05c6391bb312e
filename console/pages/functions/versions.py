"""A function's Versions tab: published, compared, deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from console.aws.errors import AwsError
from console.aws.scope import Scope
from console.pages import answer, ending, labels, place
from console.pages.aws import call
from console.pages.forms.catalog import PublishForm
from console.pages.functions import comparing, frame, listing
from console.pages.triggers import qualifiers
from functions.catalog import finding
from functions.catalog.finding import Published
from functions.catalog.routing import LATEST
from functions.models import Function

MOST = 500
_SHOWN = (
    ("description", "Description"),
    ("runtime", "Runtime"),
    ("handler", "Handler"),
    ("role_arn", "Execution role"),
    ("memory_mb", "Memory (MB)"),
    ("timeout", "Timeout (seconds)"),
    ("ephemeral_mb", "Ephemeral storage (MB)"),
    ("environment", "Environment variables"),
    ("layers", "Layers"),
    ("logging", "Logging"),
    ("dead_letter", "Dead-letter queue"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A version as the list shows it, with the names that lead to it."""

    version: Published
    aliases: list[str]
    triggers: int


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that two versions do not share."""

    name: str
    before: str
    after: str


@listing.of_function
def index(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """List the versions, and publish a new one."""
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refused_by_aws():
            description = form.cleaned_data["description"] or None
            known = function.versions.values_list("number", flat=True).order_by("-number").first()
            made = call(
                scope,
                "lambda",
                "PublishVersion",
                FunctionName=function.name,
                Description=description,
            )
            if made["Version"] == str(known):
                messages.warning(
                    request, f"Nothing changed since version {known}: no new one was published."
                )
            else:
                messages.success(request, f"{function.name} has version {made['Version']}.")
            return answer.see(request.path)
    return frame.show(
        request,
        scope,
        function,
        "functions/versions.html",
        tab="versions",
        status=422 if form.errors else 200,
        form=form,
        rows=_rows(function, qualifiers.counts(scope, function.name)),
    )


@require_GET
@listing.of_function
def compare(request: HttpRequest, scope: Scope, function: Function) -> HttpResponse:
    """Show what differs between two versions: settings, and files line by line."""
    chosen = [request.GET.get(name) or LATEST for name in ("before", "after")]
    found = {one: finding.version_of(function, one) for one in chosen}
    for number, version in found.items():
        if version is None:
            gone = AwsError(
                "ResourceNotFoundException",
                f"There is no version {number} of {function.name}: it was deleted, or never published. "
                "Choose among the versions that there are.",
            )
            back = reverse("function-versions", args=[function.name])
            return answer.refused(request, gone, section="functions", back=back)
    before, after = (found[one] or function for one in chosen)
    changes = comparing.compare(bytes(before.code.body), bytes(after.code.body))
    return frame.show(
        request,
        scope,
        function,
        "functions/compare.html",
        tab="versions",
        before=before,
        after=after,
        numbers=[one.version for one in finding.list_versions(function, limit=MOST)],
        settings_changed=_settings(before, after),
        changes=changes[: comparing.MOST_SHOWN],
        more=changes[comparing.MOST_SHOWN :],
    )


def delete(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Ask, then delete a version."""

    def run() -> str:
        named = {"FunctionName": name, "Qualifier": str(number)}
        call(place.scope(request), "lambda", "DeleteFunction", **named)
        return f"Version {number} of {name} was deleted."

    back = reverse("function-versions", args=[name])
    return ending.ask(
        request,
        run,
        back=back,
        section="functions",
        trail=listing.trail(
            (name, reverse("function", args=[name])),
            (labels.text("version.list"), back),
            (labels.text("version.delete"), ""),
        ),
        title=f"Delete version {number}",
        question=f"Delete version {number} of {name}?",
        consequence="Its number is never given again. Triggers that name it stay and fail.",
        verb="version.delete",
    )


def _rows(function: Function, triggers: dict[str, int]) -> list[Row]:
    names: dict[str, list[str]] = {}
    for alias in function.aliases.order_by("name"):
        for version in (alias.version, *alias.weights):
            names.setdefault(version, []).append(alias.name)
    found = list(finding.list_versions(function, limit=MOST))
    return [
        Row(one, names.get(one.version, []), triggers.get(qualifiers.plain(one.version), 0))
        for one in [found[0], *reversed(found[1:])]
    ]


def _settings(before: Published, after: Published) -> list[Setting]:
    return [
        Setting(shown, _written(getattr(before, field)), _written(getattr(after, field)))
        for field, shown in _SHOWN
        if getattr(before, field) != getattr(after, field)
    ]


def _written(value: object) -> str:
    """Write a setting for people: what is no plain value as JSON, nothing for an empty one."""
    return (
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict | list) and value
        else str(value or "")
    )
