"""A function's qualifiers as its triggers see them: each version and alias has triggers of its own.

$LATEST is the empty qualifier here; AWS keeps "name" and "name:$LATEST" apart, pages do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from console.aws.errors import AwsError
from console.aws.scope import Scope
from functions.catalog import finding
from functions.catalog.finding import Published
from functions.catalog.names import FunctionName
from functions.catalog.routing import LATEST
from functions.models import Function
from triggers.mappings import lifecycle
from triggers.models import EventSourceMapping

MOST = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """One qualifier that the designer can draw; `about` says where an alias leads."""

    qualifier: str
    about: str
    triggers: int

    @property
    def name(self) -> str:
        """What it is called."""
        return self.qualifier or LATEST


def plain(qualifier: str) -> str:
    """Give a qualifier as pages write it: nothing for $LATEST."""
    return "" if qualifier == LATEST else qualifier


def qualified(function_name: str, qualifier: str) -> str:
    """Give the FunctionName of a qualifier."""
    return f"{function_name}:{qualifier}" if qualifier else function_name


def apart(text: str) -> tuple[str, str]:
    """Take "name:qualifier" apart."""
    name, _, qualifier = text.partition(":")
    return name, plain(qualifier)


def home(name: str, qualifier: str) -> str:
    """Give the address of the page that draws the triggers of a qualifier."""
    where = reverse("function", args=[name])
    return f"{where}?{urlencode({'qualifier': qualifier})}" if qualifier else where


def counts(scope: Scope, function_name: str) -> dict[str, int]:
    """Count the triggers of a function by qualifier."""
    rows = EventSourceMapping.objects.filter(
        tenancy_id=scope.tenancy, region=scope.region, function_name=function_name
    )
    found: dict[str, int] = {}
    for qualifier in rows.exclude(transition="Deleting").values_list("qualifier", flat=True):
        found[plain(qualifier)] = found.get(plain(qualifier), 0) + 1
    return found


def choices(scope: Scope, function: Function, chosen: str = "") -> list[Choice]:
    """List $LATEST, every alias, then what else has triggers or is `chosen`."""
    found = counts(scope, function.name)
    aliases = {one.name: one for one in function.aliases.order_by("name")}
    others = sorted({*found, chosen} - {"", *aliases})
    return [
        Choice("", "", found.get("", 0)),
        *(
            Choice(name, _leads_to(one.version, one.weights), found.get(name, 0))
            for name, one in aliases.items()
        ),
        *(Choice(name, "", found.get(name, 0)) for name in others),
    ]


def published(scope: Scope, function: Function, qualifier: str) -> Published:
    """Find what triggers of `qualifier` run. Raises AwsError when version or alias is gone."""
    name = FunctionName(scope.account, scope.region, function.name, qualifier)
    return finding.get_published(scope, name)


def runs(scope: Scope, function: Function, qualifier: str) -> Published:
    """Find what triggers of `qualifier` run, or $LATEST while version or alias are missing."""
    try:
        return published(scope, function, qualifier)
    except AwsError:
        return function


def mappings_of(scope: Scope, function_name: str, qualifier: str = "") -> list[lifecycle.Found]:
    """List the mappings of one qualifier, however $LATEST was written."""
    names = (function_name, f"{function_name}:{LATEST}")
    found = [
        one
        for name in ((qualified(function_name, qualifier),) if qualifier else names)
        for one in lifecycle.list_mappings(scope, function_name=name, limit=MOST)
    ]
    return sorted(found, key=lambda one: (one.row.stream_arn, str(one.row.uuid)))


def all_mappings(scope: Scope, function_name: str) -> list[lifecycle.Found]:
    """List the mappings of a function with all its qualifiers, those of $LATEST first."""
    return [
        one
        for qualifier in sorted({"", *counts(scope, function_name)})
        for one in mappings_of(scope, function_name, qualifier)
    ]


def _leads_to(version: str, weights: dict[str, float]) -> str:
    others = [f"{other} ({round(weight * 100)} %)" for other, weight in weights.items()]
    return " and ".join((f"version {version}", *others))
