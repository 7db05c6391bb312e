"""The statements: SELECT, INSERT, UPDATE, DELETE, and EXISTS of a SELECT. Text in, tree out.

Source: developer guide, "PartiQL for DynamoDB". Knows no tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.aws.errors import AwsError
from triggers.dynamodb.expressions.binding import check_paths
from triggers.dynamodb.expressions.nodes import (
    Action,
    Arithmetic,
    Call,
    Condition,
    Literal,
    Operand,
    Path,
)
from triggers.dynamodb.partiql.nodes import (
    Delete,
    Exists,
    Insert,
    Order,
    Select,
    Statement,
    Update,
)
from triggers.dynamodb.partiql.reader import Reader, malformed
from triggers.dynamodb.values import check_item, kind_of

_SETS = ("SS", "NS", "BS")


def parse(text: str, parameters: Sequence[Mapping[str, Any]] = ()) -> Statement:
    """Read a statement and fill in its parameters. Raises AwsError("ValidationException")."""
    reader = _StatementReader(text, parameters)
    statement = reader.statement()
    reader.finish()
    return statement


class _StatementReader(Reader):
    def statement(self) -> Statement:
        token = self.here
        match token.word:
            case "SELECT":
                return self._select()
            case "INSERT":
                return self._insert()
            case "UPDATE":
                return self._update()
            case "DELETE":
                return self._delete()
            case "EXISTS":
                return self._exists()
            case _:
                raise self.misfit()

    def _select(self) -> Select:
        self.expect("SELECT")
        projection: list[Path] | None = None
        if self.take_if("*") is None:
            projection = [self.path()]
            while self.take_if(","):
                projection.append(self.path())
            check_paths(projection, "Select")
        self.expect("FROM")
        table = self.name()
        index = self.name() if self.take_if(".") else None
        where = self.condition() if self.take_if("WHERE") else None
        return Select(
            table, index, None if projection is None else tuple(projection), where, self._order()
        )

    def _order(self) -> tuple[Order, ...]:
        if self.take_if("ORDER") is None:
            return ()
        self.expect("BY")
        found = [self._ordered()]
        while self.take_if(","):
            found.append(self._ordered())
        return tuple(found)

    def _ordered(self) -> Order:
        name = self.name()
        token = self.take_if("ASC", "DESC")
        return Order(name, token is not None and token.word == "DESC")

    def _insert(self) -> Insert:
        self.expect("INSERT", "INTO")
        table = self.name()
        self.expect("VALUE")
        return Insert(table, check_item(self.tuple_()))

    def _update(self) -> Update:
        self.expect("UPDATE")
        table = self.name()
        actions: list[Action] = []
        while token := self.take_if("SET", "REMOVE"):
            actions.append(self._action(token.word))
            while self.take_if(","):
                actions.append(self._action(token.word))
        if not actions:
            self.fail()
        check_paths([action.path for action in actions], "UpdateExpression")
        return Update(table, tuple(actions), self._where(), self._returning())

    def _action(self, section: str) -> Action:
        path = self.path()
        if section == "REMOVE":
            return Action("REMOVE", path)
        self.expect("=")
        function = self.here.text.lower()
        if function in ("set_add", "set_delete") and self.tokens[self.at + 1].word == "(":
            return self._set_action(path, "ADD" if function == "set_add" else "DELETE")
        return Action("SET", path, self._right_side())

    def _set_action(self, path: Path, section: str) -> Action:
        """Read set_add and set_delete, which work on the attribute they are assigned to."""
        operands = self._operands()
        members = operands[-1]
        if (
            len(operands) != 2
            or operands[0] != path
            or not isinstance(members, Literal)
            or kind_of(members.value) not in _SETS
        ):
            raise malformed("set_add and set_delete need their own attribute and a set")
        return Action(section, path, members)

    def _right_side(self) -> Operand:
        function = self.here.text.lower()
        if function in ("list_append", "if_not_exists") and self.tokens[self.at + 1].word == "(":
            operands = self._operands()
            if len(operands) != 2 or (
                function == "if_not_exists" and not isinstance(operands[0], Path)
            ):
                raise malformed(f"Incorrect operands for {function}")
            return Call(function, operands)
        left = self.operand()
        _refuse_size(left)
        token = self.take_if("+", "-")
        if token is None:
            return left
        right = self.operand()
        _refuse_size(right)
        return Arithmetic(token.text, left, right)

    def _operands(self) -> tuple[Operand, ...]:
        self.take()
        self.expect("(")
        operands = [self.operand()]
        while self.take_if(","):
            operands.append(self.operand())
        self.expect(")")
        for operand in operands:
            _refuse_size(operand)
        return tuple(operands)

    def _delete(self) -> Delete:
        self.expect("DELETE", "FROM")
        table = self.name()
        where, returning = self._where(), self._returning()
        if returning not in (None, "ALL_OLD"):
            raise malformed("DELETE returns ALL OLD *")
        return Delete(table, where, returning)

    def _exists(self) -> Exists:
        self.expect("EXISTS", "(")
        select = self._select()
        self.expect(")")
        if select.where is None:
            raise _without_where()
        return Exists(select.table, select.where)

    def _where(self) -> Condition:
        if self.take_if("WHERE") is None:
            if self.here.word:
                self.fail()
            raise _without_where()
        return self.condition()

    def _returning(self) -> str | None:
        if self.take_if("RETURNING") is None:
            return None
        which = self.take_if("ALL", "MODIFIED") or self.fail()
        when = self.take_if("OLD", "NEW") or self.fail()
        self.expect("*")
        return f"{'ALL' if which.word == 'ALL' else 'UPDATED'}_{when.word}"


def _refuse_size(operand: Operand) -> None:
    if isinstance(operand, Call) and operand.function == "size":
        raise malformed("size is no value to store")


def _without_where() -> AwsError:
    return malformed("Expected WHERE clause")
