"""Statements that are run again and again, compiled once and run on the driver's own cursor.

SQLAlchemy's way of running a statement costs more than most statements do (bench/PROFILE.md).
Here it puts the statement together once, says once how each column is to be read, and is
passed by from then on. The transaction, its connection and its errors stay SQLAlchemy's.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.sql import Literal
from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Delete,
    Dialect,
    Insert,
    SelectBase,
    Update,
    bindparam,
    create_engine,
)
from sqlalchemy.exc import DBAPIError

from portal_chassis.database.pooled_connections import give_up_pool, has_old_plans

MOST_STATEMENTS = 512
_PASSED = re.compile(r"%\((\w+)\)s")
_DIALECT: Dialect = create_engine("postgresql+psycopg://").dialect

_Convert = Callable[[Any], Any]
Statement = SelectBase | Insert | Update | Delete


class Rows:
    """What a statement has returned. A subset of `sqlalchemy.Result`, with the same meaning.

    Args:
        rows: named tuples.
        rowcount: how many rows were found or written.
    """

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Any | None:
        """The only row, or None.

        Raises:
            LookupError: there are several.
        """
        if len(self._rows) > 1:
            message = f"{len(self._rows)} rows where there is one at most"
            raise LookupError(message)
        return self.first()

    def scalar_one_or_none(self) -> Any | None:
        """The first column of the only row, or None.

        Raises:
            LookupError: there are several.
        """
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first column of the only row.

        Raises:
            LookupError: there is none, or there are several.
        """
        row = self.one_or_none()
        if row is None:
            message = "no row where there is one"
            raise LookupError(message)
        return row[0]

    def mappings(self) -> MappedRows:
        """The same, each row by the names of its columns."""
        return MappedRows([row._asdict() for row in self._rows], self.rowcount)


class MappedRows(Rows):
    """`Rows` as dictionaries."""


class _Prepared:
    """One statement, for one choice of the values that are written into it."""

    def __init__(self, statement: Statement, written_out: tuple[tuple[str, Any], ...]) -> None:
        asked = _parameters(statement).asked
        values: dict[str, Any] = {**dict.fromkeys(asked), **dict(written_out)}
        compiled = statement.compile(dialect=_DIALECT)
        written = compiled.construct_expanded_state(values)
        self._columns = list(statement.exported_columns)
        self._writes: dict[str, _Convert] = {**_writes(compiled.binds), **written.processors}
        constant = self._written(
            {name: value for name, value in written.parameters.items() if name not in asked}
        )
        self.sql, self._given = _written_out(written.statement, constant)
        self._reads: list[tuple[int, _Convert]] = []
        self._row: Any = None

    def run(self, tx: Connection, named: Mapping[str, Any]) -> Rows:
        driver: Any = tx.connection.driver_connection
        # Where each statement stands for itself there is nothing to begin, or to end.
        if not driver.autocommit and not tx.in_transaction():
            tx.begin()
        try:
            cursor = driver.execute(self.sql, {**self._given, **self._written(named)})
            found = cursor.fetchall() if self._columns else []
        except psycopg.Error as error:
            raise _as_sqlalchemy_says(tx, self.sql, error) from error
        if found and self._row is None:
            self._look_at(cursor.description)
        return Rows([self._row._make(self._read(row)) for row in found], cursor.rowcount)

    def _look_at(self, answered: Sequence[Any]) -> None:
        """How the driver's values become those of the columns' types, where they differ."""
        reads: list[tuple[int, _Convert]] = []
        for at, (column, told) in enumerate(zip(self._columns, answered, strict=True)):
            kind = column.type.dialect_impl(_DIALECT)
            read = kind.result_processor(_DIALECT, told.type_code)
            if read is not None:
                reads.append((at, read))
        self._reads = reads
        names = [told.name for told in answered]
        self._row = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024

    def _written(self, named: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._writes:
            return named
        writes = self._writes
        return {
            name: writes[name](value) if name in writes else value for name, value in named.items()
        }

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._reads:
            return row
        values = list(row)
        for at, read in self._reads:
            values[at] = read(values[at])
        return tuple(values)


def given(*columns: Column[Any]) -> dict[str, BindParameter[Any]]:
    """Parameters by the names of `columns`, as the values of a statement that writes them."""
    return {column.key: bindparam(column.key, type_=column.type) for column in columns}


def run(tx: Connection, statement: Statement, named: Mapping[str, Any] | None = None) -> Rows:
    """Run a statement that was put together once, and is the same object at every call.

    Args:
        tx: of `Database`, in any of its ways.
        statement: with parameters for whatever differs, also for what it writes (`given`).
        named: their values.

    Raises:
        sqlalchemy.exc.DBAPIError: as `Transaction.execute` does.
    """
    named = named or {}
    names = _parameters(statement).written_out
    chosen = tuple((name, named[name]) for name in names)
    passed = {name: value for name, value in named.items() if name not in names} if names else named
    return _prepared(statement, chosen).run(tx, passed)


class _Parameters(NamedTuple):
    """What whoever runs a statement has to give; of it, what is written into it, for its plan."""

    asked: frozenset[str]
    written_out: tuple[str, ...]


@lru_cache(maxsize=MOST_STATEMENTS)
def _parameters(statement: Statement) -> _Parameters:
    compiled = statement.compile(dialect=_DIALECT)
    asked = frozenset(name for name, bind in compiled.binds.items() if bind.required)
    literal = {bind.key for bind in compiled.literal_execute_params}
    return _Parameters(asked, tuple(sorted(asked & literal)))


@lru_cache(maxsize=MOST_STATEMENTS)
def _prepared(statement: Statement, written_out: tuple[tuple[str, Any], ...]) -> _Prepared:
    return _Prepared(statement, written_out)


def _written_out(sql: str, constant: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A statement with its constant texts and numbers in it, and what is left to be passed.

    What is passed hides from PostgreSQL that a partial index holds all that is asked for, so that
    one plan for all values looks dear, and it plans anew each time (bench/PLANS.md).
    """
    texts = {
        name: Literal(str(value) if isinstance(value, str) else value).as_string()
        for name, value in constant.items()
        if isinstance(value, str | int)
    }
    passed = {name: value for name, value in constant.items() if name not in texts}

    def text_of(found: re.Match[str]) -> str:
        return texts[found[1]].replace("%", "%%") if found[1] in texts else found[0]

    return _PASSED.sub(text_of, sql), passed


def _writes(binds: Mapping[str, BindParameter[Any]]) -> dict[str, _Convert]:
    """How values become what the driver takes, where that is not the same."""
    found = {
        name: bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        for name, bind in binds.items()
    }
    return {name: write for name, write in found.items() if write is not None}


def _as_sqlalchemy_says(tx: Connection, sql: str, error: psycopg.Error) -> BaseException:
    driver: Any = tx.connection.driver_connection
    told: Any = error
    gone = bool(driver.closed) or tx.dialect.is_disconnect(told, driver, None)
    if has_old_plans(error):
        give_up_pool(tx, error)
        gone = True
    said = DBAPIError.instance(
        sql,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=tx.dialect,
    )
    if gone:
        tx.invalidate(error)
    return said
