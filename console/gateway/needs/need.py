"""One thing that a caller must be allowed, before a call runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from console.aws.registry import Params
from console.aws.scope import Scope
from functions.iam.context import Source

ANY = ("*",)
"""The resource of calls that name none."""


@dataclass(frozen=True, slots=True)
class Need:
    """An action on a resource; `resources` are the ARNs by which policies may mean that one.

    `facts` are values of the service's own condition keys.
    """

    action: str
    resources: tuple[str, ...] = ANY
    facts: Mapping[str, Source] = field(default_factory=dict)


Rule = Callable[[Scope, str, Params], Iterable[Need]]
"""(caller, operation, members) -> needs."""
