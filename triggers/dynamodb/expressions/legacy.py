"""The parameters from before expressions, translated to the trees that expressions become.

Expected, QueryFilter and ScanFilter are conditions, KeyConditions a key condition, AttributeUpdates
an update, AttributesToGet a projection; names are whole attributes, never paths. Decides nothing
about what may be combined with what. Source of the rules and texts: dynalite's recordings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.aws.errors import AwsError
from triggers.dynamodb import values
from triggers.dynamodb.expressions.nodes import (
    Action,
    All,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Literal,
    Not,
    Path,
    Some,
)
from triggers.dynamodb.expressions.updates import Update
from triggers.dynamodb.values import Value, kind_of

Given = Mapping[str, Mapping[str, Any]]
_INVALID: Final = "One or more parameter values were invalid: "
_SIGNS: Final = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_COUNTS: Final = {"NULL": (0, 0), "NOT_NULL": (0, 0), "BETWEEN": (2, 2), "IN": (1, 100)}
_SCALARS: Final = ("S", "N", "B")
_TYPES: Final = dict.fromkeys(
    ("LT", "LE", "GT", "GE", "CONTAINS", "NOT_CONTAINS", "IN", "BETWEEN"), _SCALARS
) | {"BEGINS_WITH": ("S", "B")}
_INDEXABLE: Final = ("EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH")
_SETS: Final = ("SS", "NS", "BS")


def read_filter(given: Given, operator: str | None) -> Condition | None:
    """Translate QueryFilter or ScanFilter; `operator` is AND (also when None) or OR."""
    return _joined(
        [
            _condition(name, one["ComparisonOperator"], one.get("AttributeValueList") or ())
            for name, one in given.items()
        ],
        operator,
    )


def read_expected(given: Given, operator: str | None) -> Condition | None:
    """Translate Expected, in its old form (Exists, Value) and its newer one."""
    return _joined([_expected(name, one) for name, one in given.items()], operator)


def read_key_conditions(given: Given, most: int) -> Condition | None:
    """Translate KeyConditions, `most` at the most; which attributes are keys is not asked here."""
    if not 1 <= len(given) <= most:
        raise _invalid("Conditions can be of length 1 or 2 only")
    for one in given.values():
        if one["ComparisonOperator"] not in _INDEXABLE:
            raise _invalid("Attempted conditional constraint is not an indexable operation")
    return read_filter(given, "AND")


def read_updates(given: Given) -> Update:
    """Translate AttributeUpdates, whose usual action is PUT."""
    return Update(tuple(_action(name, one) for name, one in given.items()), legacy=True)


def read_projection(names: Sequence[str]) -> tuple[Path, ...]:
    """Translate AttributesToGet."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise _invalid(f"{_INVALID}Duplicate value in attribute name: {name}")
    return tuple(Path((name,)) for name in names)


def check_operator(operator: str | None, conditions: int) -> None:
    """Refuse a ConditionalOperator that has nothing to join."""
    if operator is None:
        return
    if conditions == 0:
        raise _invalid("ConditionalOperator cannot be used without Filter or Expected")
    if conditions == 1:
        raise _invalid(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        )


def _joined(parts: list[Condition], operator: str | None) -> Condition | None:
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return Some(tuple(parts)) if operator == "OR" else All(tuple(parts))


def _expected(name: str, one: Mapping[str, Any]) -> Condition:
    operator, listed = one.get("ComparisonOperator"), one.get("AttributeValueList")
    value, exists = one.get("Value"), one.get("Exists")
    if listed is not None and value is not None:
        raise _of_attribute("Value and AttributeValueList cannot be used together", name)
    if operator is not None:
        if exists is not None:
            raise _of_attribute("Exists and ComparisonOperator cannot be used together", name)
        if listed is None and value is None and operator not in ("NULL", "NOT_NULL"):
            raise _of_attribute(
                f"Value or AttributeValueList must be used with ComparisonOperator: {operator}",
                name,
            )
        return _condition(name, operator, listed or ([] if value is None else [value]))
    if listed is not None:
        raise _of_attribute("AttributeValueList can only be used with a ComparisonOperator", name)
    if exists is False:
        if value is not None:
            raise _of_attribute("Value cannot be used when Exists is false", name)
        return _condition(name, "NULL", ())
    if value is None:
        shown = "null" if exists is None else "true"
        raise _of_attribute(f"Value must be provided when Exists is {shown}", name)
    return _condition(name, "EQ", [value])


def _condition(name: str, operator: str, given: Sequence[Mapping[str, Any]]) -> Condition:
    checked = [values.check(value) for value in given]
    least, most = _COUNTS.get(operator, (1, 1))
    if not least <= len(checked) <= most:
        raise _invalid(
            f"{_INVALID}Invalid number of argument(s) for the {operator} ComparisonOperator"
        )
    _check_types(operator, checked)
    path, operands = Path((name,)), [Literal(value) for value in checked]
    if operator in _SIGNS:
        return Comparison(_SIGNS[operator], path, operands[0])
    return _special(operator, path, operands)


def _special(operator: str, path: Path, operands: list[Literal]) -> Condition:
    match operator:
        case "NULL":
            return Call("attribute_not_exists", (path,))
        case "NOT_NULL":
            return Call("attribute_exists", (path,))
        case "BETWEEN":
            return Between(path, *operands)
        case "IN":
            return In(path, tuple(operands))
        case "NOT_CONTAINS":
            there = Call("attribute_exists", (path,))
            return All((there, Not(Call("contains", (path, operands[0])))))
        case _:
            return Call(operator.lower(), (path, operands[0]))


def _check_types(operator: str, checked: Sequence[Value]) -> None:
    for value in checked:
        if kind_of(value) not in _TYPES.get(operator, values.TYPES):
            raise _invalid(
                f"{_INVALID}ComparisonOperator {operator} is not valid for {kind_of(value)} "
                "AttributeValue type"
            )
    if len({kind_of(value) for value in checked}) > 1:
        raise _invalid(f"{_INVALID}AttributeValues inside AttributeValueList must be of same type")
    if operator == "BETWEEN" and (values.compare(*checked) or 0) > 0:
        raise _invalid(
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound"
        )


def _action(name: str, one: Mapping[str, Any]) -> Action:
    """Translate one update; a list that is added to is appended to."""
    path, section = Path((name,)), one.get("Action") or "PUT"
    given = one.get("Value")
    if given is None:
        if section != "DELETE":
            raise _invalid(
                f"{_INVALID}Only DELETE action is allowed when no attribute value is specified"
            )
        return Action("REMOVE", path)
    value = values.check(given)
    fitting = {"ADD": ("N", "L", *_SETS), "DELETE": _SETS}.get(section, values.TYPES)
    if kind_of(value) not in fitting:
        how = "action with value" if section == "DELETE" else "action"
        raise _invalid(f"{_INVALID}{section} {how} is not supported for the type {kind_of(value)}")
    match section:
        case "PUT":
            return Action("SET", path, Literal(value))
        case "ADD" if "L" in value:
            there = Call("if_not_exists", (path, Literal({"L": []})))
            return Action("SET", path, Call("list_append", (there, Literal(value))))
        case _:
            return Action(section, path, Literal(value))


def _of_attribute(message: str, name: str) -> AwsError:
    return _invalid(f"{_INVALID}{message} for Attribute: {name}")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
