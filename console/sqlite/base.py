"""Django's SQLite backend with a gate before every write transaction.

SQLite lets waiting writers retry at random moments, so an unlucky one can wait for seconds behind
seven lucky ones. Here a transaction first queues on a file lock, which the kernel hands on in turn
to threads and processes alike. Statements outside a transaction do not queue.

The wait for the disk comes after the gate (`durability`), so that transactions that were committed
meanwhile share it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from django.db.backends.sqlite3 import base

from console.sqlite.durability import Log, committed

_execute = sqlite3.Cursor.execute
_executemany = sqlite3.Cursor.executemany


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that does what Django's two wrappers around SQLite's do, in one step.

    It rewrites a statement's placeholders once, not on every execution. A statement that writes
    outside a transaction is on the disk afterwards.
    """

    db: DatabaseWrapper

    def __enter__(self) -> Cursor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement with Django's placeholders."""
        self.db.check_statement()
        with self.db.wrap_database_errors:
            if params is None:
                _execute(self, query)
            else:
                _execute(self, self.convert_query(query, param_names=_names(params)), params)
        self.db.written()
        return self

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run a statement for each sequence of parameters."""
        self.db.check_statement()
        with self.db.wrap_database_errors:
            _executemany(self, _converted(query), param_list)
        self.db.written()
        return self

    def fetchone(self) -> Any:
        """Give the next row, or None."""
        with self.db.wrap_database_errors:
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        with self.db.wrap_database_errors:
            return super().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        with self.db.wrap_database_errors:
            return super().fetchall()

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Turn Django's placeholders into SQLite's."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _converted(query)


def _names(params: Any) -> list[str] | None:
    return list(params) if type(params) is not list and isinstance(params, Mapping) else None


@lru_cache(maxsize=512)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection and its place at the gate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate: int | None = None
        self._inside = False
        self._log: Log | None = None
        self._changes = 0

    def create_cursor(self, name: Any = None) -> Cursor:  # noqa: ARG002 (Django's signature)
        """Open a cursor of ours."""
        cursor = cast(Cursor, self.connection.cursor(factory=Cursor))
        cursor.db = self
        return cursor

    def make_cursor(self, cursor: Any) -> Any:
        """Leave out Django's wrapper, except where somebody wants to see every statement."""
        return super().make_cursor(cursor) if self.execute_wrappers else cursor

    def _cursor(self, name: Any = None) -> Any:
        """Open a cursor without the checks for connections that a network may have lost."""
        if self.connection is None or self.queries_logged:
            return super()._cursor(name)  # type: ignore[misc]
        self.validate_thread_sharing()
        return self.make_cursor(self.create_cursor(name))

    def _savepoint(self, _sid: str) -> None:
        """Begin a savepoint. All have one name: SQLite ends the innermost, as `atomic` does."""
        self._run("SAVEPOINT inner")

    def _savepoint_commit(self, _sid: str) -> None:
        self._run("RELEASE inner")

    def _savepoint_rollback(self, _sid: str) -> None:
        self._run("ROLLBACK TO inner")

    def check_statement(self) -> None:
        """Refuse statements in a transaction that is to be rolled back, as Django's wrapper does."""
        if self.needs_rollback:
            self.validate_no_broken_transaction()

    def written(self) -> None:
        """Wait for the disk when something was committed since this was asked last."""
        if self.connection.in_transaction or self.connection.total_changes == self._changes:
            return
        self._changes = self.connection.total_changes
        if not self.is_in_memory_db():
            committed(self._opened_log())

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            self._run("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()
        self.written()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._leave()
        if self.connection is not None:  # SQLite counts what was taken back, too
            self._changes = self.connection.total_changes

    def _close(self) -> None:
        self._changes = 0
        super()._close()  # type: ignore[misc]
        self._leave()
        self._log = None
        if self._gate is not None:
            os.close(self._gate)
            self._gate = None

    def _enter(self) -> None:
        if self.is_in_memory_db() or self._inside:
            return
        if self._gate is None:
            path = f"{self.settings_dict['NAME']}.gate"
            self._gate = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        self._inside = True

    def _leave(self) -> None:
        if self._inside and self._gate is not None:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
            self._inside = False

    def _run(self, statement: str) -> None:
        with self.wrap_database_errors:
            self.connection.execute(statement)

    def _opened_log(self) -> Log:
        if self._log is None:
            self._log = Log(Path(f"{self.settings_dict['NAME']}-wal"))
        return self._log
