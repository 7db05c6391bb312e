"""The expressions of one request together with the names and values they share.

Decides what must come with what; each expression's own rules lie in its grammar and its binding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from console.aws.errors import AwsError
from triggers.dynamodb.expressions import legacy
from triggers.dynamodb.expressions.binding import Binder, Placeholders, check_paths
from triggers.dynamodb.expressions.grammar import parse_condition, parse_projection
from triggers.dynamodb.expressions.nodes import Condition, Path
from triggers.dynamodb.expressions.parser import MAX_PLACEHOLDER
from triggers.dynamodb.expressions.updates import Update, bind_update

_TEXTS: Final = {
    "ProjectionExpression": "projection",
    "FilterExpression": "filter",
    "UpdateExpression": "update",
    "ConditionExpression": "condition",
    "KeyConditionExpression": "key_condition",
}
_LEGACY: Final = (
    "AttributesToGet",
    "AttributeUpdates",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
    "KeyConditions",
)
_MEMBERS: Final = _TEXTS | {
    "ExpressionAttributeNames": "names",
    "ExpressionAttributeValues": "values",
}
MAX_KEYS: Final = 2
MAX_INDEX_KEYS: Final = 8
"""Attributes in the key of a table, and of an index. Source: API reference, CreateTable."""
_KEY: Final = {"Names": re.compile(r"#[A-Za-z0-9_]+"), "Values": re.compile(r":[A-Za-z0-9_]+")}


@dataclass(frozen=True, slots=True)
class Expressions:
    """The texts of a request, absent ones None, with `names` ({"#x": name}) and `values`.

    `legacy` holds the parameters from before expressions, by AWS's names; `of_index` says that an
    index is read, whose key may have more than two attributes; `prepared` is what has been read and
    bound already, as PartiQL's statements are.
    """

    condition: str | None = None
    filter: str | None = None
    key_condition: str | None = None
    projection: str | None = None
    update: str | None = None
    names: Mapping[str, str] | None = None
    values: Mapping[str, Mapping[str, Any]] | None = None
    legacy: Mapping[str, Any] | None = None
    of_index: bool = False
    prepared: Bound | None = None

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> Expressions:
        """Take the expressions out of a request's members."""
        older = {name: params[name] for name in _LEGACY if params.get(name) is not None}
        if not older and not any(member in params for member in _MEMBERS):
            return NONE
        texts = {name: params.get(member) for member, name in _MEMBERS.items()}
        of_index = params.get("IndexName") is not None
        return cls(**texts, legacy=older or None, of_index=of_index)

    @property
    def projects(self) -> str | None:
        """Name the parameter that asks for some attributes only."""
        if self.projection is not None:
            return "ProjectionExpression"
        return "AttributesToGet" if self.legacy and "AttributesToGet" in self.legacy else None

    @property
    def has_key_condition(self) -> bool:
        """Say whether a key condition is there, in the form of either age."""
        if self.prepared is not None:
            return self.prepared.key_condition is not None
        return self.key_condition is not None or "KeyConditions" in (self.legacy or {})

    def bind(self, *users: str, meanwhile: Callable[[], None] | None = None) -> Bound:
        """Read all expressions and fill in names and values.

        `users` names the expressions of this operation that can use values, for the message that
        misses them all. `meanwhile` checks what AWS checks after the members' company and before
        any expression is read. Raises AwsError("ValidationException").
        """
        meanwhile = meanwhile or _check_nothing
        if self is NONE or self.prepared is not None:
            meanwhile()
            return self.prepared or _NOTHING
        self._check_company(users)
        most_keys = MAX_INDEX_KEYS if self.of_index else MAX_KEYS
        if self.legacy is not None and not self._members:
            return _bind_legacy(self.legacy, most_keys, meanwhile)
        meanwhile()
        self._check_placeholders()
        placeholders = Placeholders(self.names, self.values)
        bound = Bound(
            update=None if self.update is None else bind_update(self.update, placeholders),
            condition=_condition(self.condition, "ConditionExpression", placeholders),
            key_condition=_condition(self.key_condition, "KeyConditionExpression", placeholders),
            filter=_condition(self.filter, "FilterExpression", placeholders),
            projection=self._bind_projection(placeholders),
        )
        placeholders.refuse_unused()
        if self.legacy is None:
            return bound
        return replace(bound, key_condition=_key_condition(self.legacy, most_keys))

    def _bind_projection(self, placeholders: Placeholders) -> tuple[Path, ...] | None:
        if self.projection is None:
            return None
        title = "ProjectionExpression"
        binder = Binder(placeholders, title)
        paths = tuple(binder.path(path) for path in parse_projection(self.projection))
        check_paths(paths, title)
        return paths

    def _check_company(self, users: tuple[str, ...]) -> None:
        self._refuse_mixture()
        with_values = (self.update, self.condition, self.key_condition, self.filter)
        if self.names is not None and all(text is None for text in (*with_values, self.projection)):
            raise _invalid("ExpressionAttributeNames can only be specified when using expressions")
        if self.values is not None and all(text is None for text in with_values):
            missing = f"{' and '.join(users)} {'are' if len(users) > 1 else 'is'} null"
            raise _invalid(
                "ExpressionAttributeValues can only be specified when using expressions"
                + (f": {missing}" if users else "")
            )

    def _check_placeholders(self) -> None:
        for kind, given in (("Names", self.names), ("Values", self.values)):
            if given is None:
                continue
            if not given:
                raise _invalid(f"ExpressionAttribute{kind} must not be empty")
            for key in given:
                if not _KEY[kind].fullmatch(key) or len(key) > MAX_PLACEHOLDER:
                    raise _invalid(
                        f'ExpressionAttribute{kind} contains invalid key: Syntax error; key: "{key}"'
                    )

    @property
    def _members(self) -> list[str]:
        """Name the expressions that are there."""
        return [member for member, name in _TEXTS.items() if getattr(self, name) is not None]

    def _refuse_mixture(self) -> None:
        """Refuse both ages in one request; KeyConditions may stand beside the other expressions."""
        texts = self._members
        older = [
            name
            for name in self.legacy or ()
            if name != "KeyConditions" or self.key_condition is not None
        ]
        if older and texts:
            raise _invalid(
                "Can not use both expression and non-expression parameters in the same request: "
                f"Non-expression parameters: {{{', '.join(older)}}} "
                f"Expression parameters: {{{', '.join(texts)}}}"
            )


