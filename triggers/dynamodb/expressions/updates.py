"""Applies a bound update to an item; every right side reads the item as it was. Writes no row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

from console.aws.errors import AwsError
from triggers.dynamodb import numbers, values
from triggers.dynamodb.expressions import paths
from triggers.dynamodb.expressions.binding import Binder, Placeholders, check_paths
from triggers.dynamodb.expressions.grammar import parse_update
from triggers.dynamodb.expressions.nodes import Action, Arithmetic, Call, Literal, Operand, Path
from triggers.dynamodb.expressions.parser import invalid
from triggers.dynamodb.values import Item, Value, kind_of

_TITLE: Final = "UpdateExpression"
_WRONG_TYPE: Final = "An operand in the update expression has an incorrect data type"
_LEGACY_WRONG_TYPE: Final = "Type mismatch for attribute to update"
_LONG_NAMES: Final = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "NULL": "NULL",
    "BOOL": "BOOLEAN",
    "L": "LIST",
    "M": "MAP",
}


@dataclass(frozen=True, slots=True)
class Update:
    """A bound update: its actions in the order of the text.

    `legacy` ones come from AttributeUpdates, whose refusal of a wrong type has words of its own.
    """

    actions: tuple[Action, ...]
    legacy: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """What the update names on its left sides."""
        return tuple(action.path for action in self.actions)

    @property
    def only_removes(self) -> bool:
        """Say whether there are actions and none of them adds anything."""
        return bool(self.actions) and all(
            action.section in ("REMOVE", "DELETE") for action in self.actions
        )

    def apply(self, item: Item) -> Item:
        """Give the updated item; `item` stays as it was.

        Raises AwsError("ValidationException") when an operand or a path does not fit the item.
        """
        new = _copied(item)
        setting = [one for one in self.actions if one.section != "REMOVE"]
        for action in sorted(setting, key=_place):  # elements beyond a list's end, by number
            try:
                _apply(action, item, new)
            except AwsError as error:
                if self.legacy and error.message == _WRONG_TYPE:
                    raise AwsError(error.code, _LEGACY_WRONG_TYPE) from None
                raise
        removed = [one.path for one in self.actions if one.section == "REMOVE"]
        for path in sorted(removed, key=_parts, reverse=True):
            paths.remove(new, path)
        return new


def bind_update(text: str, placeholders: Placeholders) -> Update:
    """Read `text` and fill in its placeholders. Raises AwsError("ValidationException")."""
    binder = Binder(placeholders, _TITLE)
    unbound = parse_update(text)
    lefts = [binder.path(action.path) for action in unbound]
    actions = tuple(
        Action(
            action.section,
            path,
            None if action.operand is None else binder.operand(action.operand),
        )
        for action, path in zip(unbound, lefts, strict=True)
    )
    check_paths(lefts, _TITLE)
    for action in actions:
        _check_operand(action)
    return Update(actions)


def _check_operand(action: Action) -> None:
    if action.section not in ("ADD", "DELETE") or not isinstance(action.operand, Literal):
        return
    kind = kind_of(action.operand.value)
    if kind in _LONG_NAMES and not (action.section == "ADD" and kind == "N"):
        raise invalid(
            _TITLE,
            "Incorrect operand type for operator or function; "
            f"operator: {action.section}, operand type: {_LONG_NAMES[kind]}",
        )


def _apply(action: Action, old: Item, new: Item) -> None:
    if action.operand is None:
        return
    value = _evaluate(action.operand, old)
    match action.section:
        case "SET":
            paths.put(new, action.path, _copied(value))
        case "ADD":
            paths.put(new, action.path, _added(paths.find(old, action.path), value))
        case "DELETE":
            rest = _without(paths.find(old, action.path), value)
            if rest is None:
                paths.remove(new, action.path)
            else:
                paths.put(new, action.path, rest)


def _evaluate(node: Operand, item: Item) -> Value:
    match node:
        case Literal(value):
            return value
        case Path():
            found = paths.find(item, node)
            if found is None:
                raise AwsError(
                    "ValidationException",
                    "The provided expression refers to an attribute that does not exist in the item",
                )
            return found
        case Call("if_not_exists", (Path() as path, fallback)):
            there = paths.find(item, path)
            return _evaluate(fallback, item) if there is None else there
        case Call(_, (first, second)):
            left, right = _evaluate(first, item), _evaluate(second, item)
            if "L" not in left or "L" not in right:
                raise _wrong_type()
            return {"L": left["L"] + right["L"]}
        case Arithmetic(sign, first, second):
            left, right = _evaluate(first, item), _evaluate(second, item)
            if "N" not in left or "N" not in right:
                raise _wrong_type()
            combine = numbers.plus if sign == "+" else numbers.minus
            return {"N": combine(left["N"], right["N"])}
        case _:
            raise AssertionError(f"not an operand of an update: {node}")


def _added(old: Value | None, value: Value) -> Value:
    kind = kind_of(value)
    if old is None:
        return value
    if kind_of(old) != kind:
        raise _wrong_type()
    if kind == "N":
        return {"N": numbers.plus(old["N"], value["N"])}
    return values.check({kind: list({*old[kind], *value[kind]})})


def _without(old: Value | None, value: Value) -> Value | None:
    """Take the members of `value` out of the set `old`; None when nothing is left."""
    if old is None:
        return None
    kind = kind_of(value)
    if kind_of(old) != kind:
        raise _wrong_type()
    rest = [member for member in old[kind] if member not in value[kind]]
    return {kind: rest} if rest else None


def _place(action: Action) -> tuple[str | int, ...]:
    return action.path.parts


def _parts(path: Path) -> tuple[str | int, ...]:
    """Order removals back to front, so that list indexes keep their meaning."""
    return path.parts


def _copied(value: dict[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = orjson.loads(orjson.dumps(value))
    return copy


def _wrong_type() -> AwsError:
    return AwsError("ValidationException", _WRONG_TYPE)
