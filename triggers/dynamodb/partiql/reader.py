"""Reads the parts that statements have in common: names, paths, literals, operands, conditions.

Reads forward only, so its time is linear; nesting is limited. Parameters are filled in on the way.
Which statements there are lies in `parser`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from console.aws.errors import AwsError
from triggers.dynamodb import values
from triggers.dynamodb.expressions.nodes import (
    All,
    Between,
    Call,
    Comparison,
    Condition,
    In,
    Literal,
    Not,
    Operand,
    Path,
    Some,
)
from triggers.dynamodb.partiql.lexer import Kind, Token, tokens
from triggers.dynamodb.values import Value, kind_of

MAX_DEPTH: Final = 100
"""Ours: parentheses, lists and maps inside each other. AWS's number is not published."""
MAX_INDEX_DIGITS: Final = 9
_COMPARATORS: Final = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TESTS: Final = {"begins_with": 2, "contains": 2, "attribute_type": 2}
_SETS: Final = {"S": "SS", "N": "NS", "B": "BS"}


class Reader:
    """A reader of one statement with its parameters (attribute values, in their order)."""

    def __init__(self, text: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        self.parameters = [values.check(parameter) for parameter in parameters]
        self.used = 0

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
        """Read the next token when it is one of these keywords or symbols."""
        return self.take() if self.here.word in words else None

    def expect(self, *words: str) -> None:
        """Read these keywords or symbols one after the other, or fail."""
        for word in words:
            if self.take_if(word) is None:
                self.fail()

    def fail(self) -> NoReturn:
        """Refuse the statement at the token that does not fit."""
        raise self.misfit()

    def misfit(self) -> AwsError:
        """Make the refusal of the token to be read next."""
        token = self.here
        what = "end of statement" if token.kind is Kind.END else f"token {token.text!r}"
        return malformed(f"Unexpected {what} at 1:{token.start}")

    def finish(self) -> None:
        """Refuse what is left over, and parameters that nobody asked for."""
        if self.here.kind is not Kind.END:
            self.fail()
        if self.used != len(self.parameters):
            raise _wrong_count()

    def name(self) -> str:
        """Read a name, quoted or not."""
        if self.here.kind not in (Kind.WORD, Kind.QUOTED):
            self.fail()
        return self.take().text

    def path(self) -> Path:
        """Read a document path."""
        parts: list[str | int] = [self.name()]
        while token := self.take_if(".", "["):
            if token.text == ".":
                parts.append(self.name())
                continue
            if not (self.here.kind is Kind.NUMBER and self.here.text.isdigit()):
                self.fail()
            digits = self.take().text
            if len(digits) > MAX_INDEX_DIGITS:
                raise malformed(f"List index is not within the allowable range; index: [{digits}]")
            parts.append(int(digits))
            self.expect("]")
        return Path(tuple(parts))

    def value(self) -> Value:
        """Read a literal or a parameter."""
        token = self.here
        match token.kind:
            case Kind.STRING:
                return {"S": self.take().text}
            case Kind.NUMBER:
                return self._number("")
            case Kind.WORD if token.word in ("TRUE", "FALSE"):
                return {"BOOL": self.take().word == "TRUE"}
            case Kind.WORD if token.word == "NULL":
                self.take()
                return {"NULL": True}
            case Kind.SYMBOL:
                return self._symbolic()
            case _:
                raise self.misfit()

    def operand(self) -> Operand:
        """Read a path, size(path), a literal or a parameter."""
        token = self.here
        if token.kind is Kind.QUOTED or (
            token.kind is Kind.WORD and token.word not in ("TRUE", "FALSE", "NULL")
        ):
            if token.text.lower() == "size" and self.tokens[self.at + 1].word == "(":
                self.take()
                self.expect("(")
                path = self.path()
                self.expect(")")
                return Call("size", (path,))
            return self.path()
        return Literal(values.check(self.value()))

    def condition(self) -> Condition:
        """Read ORs of ANDs."""
        either = [self._conjunction()]
        while self.take_if("OR"):
            either.append(self._conjunction())
        return either[0] if len(either) == 1 else Some(tuple(either))

    def _conjunction(self) -> Condition:
        both = [self._negation()]
        while self.take_if("AND"):
            both.append(self._negation())
        return both[0] if len(both) == 1 else All(tuple(both))

    def _negation(self) -> Condition:
        turned = False
        while self.take_if("NOT"):
            turned = not turned
        node = self._test()
        return Not(node) if turned else node

    def _test(self) -> Condition:
        if self.take_if("("):
            self.descend()
            inner = self.condition()
            self.expect(")")
            self.depth -= 1
            return inner
        function = self.here.text.lower()
        if function in _TESTS and self.tokens[self.at + 1].word == "(":
            return self._call(function)
        left = self.operand()
        token = self.take()
        if token.word in _COMPARATORS:
            return Comparison(_COMPARATORS[token.word], left, self.operand())
        match token.word:
            case "BETWEEN":
                low = self.operand()
                self.expect("AND")
                return Between(left, low, self.operand())
            case "IN":
                return In(left, self._choices())
            case "IS":
                return self._is(left)
            case _:
                self.at -= token.kind is not Kind.END
                raise self.misfit()

    def _call(self, function: str) -> Condition:
        self.take()
        self.expect("(")
        operands = [self.operand()]
        while self.take_if(","):
            operands.append(self.operand())
        self.expect(")")
        if len(operands) != _TESTS[function]:
            raise malformed(f"Incorrect number of operands for {function}: {len(operands)}")
        if function == "attribute_type" and not (
            isinstance(operands[1], Literal) and "S" in operands[1].value
        ):
            raise malformed("attribute_type needs the name of a type")
        return Call(function, tuple(operands))

    def _choices(self) -> tuple[Operand, ...]:
        end = {"(": ")", "[": "]"}.get(self.here.word)
        if end is None:
            self.fail()
        self.take()
        choices = [self.operand()]
        while self.take_if(","):
            choices.append(self.operand())
        self.expect(end)
        return tuple(choices)

    def _is(self, left: Operand) -> Condition:
        turned = self.take_if("NOT") is not None
        node: Condition
        if self.take_if("MISSING"):
            node = Call("attribute_not_exists", (left,))
        else:
            self.expect("NULL")
            node = Call("attribute_type", (left, Literal({"S": "NULL"})))
        if not isinstance(left, Path):
            raise malformed("IS needs a path")
        return Not(node) if turned else node

    def _symbolic(self) -> Value:
        token = self.here
        match token.text:
            case "?":
                self.take()
                return self._parameter()
            case "-":
                self.take()
                return self._number("-")
            case "[":
                return {"L": self._members("[", "]")}
            case "<<":
                return self._set()
            case "{":
                return {"M": self.tuple_()}
            case _:
                raise self.misfit()

    def tuple_(self) -> dict[str, Value]:
        """Read `{'name': value, …}`."""
        self.expect("{")
        self.descend()
        found: dict[str, Value] = {}
        while self.here.word != "}":
            if self.here.kind not in (Kind.STRING, Kind.QUOTED):
                self.fail()
            name = self.take().text
            self.expect(":")
            found[name] = self.value()
            if self.take_if(",") is None:
                break
        self.expect("}")
        self.depth -= 1
        return found

    def descend(self) -> None:
        """Enter parentheses, a list or a map."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise malformed("The statement is nested too deeply")

    def _members(self, begin: str, end: str) -> list[Value]:
        self.expect(begin)
        self.descend()
        found: list[Value] = []
        while self.here.word != end:
            found.append(self.value())
            if self.take_if(",") is None:
                break
        self.expect(end)
        self.depth -= 1
        return found

    def _set(self) -> Value:
        members = self._members("<<", ">>")
        kinds = {kind_of(member) for member in members}
        kind = _SETS.get(kinds.pop()) if len(kinds) == 1 else None
        if kind is None:
            raise malformed("A set holds strings, numbers or binary values of one type")
        return values.check({kind: [next(iter(member.values())) for member in members]})

    def _parameter(self) -> Value:
        if self.used >= len(self.parameters):
            raise _wrong_count()
        self.used += 1
        return self.parameters[self.used - 1]

    def _number(self, sign: str) -> Value:
        if self.here.kind is not Kind.NUMBER:
            self.fail()
        return values.check({"N": sign + self.take().text})


def malformed(why: str) -> AwsError:
    """Make the refusal of a statement."""
    return AwsError(
        "ValidationException", f"Statement wasn't well formed, can't be processed: {why}"
    )


def _wrong_count() -> AwsError:
    return AwsError(
        "ValidationException", "Number of parameters in request and statement don't match."
    )
