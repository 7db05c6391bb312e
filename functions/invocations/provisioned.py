"""How the provisioned places of an account are taken: what is ready, and what runs there.

A version's invocations count however they were asked for, by number or by an alias; those beyond
what is ready spill over. Decides nothing: that is `admitting`'s.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from console.aws.clock import as_datetime
from functions.catalog.models import Alias, Provision
from functions.catalog.routing import is_alias
from functions.invocations.models import Invocation

_Version = tuple[str, str]  # a function's name, a version's number


@dataclass(frozen=True, slots=True)
class Held:
    """What is provisioned in an account and region, and how many invocations run of each version."""

    places: dict[_Version, int]
    busy: Counter[_Version]
    aliases: dict[_Version, str]  # of these functions: name and alias to version
    reserved: frozenset[str]  # functions that have a reserve

    def version(self, function: str, qualifier: str) -> str:
        """Name the version that a qualifier leads to; a weight's other version is not seen."""
        return self.aliases.get((function, qualifier), qualifier)

    def is_free(self, function: str, qualifier: str) -> bool:
        """Say whether one more invocation would run in a provisioned place."""
        key = function, self.version(function, qualifier)
        return self.busy[key] < self.places.get(key, 0)

    def ready(self, function: str) -> int:
        """Count a function's provisioned places."""
        return sum(many for (name, _), many in self.places.items() if name == function)

    def running(self, function: str) -> int:
        """Count what runs of a function in provisioned places."""
        return sum(
            min(many, self.busy[name, version])
            for (name, version), many in self.places.items()
            if name == function
        )

    @property
    def ready_unreserved(self) -> int:
        """Count the places of functions without a reserve."""
        return sum(many for (name, _), many in self.places.items() if name not in self.reserved)

    @property
    def running_unreserved(self) -> int:
        """Count what runs there."""
        names = {name for name, _ in self.places} - self.reserved
        return sum(self.running(name) for name in names)


def hold(tenancy: int, region: str, now: float) -> Held:
    """Read what is provisioned in an account and region, and what runs."""
    rows = Provision.objects.filter(function__tenancy_id=tenancy, function__region=region)
    found = list(rows.select_related("function"))
    names = {row.function.name for row in found}
    aliases = {
        (alias.function.name, alias.name): alias.version
        for alias in Alias.objects.filter(
            function__in=[row.function_id for row in found]
        ).select_related("function")
    }
    places = {(row.function.name, row.version): row.ready for row in found}
    reserved = frozenset(row.function.name for row in found if row.function.reserved is not None)
    held = Held(places, Counter(), aliases, reserved)
    running = Invocation.objects.filter(
        state=Invocation.State.RUNNING,
        expires_at__gt=as_datetime(now),
        tenancy_id=tenancy,
        region=region,
        function_name__in=names,
    )
    for function, qualifier in running.values_list("function_name", "qualifier"):
        held.busy[function, held.version(function, qualifier)] += 1
    return held


def figures(tenancy: int, region: str, function: str, version: str, now: float) -> tuple[int, int]:
    """Say how many invocations of a version run in provisioned places now, and how many there are."""
    held = hold(tenancy, region, now)
    many = held.places.get((function, version), 0)
    return min(many, held.busy[function, version]), many


def has_places(tenancy: int, region: str, function: str, version: str) -> bool:
    """Say whether a version has provisioned places, so that what runs elsewhere has spilled over."""
    if is_alias(version):
        return False
    return Provision.objects.filter(
        function__tenancy_id=tenancy,
        function__region=region,
        function__name=function,
        version=version,
    ).exists()
