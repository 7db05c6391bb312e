"""Which paths a bound condition reads. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from triggers.dynamodb.expressions.nodes import (
    All,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Not,
    Operand,
    Path,
    Some,
)


def paths_in(node: Condition | Operand) -> Iterator[Path]:
    """Yield every path in the tree, from left to right."""
    if isinstance(node, Path):
        yield node
    for child in _children(node):
        yield from paths_in(child)


def _children(  # noqa: PLR0911 (one case a node)
    node: Condition | Operand,
) -> tuple[Condition | Operand, ...]:
    match node:
        case All(parts) | Some(parts):
            return parts
        case Not(part):
            return (part,)
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case In(operand, choices):
            return (operand, *choices)
        case Call(_, operands):
            return operands
        case _:
            return ()
