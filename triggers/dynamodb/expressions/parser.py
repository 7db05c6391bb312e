"""What all expression grammars share: the walk over tokens, paths, operands and functions.

Reads forward only, so its time is linear; nesting and the number of operators are limited. Faults
of meaning are noted while reading and raised by rank after it, as AWS does. Binds nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NoReturn

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.lexer import Kind, Token, tokens
from triggers.dynamodb.expressions.nodes import Call, Operand, Path, Placeholder
from triggers.dynamodb.expressions.reserved import RESERVED

MAX_BYTES: Final = 4096
MAX_OPERATORS: Final = 300
MAX_PLACEHOLDER: Final = 255
"""Source: developer guide, "Quotas", Expression parameters."""
MAX_DEPTH: Final = 150
"""Parentheses and functions inside each other: what 300 operators can fill.
Source: Alternator's tests of limits."""
MAX_PATH: Final = 32


CONDITION_FUNCTIONS: Final = frozenset(
    (
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
        "begins_with",
        "contains",
        "size",
    )
)
UPDATE_FUNCTIONS: Final = frozenset(("if_not_exists", "list_append"))
FUNCTIONS: Final = CONDITION_FUNCTIONS | UPDATE_FUNCTIONS


class Rank(IntEnum):
    """Faults in the order in which AWS reports them. Source: dynalite's recordings."""

    PARENTHESES = 1
    RESERVED_FIRST = 2
    UNKNOWN_FUNCTION = 3
    MISUSED_FUNCTION = 4
    RESERVED = 5
    SECTION = 6


class Parser:
    """A reader of one expression; `title` is its name in messages ("FilterExpression")."""

    functions: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    reserved_rank = Rank.RESERVED

    def __init__(self, text: str, title: str) -> None:
        self.text = text
        self.title = title
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        self.operators = 0
        self.faults: dict[Rank, str] = {}

    @property
    def here(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """Read one token."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def take_if(self, *words: str) -> Token | None:
        """Read the next token when it is one of these symbols or keywords."""
        return self.take() if self.here.word in words else None

    def expect(self, word: str) -> None:
        """Read this symbol or keyword, or fail."""
        if self.take_if(word) is None:
            self.fail()

    def fail(self) -> NoReturn:
        """Refuse the expression at the token that does not fit."""
        token = self.here
        before = self.tokens[self.at - 1].start if self.at else token.start
        after = self.tokens[min(self.at + 1, len(self.tokens) - 1)].end
        shown = "<EOF>" if token.kind is Kind.END else token.text
        raise self.invalid(f'Syntax error; token: "{shown}", near: "{self.text[before:after]}"')

    def invalid(self, message: str) -> AwsError:
        """Make the refusal of this expression."""
        return invalid(self.title, message)

    def note(self, rank: Rank, message: str) -> None:
        """Remember a fault; the first of its rank counts."""
        self.faults.setdefault(rank, message)

    def finish(self) -> None:
        """Refuse what is left over, then the fault that comes first."""
        if self.here.kind is not Kind.END:
            self.fail()
        if self.faults:
            raise self.invalid(self.faults[min(self.faults)])
        if self.operators > MAX_OPERATORS:
            raise self.invalid(
                f"The expression contains too many operators; operator count: {self.operators}"
            )

    def descend(self) -> None:
        """Enter parentheses or a function."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.invalid("The expression is nested too deeply")

    def path(self) -> Path:
        """Read a document path."""
        parts: list[str | int] = [self._name()]
        while token := self.take_if(".", "["):
            parts.append(self._name() if token.text == "." else self._index())
        if len(parts) > MAX_PATH:
            raise self.invalid(
                f"The document path has too many nesting elements; nesting levels: {len(parts)}"
            )
        return Path(tuple(parts))

    def operand(self) -> Operand:
        """Read a path, a `:value`, a function or one of these in parentheses."""
        if self.take_if("("):
            self.descend()
            if self.here.word == "(":
                self.note(Rank.PARENTHESES, "The expression has redundant parentheses;")
            inner = self.compound()
            self.expect(")")
            self.depth -= 1
            return inner
        return self.simple_operand()

    def compound(self) -> Operand:
        """Read what may stand in the parentheses of an operand."""
        return self.operand()

    def simple_operand(self) -> Operand:
        """Read a path, a `:value` or a function."""
        if self.here.kind is Kind.VALUE:
            return Placeholder(self.take().text)
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if self.here.kind is Kind.NAME and following.text == "(" and not self._at_keyword():
            return self.call()
        return self.path()

    def call(self) -> Call:
        """Read a function and its operands."""
        name = self.take().text
        self.expect("(")
        self.descend()
        operands = [self.operand()]
        while self.take_if(","):
            operands.append(self.operand())
        self.expect(")")
        self.depth -= 1
        if name not in FUNCTIONS:
            self.note(Rank.UNKNOWN_FUNCTION, f"Invalid function name; function: {name}")
        elif name not in self.functions:
            self.misused(name)
        self.check_nested(tuple(operands))
        return Call(name, tuple(operands))

    def misused(self, function: str) -> None:
        """Note a function in a place where it may not stand."""
        self.note(
            Rank.MISUSED_FUNCTION,
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}",
        )

    def check_nested(self, operands: tuple[Operand, ...]) -> None:
        """Note a function that may not be an operand here."""

    def _at_keyword(self) -> bool:
        return self.here.word in self.keywords

    def _name(self) -> str:
        token = self.here
        if token.kind not in (Kind.NAME, Kind.ALIAS) or self._at_keyword():
            self.fail()
        self.take()
        if token.kind is Kind.NAME and token.word in RESERVED:
            self.note(
                self.reserved_rank,
                f"Attribute name is a reserved keyword; reserved keyword: {token.text}",
            )
        return token.text

    def _index(self) -> int:
        if self.here.kind is not Kind.INDEX:
            self.fail()
        digits = self.take().text
        self.expect("]")
        if len(digits) > 9:
            raise self.invalid(f"List index is not within the allowable range; index: [{digits}]")
        return int(digits)


def invalid(title: str, message: str) -> AwsError:
    """Make the refusal of the expression called `title`."""
    return AwsError("ValidationException", f"Invalid {title}: {message}")


def check_size(text: str, title: str) -> None:
    """Refuse an empty expression and one of over 4,096 bytes."""
    if not text.strip(" \t\r\n"):
        raise invalid(title, "The expression can not be empty;")
    size = len(text.encode())
    if size > MAX_BYTES:
        raise invalid(
            title,
            f"Expression size has exceeded the maximum allowed size; expression size: {size}",
        )