@dataclass(frozen=True, slots=True)
class Bound:
    """What the expressions of a request mean; absent ones are None.

    `filter_title` names the filter in messages.
    """

    condition: Condition | None = None
    filter: Condition | None = None
    key_condition: Condition | None = None
    projection: tuple[Path, ...] | None = None
    update: Update | None = None
    filter_title: str = "Filter Expression"


NONE: Final = Expressions()
_NOTHING: Final = Bound()


def _check_nothing() -> None:
    pass


def _bind_legacy(given: Mapping[str, Any], most_keys: int, meanwhile: Callable[[], None]) -> Bound:
    operator = given.get("ConditionalOperator")
    title = "QueryFilter" if "QueryFilter" in given else "ScanFilter"
    expected, filters = given.get("Expected") or {}, given.get(title) or {}
    legacy.check_operator(operator, len(expected) + len(filters))
    names, updates = given.get("AttributesToGet"), given.get("AttributeUpdates")
    update = legacy.read_updates(updates) if updates else None
    condition = legacy.read_expected(expected, operator)
    filtered = legacy.read_filter(filters, operator)
    projection = legacy.read_projection(names) if names else None
    meanwhile()
    return Bound(
        condition=condition,
        filter=filtered,
        filter_title=title,
        key_condition=_key_condition(given, most_keys),
        projection=projection,
        update=update,
    )


def _key_condition(given: Mapping[str, Any], most_keys: int) -> Condition | None:
    conditions = given.get("KeyConditions")
    return None if conditions is None else legacy.read_key_conditions(conditions, most_keys)


def _condition(text: str | None, title: str, placeholders: Placeholders) -> Condition | None:
    if text is None:
        return None
    return Binder(placeholders, title).condition(parse_condition(text, title))


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
