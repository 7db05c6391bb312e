"""Fills a tree's placeholders from a request and refuses operands that can never fit.

The names and values of a request are shared by its expressions; what none of them used is refused
at the end. Reads no item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.aws.errors import AwsError
from triggers.dynamodb import values
from triggers.dynamodb.expressions.nodes import (
    All,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Literal,
    Not,
    Operand,
    Path,
    Placeholder,
    Some,
)
from triggers.dynamodb.expressions.parser import CONDITION_FUNCTIONS, invalid
from triggers.dynamodb.values import Value, kind_of

_OPERANDS: Final = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
    "if_not_exists": 2,
    "list_append": 2,
}
MAX_OPERANDS_OF_IN: Final = 100
"""Including the one on the left. Source: Alternator's tests of condition expressions."""
INVALID_VALUE: Final = "ExpressionAttributeValues contains invalid value: "
_ORDERED: Final = ("S", "N", "B")
_SIZED: Final = ("S", "B", "SS", "NS", "BS", "L", "M")


class Placeholders:
    """The names and values of one request, and which of them its expressions have used."""

    def __init__(
        self, names: Mapping[str, str] | None, given: Mapping[str, Mapping[str, Any]] | None
    ) -> None:
        self.names = names or {}
        self.values = {name: _checked(name, value) for name, value in (given or {}).items()}
        self._unused_names = dict.fromkeys(self.names)
        self._unused_values = dict.fromkeys(self.values)

    def name(self, part: str, title: str) -> str:
        """Give the attribute name that a path's part stands for."""
        if not part.startswith("#"):
            return part
        if part not in self.names:
            raise invalid(
                title,
                "An expression attribute name used in the document path is not defined; "
                f"attribute name: {part}",
            )
        self._unused_names.pop(part, None)
        return self.names[part]

    def value(self, name: str, title: str) -> Value:
        """Give the value that `name` stands for."""
        if name not in self.values:
            raise invalid(
                title,
                "An expression attribute value used in expression is not defined; "
                f"attribute value: {name}",
            )
        self._unused_values.pop(name, None)
        return self.values[name]

    def refuse_unused(self) -> None:
        """Refuse names and values that no expression has used."""
        for kind, unused in (("Names", self._unused_names), ("Values", self._unused_values)):
            if unused:
                raise AwsError(
                    "ValidationException",
                    f"Value provided in ExpressionAttribute{kind} unused in expressions: "
                    f"keys: {{{', '.join(unused)}}}",
                )


