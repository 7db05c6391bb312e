"""The model's constraints (required, enum, length, range, pattern), compiled once per shape.

A checker appends one sentence per violation, in AWS's words. Rules that the model does not hold
belong to the service's own room. Which exception carries the sentences is `validate`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.aws.wire.javatext import enum_order, python_pattern, spell
from console.aws.wire.models import holds_attribute_values

Checker = Callable[[Any, str, list[str]], None]
NOT_NULL = "Member must not be null"


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint on a value: when it holds, and how AWS says it."""

    holds: Callable[[Any], bool]
    text: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where services differ in their sentences.

    `names_null` prints "must not be null" among the rules of elements; `hides_values` says of no
    value what it was.
    """

    names_null: bool
    hides_values: bool = False


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Top-level members that the operation itself checks, and ones that must be there all the same."""

    skipped: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()


NO_EXCEPTIONS = Exceptions()


def compile_checker(
    shape: StructureShape, dialect: Dialect, exceptions: Exceptions = NO_EXCEPTIONS
) -> Checker | None:
    """Make the checker of an operation's input; None when the model constrains nothing."""
    return _structure(shape, _Building(dialect, {}), exceptions)


@dataclass(frozen=True, slots=True)
class _Building:
    """What the compilation of one shape passes down: the dialect and the shapes it is inside of."""

    dialect: Dialect
    within: dict[str, list[Checker]]


def _whole(shape: Shape, building: _Building) -> Checker | None:
    """Check a value itself and then what it holds."""
    rules = own_rules(shape)
    inner = _inside(shape, building)
    if not rules:
        return inner

    def check(value: Any, path: str, problems: list[str]) -> None:
        problems.extend(
            _sentence(shape, value, path, rule.text, building.dialect)
            for rule in rules
            if not rule.holds(value)
        )
        if inner is not None:
            inner(value, path, problems)

    return check


def _inside(shape: Shape, building: _Building) -> Checker | None:
    """Check what a structure, list or map holds."""
    if holds_attribute_values(shape):
        return None
    match shape:
        case StructureShape():
            return _structure(shape, building, NO_EXCEPTIONS)
        case ListShape():
            return _list(shape, building)
        case MapShape():
            return _map(shape, building)
        case _:
            return None


def _structure(
    shape: StructureShape, building: _Building, exceptions: Exceptions
) -> Checker | None:
    if shape.name in building.within:
        later = building.within[shape.name]
        return lambda value, path, problems: later[0](value, path, problems)
    building.within[shape.name] = later = []
    required = exceptions.required.union(shape.required_members)
    members = [
        (
            name,
            f"{name[:1].lower()}{name[1:]}",
            name in required and (name not in exceptions.skipped or name in exceptions.required),
            None if name in exceptions.skipped else _whole(member, building),
        )
        for name, member in shape.members.items()
    ]
    del building.within[shape.name]
    members = [row for row in members if row[2] or row[3] is not None]
    null = "" if building.dialect.hides_values else " null"

    def check(value: Any, path: str, problems: list[str]) -> None:
        for name, spelled, is_required, check_member in members:
            item = value.get(name)
            if item is not None:
                if check_member is not None:
                    check_member(item, f"{path}.{spelled}" if path else spelled, problems)
            elif is_required:
                where = f"{path}.{spelled}" if path else spelled
                problems.append(
                    f"Value{null} at '{where}' failed to satisfy constraint: {NOT_NULL}"
                )

    later.append(check)
    return check if members else None


def _list(shape: ListShape, building: _Building) -> Checker:
    breaks, text = _parts(shape.member, building.dialect)
    inner = _inside(shape.member, building)

    def check(value: Any, path: str, problems: list[str]) -> None:
        if breaks(value):
            constraint = f"Member must satisfy constraint: {text}"
            problems.append(_sentence(shape, value, path, constraint, building.dialect))
        elif inner is not None:
            for number, item in enumerate(value, 1):
                inner(item, f"{path}.{number}.member", problems)

    return check


