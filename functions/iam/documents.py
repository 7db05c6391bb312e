"""What a policy document says, as values: statements with their effect, actions, resources, principals.

Takes documents that `grammar` has let through; does not judge their form and decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from functions.iam.conditions import Condition


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; of `actions` and `not_actions` (and of the resources) only one is filled.

    `label` is how people find it again: its Sid, otherwise its place ("statement 2").
    `principals` are (kind, name) pairs such as ("Service", "lambda.amazonaws.com"), trust only.
    """

    label: str
    allows: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    not_principals: tuple[tuple[str, str], ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A policy by the name that people know it by, with its statements in their written order.

    Variables are replaced in documents of the newer version only: `has_variables`.
    """

    name: str
    statements: tuple[Statement, ...]
    has_variables: bool = True


def read(name: str, text: str) -> Document:
    """Take the JSON `text` of a checked policy apart."""
    statements, has_variables = _content(text)
    return Document(name, statements, has_variables)


@lru_cache(maxsize=2048)
def _content(text: str) -> tuple[tuple[Statement, ...], bool]:
    document = json.loads(text)
    raw = document["Statement"]
    statements = tuple(
        _statement(place, one)
        for place, one in enumerate(raw if isinstance(raw, list) else [raw], start=1)
    )
    return statements, document.get("Version") == "2012-10-17"


def _statement(place: int, raw: Mapping[str, Any]) -> Statement:
    return Statement(
        label=raw.get("Sid") or f"statement {place}",
        allows=raw["Effect"].lower() == "allow",
        actions=_several(raw.get("Action")),
        not_actions=_several(raw.get("NotAction")),
        resources=_several(raw.get("Resource")),
        not_resources=_several(raw.get("NotResource")),
        principals=_principals(raw.get("Principal")),
        not_principals=_principals(raw.get("NotPrincipal")),
        conditions=_conditions(raw.get("Condition")),
    )


def _conditions(raw: Mapping[str, Mapping[str, Any]] | None) -> tuple[Condition, ...]:
    return tuple(
        Condition(operator, key, _several(values))
        for operator, keys in (raw or {}).items()
        for key, values in keys.items()
    )


def _principals(raw: str | Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    if raw is None:
        return ()
    if isinstance(raw, str):
        return ((raw, raw),)
    return tuple((kind, name) for kind, names in raw.items() for name in _several(names))


def _several(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(map(_text, raw)) if isinstance(raw, list) else (_text(raw),)


def _text(raw: Any) -> str:
    """Spell a value of a condition, which JSON may give as a number or as true."""
    return raw if isinstance(raw, str) else json.dumps(raw)