class Binder:
    """Turns unbound nodes of the expression called `title` into bound ones."""

    def __init__(self, placeholders: Placeholders, title: str) -> None:
        self.placeholders = placeholders
        self.title = title

    def path(self, path: Path) -> Path:
        """Replace the aliases in a path."""
        return Path(
            tuple(
                part if isinstance(part, int) else self.placeholders.name(part, self.title)
                for part in path.parts
            )
        )

    def operand(self, node: Operand) -> Operand:
        """Bind one operand and check its functions."""
        match node:
            case Path():
                return self.path(node)
            case Placeholder(name):
                return Literal(self.placeholders.value(name, self.title))
            case Call():
                return self.call(node)
            case Arithmetic(operator, left, right):
                bound = Arithmetic(operator, self.operand(left), self.operand(right))
                for side in (bound.left, bound.right):
                    self._refuse_type(operator, side, ("N",))
                return bound
            case _:
                return node

    def call(self, node: Call) -> Call:
        """Bind a function's operands and check their number, kinds and types."""
        operands = tuple(self.operand(operand) for operand in node.operands)
        name = node.function
        if len(operands) != _OPERANDS[name]:
            raise invalid(
                self.title,
                "Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(operands)}",
            )
        if name in CONDITION_FUNCTIONS:
            self._distinct(name, operands)
        match name:
            case "attribute_exists" | "attribute_not_exists" | "if_not_exists":
                self._needs_path(name, operands[0])
            case "attribute_type":
                self._type_name(operands[1])
            case "begins_with":
                for operand in operands:
                    self._refuse_type(name, operand, ("S", "B"))
            case "size":
                self._refuse_type(name, operands[0], _SIZED)
            case "list_append":
                for operand in operands:
                    self._refuse_type(name, operand, ("L",))
        return Call(name, operands)

    def condition(self, node: Condition) -> Condition:  # noqa: PLR0911 (one case a node)
        """Bind a whole condition."""
        match node:
            case All(parts):
                return All(tuple(self.condition(part) for part in parts))
            case Some(parts):
                return Some(tuple(self.condition(part) for part in parts))
            case Not(part):
                return Not(self.condition(part))
            case Comparison(operator, left, right):
                return self._comparison(operator, self.operand(left), self.operand(right))
            case Between(operand, low, high):
                return self._between(self.operand(operand), self.operand(low), self.operand(high))
            case In(operand, choices):
                return self._in(self.operand(operand), tuple(map(self.operand, choices)))
            case Call():
                return self.call(node)

    def _comparison(self, operator: str, left: Operand, right: Operand) -> Comparison:
        self._distinct(operator, (left, right))
        if operator not in ("=", "<>"):
            for side in (left, right):
                self._refuse_type(operator, side, _ORDERED)
        return Comparison(operator, left, right)

    def _between(self, operand: Operand, low: Operand, high: Operand) -> Between:
        for side in (operand, low, high):
            self._refuse_type("BETWEEN", side, _ORDERED)
        if isinstance(low, Literal) and isinstance(high, Literal):
            order = values.compare(low.value, high.value)
            shown = (
                f"lower bound operand: AttributeValue: {values.show(low.value)}, "
                f"upper bound operand: AttributeValue: {values.show(high.value)}"
            )
            if order is None:
                raise invalid(
                    self.title,
                    "The BETWEEN operator requires same data type for lower and upper bounds; "
                    + shown,
                )
            if order > 0:
                raise invalid(
                    self.title,
                    "The BETWEEN operator requires upper bound to be greater than or equal to "
                    f"lower bound; {shown}",
                )
        return Between(operand, low, high)

    def _in(self, operand: Operand, choices: tuple[Operand, ...]) -> In:
        if len(choices) >= MAX_OPERANDS_OF_IN:
            raise invalid(
                self.title,
                "Incorrect number of operands for operator or function; "
                f"operator or function: IN, number of operands: {len(choices) + 1}",
            )
        return In(operand, choices)

    def _distinct(self, operator: str, operands: tuple[Operand, ...]) -> None:
        first = operands[0]
        if isinstance(first, Path) and first in operands[1:]:
            raise invalid(
                self.title,
                "The first operand must be distinct from the remaining operands for this operator "
                f"or function; operator: {operator}, first operand: {first}",
            )

    def _needs_path(self, function: str, operand: Operand) -> None:
        if not isinstance(operand, Path):
            raise invalid(
                self.title,
                f"Operator or function requires a document path; operator or function: {function}",
            )

    def _type_name(self, operand: Operand) -> None:
        if not isinstance(operand, Literal) or kind_of(operand.value) != "S":
            found = (
                kind_of(operand.value)
                if isinstance(operand, Literal)
                else "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
            )
            raise self._wrong_type("attribute_type", found)
        if operand.value["S"] not in values.TYPES:
            raise invalid(
                self.title,
                f"Invalid attribute type name found; type: {operand.value['S']}, "
                "valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
            )

    def _refuse_type(self, operator: str, operand: Operand, fitting: tuple[str, ...]) -> None:
        if isinstance(operand, Literal) and kind_of(operand.value) not in fitting:
            raise self._wrong_type(operator, kind_of(operand.value))

    def _wrong_type(self, operator: str, kind: str) -> AwsError:
        return invalid(
            self.title,
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {kind}",
        )


def _checked(name: str, given: Mapping[str, Any]) -> Value:
    try:
        return values.check(given)
    except AwsError as error:
        if error.code != "ValidationException":
            raise
        message = f"{INVALID_VALUE}{error.message} for key {name}"
        raise AwsError(error.code, message) from None


def check_paths(lefts: Sequence[Path], title: str) -> None:
    """Refuse two paths of which one lies in the other, or that take one place as map and list."""
    root: dict[str | int, object] = {}
    for path in lefts:
        node = root
        for depth, part in enumerate(path.parts):
            if node and not isinstance(part, type(next(iter(node)))):
                raise _clash(title, "conflict", _first_with(lefts, path.parts[:depth]), path)
            below = node.get(part)
            last = depth == len(path.parts) - 1
            if below is not None and (last or not isinstance(below, dict)):
                raise _clash(title, "overlap", _first_with(lefts, path.parts[: depth + 1]), path)
            if last:
                node[part] = path
            elif isinstance(below, dict):
                node = below
            else:
                node[part] = node = {}


def _first_with(lefts: Sequence[Path], prefix: tuple[str | int, ...]) -> Path:
    return next(path for path in lefts if path.parts[: len(prefix)] == prefix)


def _clash(title: str, how: str, one: Path, two: Path) -> AwsError:
    return invalid(
        title,
        f"Two document paths {how} with each other; must remove or rewrite one of these paths; "
        f"path one: {one}, path two: {two}",
    )
