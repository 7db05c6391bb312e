"""The grammars: conditions (also filters and key conditions), projections and updates.

Text in, unbound tree out; trees are kept by text, so that a repeated expression is not read twice.
Says nothing about what the names and values of a request are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from triggers.dynamodb.expressions.lexer import Kind
from triggers.dynamodb.expressions.nodes import (
    Action,
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
from triggers.dynamodb.expressions.parser import (
    CONDITION_FUNCTIONS,
    UPDATE_FUNCTIONS,
    Parser,
    Rank,
    check_size,
)

COMPARATORS: Final = ("=", "<>", "<", "<=", ">", ">=")
SECTIONS: Final = ("SET", "REMOVE", "ADD", "DELETE")
_KEPT: Final = 2048


@lru_cache(maxsize=_KEPT)
def parse_condition(text: str, title: str) -> Condition:
    """Read a condition, filter or key condition. Raises AwsError("ValidationException")."""
    check_size(text, title)
    parser = _ConditionParser(text, title)
    tree = parser.condition(parser.disjunction())
    parser.finish()
    return tree


@lru_cache(maxsize=_KEPT)
def parse_projection(text: str) -> tuple[Path, ...]:
    """Read a projection. Raises AwsError("ValidationException")."""
    check_size(text, "ProjectionExpression")
    parser = Parser(text, "ProjectionExpression")
    paths = [parser.path()]
    while parser.take_if(","):
        paths.append(parser.path())
    parser.finish()
    return tuple(paths)


@lru_cache(maxsize=_KEPT)
def parse_update(text: str) -> tuple[Action, ...]:
    """Read an update. Raises AwsError("ValidationException")."""
    check_size(text, "UpdateExpression")
    parser = _UpdateParser(text, "UpdateExpression")
    actions = parser.sections()
    parser.finish()
    return actions


class _ConditionParser(Parser):
    functions = CONDITION_FUNCTIONS
    keywords = frozenset(("AND", "OR", "NOT", "IN", "BETWEEN"))

    def disjunction(self) -> Condition | Operand:
        """Read ORs of ANDs in one frame, since parentheses nest 150 deep."""
        either: list[Condition] = []
        while True:
            both: list[Condition] = []
            node = self._negation()
            while self.here.word == "AND":
                both.append(self.condition(node))
                self.take()
                self.operators += 1
                node = self._negation()
            if both:
                node = All((*both, self.condition(node)))
            if self.here.word != "OR":
                break
            either.append(self.condition(node))
            self.take()
            self.operators += 1
        return Some((*either, self.condition(node))) if either else node

    def condition(self, node: Condition | Operand) -> Condition:
        """Insist that `node` is a condition; a bare operand is refused where it ends."""
        if isinstance(node, Path | Placeholder | Literal | Arithmetic):
            self.fail()
        if isinstance(node, Call) and node.function == "size":
            self.misused(node.function)
        return node

    def check_nested(self, operands: tuple[Operand, ...]) -> None:
        for operand in operands:
            if isinstance(operand, Call) and operand.function in CONDITION_FUNCTIONS - {"size"}:
                self.misused(operand.function)

    def _negation(self) -> Condition | Operand:
        turned = 0
        while self.take_if("NOT"):
            turned += 1
        self.operators += turned
        node = self._comparison()
        if not turned:
            return node
        return Not(self.condition(node)) if turned % 2 else self.condition(node)

    def _comparison(self) -> Condition | Operand:
        left = self._group() if self.here.word == "(" else self.simple_operand()
        if not isinstance(left, Path | Placeholder | Call):
            return left
        token = self.take_if(*COMPARATORS, "BETWEEN", "IN")
        if token is None:
            return left
        self.operators += 1
        if token.word == "BETWEEN":
            return self._between(left)
        if token.word == "IN":
            return self._in(left)
        right = self.operand()
        self.check_nested((left, right))
        return Comparison(token.text, left, right)

    def _group(self) -> Condition | Operand:
        """Read parentheses around a condition or an operand: which, their content tells."""
        self.expect("(")
        self.descend()
        doubled = self.here.word == "("
        inner = self.disjunction()
        if doubled and self._just_closed(inner):
            self.note(Rank.PARENTHESES, "The expression has redundant parentheses;")
        self.expect(")")
        self.depth -= 1
        self._last_group = inner
        return inner

    _last_group: Condition | Operand | None = None

    def _just_closed(self, inner: Condition | Operand) -> bool:
        """Say whether `inner` is nothing but what the innermost parentheses held."""
        return inner is self._last_group

    def _between(self, operand: Operand) -> Between:
        low = self.operand()
        self.expect("AND")
        high = self.operand()
        self.check_nested((operand, low, high))
        return Between(operand, low, high)

    def _in(self, operand: Operand) -> In:
        self.expect("(")
        choices = [self.operand()]
        while self.take_if(","):
            choices.append(self.operand())
        self.expect(")")
        self.check_nested((operand, *choices))
        return In(operand, tuple(choices))


class _UpdateParser(Parser):
    functions = UPDATE_FUNCTIONS
    keywords = frozenset(SECTIONS)
    reserved_rank = Rank.RESERVED_FIRST

    def check_nested(self, operands: tuple[Operand, ...]) -> None:
        for operand in operands:
            if isinstance(operand, Call) and operand.function == "list_append":
                self.misused(operand.function)

    def sections(self) -> tuple[Action, ...]:
        actions: list[Action] = []
        seen: set[str] = set()
        while self.here.kind is not Kind.END:
            token = self.take_if(*SECTIONS)
            if token is None:
                self.fail()
            if token.word in seen:
                self.note(
                    Rank.SECTION,
                    f'The "{token.word}" section can only be used once in an update expression;',
                )
            seen.add(token.word)
            actions.append(self._action(token.word))
            while self.take_if(","):
                actions.append(self._action(token.word))
        return tuple(actions)

    def compound(self) -> Operand:
        """Read a sum, a difference or one operand."""
        left = self.operand()
        token = self.take_if("+", "-")
        if token is None:
            return left
        self.operators += 1
        return Arithmetic(token.text, left, self.operand())

    def _action(self, section: str) -> Action:
        self.operators += 1
        path = self.path()
        match section:
            case "SET":
                self.expect("=")
                return Action(section, path, self.compound())
            case "REMOVE":
                return Action(section, path)
            case _:
                if self.here.kind is not Kind.VALUE:
                    self.fail()
                return Action(section, path, Placeholder(self.take().text))