def _map(shape: MapShape, building: _Building) -> Checker | None:
    if holds_attribute_values(shape.value):
        return None
    breaks_keys, keys_text = _parts(shape.key, building.dialect)
    breaks_values, values_text = _parts(shape.value, building.dialect)
    inner = _inside(shape.value, building)

    def check(value: Any, path: str, problems: list[str]) -> None:
        if breaks_keys(value):
            constraint = f"Map keys must satisfy constraint: {keys_text}"
            problems.append(_sentence(shape, value, path, constraint, building.dialect))
        if breaks_values(value.values()):
            constraint = f"Map value must satisfy constraint: {values_text}"
            problems.append(_sentence(shape, value, path, constraint, building.dialect))
        elif inner is not None:
            for key, item in value.items():
                inner(item, f"{path}.{key}.member", problems)

    return check


def _parts(shape: Shape, dialect: Dialect) -> tuple[Callable[[Iterable[Any]], bool], str]:
    """Make the test that some part breaks a rule, and the text that names all rules of the parts."""
    rules = own_rules(shape)
    texts = [rule.text for rule in rules]
    if dialect.names_null or not texts:
        texts.append(NOT_NULL)

    def breaks(parts: Iterable[Any]) -> bool:
        return any(part is None or any(not rule.holds(part) for rule in rules) for part in parts)

    return breaks, f"[{', '.join(texts)}]"


def _sentence(shape: Shape, value: Any, path: str, constraint: str, dialect: Dialect) -> str:
    hidden = dialect.hides_values or _is_secret(shape)
    shown = "" if hidden else f" '{spell(shape, value)}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _is_secret(shape: Shape) -> bool:
    """Say whether AWS leaves a value out of its sentence: keys and items of tables, groups of logs."""
    if isinstance(shape, ListShape) and not holds_attribute_values(shape.member):
        part = shape.member
        return any(map(_holds_items, [part, *getattr(part, "members", {}).values()]))
    named = shape.name in ("LogGroupIdentifier", "LogGroupName")
    return named or bool(shape.metadata.get("sensitive"))


def _holds_items(shape: Shape) -> bool:
    """Say whether `shape` is a map of attribute values, or a structure with such a map."""
    if isinstance(shape, StructureShape):
        return any(map(_holds_items, shape.members.values()))
    return isinstance(shape, MapShape) and holds_attribute_values(shape.value)


_RECORDED_MOST = {"EphemeralStorageSize": 10_240}
"""Upper bounds that services print where the model has a wider one, for kinds of compute that are
not offered here. Source: moto's tests; Lambda quotas, "/tmp directory storage"."""


_RECORDED_FREE = frozenset({"MetricNamespace"})
"""Texts that services take although the model's pattern forbids them. Source: LocalStack's tests
that were validated against AWS, test_put_metric_filter_with_special_namespace."""


def own_rules(shape: Shape) -> list[Rule]:
    """List the constraints on a value of `shape` itself, in the order in which AWS prints them."""
    if holds_attribute_values(shape):
        return []
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    high = _RECORDED_MOST.get(shape.name, high)
    if shape.type_name in ("string", "blob", "list", "map"):
        rules = _length_rules(low, high)
    else:
        rules = _range_rules(low, high)
    pattern = shape.metadata.get("pattern")
    if pattern is not None and shape.name not in _RECORDED_FREE:
        matches = re.compile(python_pattern(pattern)).fullmatch
        rules.append(
            Rule(
                lambda value: matches(value) is not None,
                f"Member must satisfy regular expression pattern: {pattern}",
            )
        )
    names = shape.metadata.get("enum")
    if names:
        listed = ", ".join(enum_order(names))
        rules.append(
            Rule(frozenset(names).__contains__, f"Member must satisfy enum value set: [{listed}]")
        )
    return rules


def _length_rules(low: int | None, high: int | None) -> list[Rule]:
    rules = []
    if high is not None:
        text = f"Member must have length less than or equal to {high}"
        rules.append(Rule(lambda value: len(value) <= high, text))
    if low:
        text = f"Member must have length greater than or equal to {low}"
        rules.append(Rule(lambda value: len(value) >= low, text))
    return rules


def _range_rules(low: float | None, high: float | None) -> list[Rule]:
    rules = []
    if high is not None:
        text = f"Member must have value less than or equal to {high}"
        rules.append(Rule(lambda value: value <= high, text))
    if low is not None:
        text = f"Member must have value greater than or equal to {low}"
        rules.append(Rule(lambda value: value >= low, text))
    return rules
