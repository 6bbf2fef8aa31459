"""The statements of frequent calls: noted down as they run, and how PostgreSQL runs each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import psycopg
from psycopg import sql

from portal_chassis.database.transactions import Database

SETTLED = 8
"""After five executions PostgreSQL decides whether one plan will do for all."""

_PASSED = re.compile(r"%\((\w+)\)s(?:::(\w+(?: WITH TIME ZONE)?(?:\[\])?))?")


@dataclass(frozen=True)
class Statement:
    """One statement as it was run.

    Attributes:
        name: of the call, and its place in it.
        text: with places for the values.
        values: what was passed.
    """

    name: str
    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """How a statement ran that had been run often before.

    Attributes:
        blocks: pages of 8 kB that it looked at.
        returned: rows.
        thrown_away: rows that it read and that nobody asked for.
        planned_anew: it is planned at each execution.
        planning: milliseconds of that.
        running: milliseconds.
    """

    blocks: int
    returned: int
    thrown_away: int
    planned_anew: bool
    planning: float
    running: float


def statements_of(name: str, database: Database, act: Callable[[Any], object]) -> list[Statement]:
    """What `act` runs of prepared statements, each once."""
    noted: dict[str, Mapping[str, Any]] = {}
    with _noting(noted), database.autocommit() as tx:
        act(tx)
    return [
        Statement(f"{name} {number}, {_first_table(text)}", text, values)
        for number, (text, values) in enumerate(noted.items(), start=1)
    ]


@contextmanager
def _noting(noted: dict[str, Mapping[str, Any]]) -> Iterator[None]:
    run = psycopg.Connection.execute

    def note(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(params, dict):
            noted.setdefault(str(query), params)
        return run(self, query, params, **options)

    with mock.patch.object(psycopg.Connection, "execute", note):
        yield


def plan_of(connection: psycopg.Connection[Any], statement: Statement) -> Plan:
    """Run a statement until its plan has settled, and look at it."""
    kinds: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        is_bool = isinstance(statement.values[found[1]], bool)
        kinds.setdefault(found[1], found[2] or ("boolean" if is_bool else "unknown"))
        return f"${list(kinds).index(found[1]) + 1}" + (f"::{found[2]}" if found[2] else "")

    text = _PASSED.sub(place, statement.text).replace("%%", "%")
    connection.prepare_threshold = None
    connection.execute("DEALLOCATE ALL")
    connection.execute(f"PREPARE looked_at ({', '.join(kinds.values())}) AS {text}")
    values = sql.SQL(", ").join(sql.Literal(statement.values[name]) for name in kinds)
    call = sql.SQL("EXECUTE looked_at({})" if kinds else "EXECUTE looked_at").format(values)
    for _ in range(SETTLED):
        connection.execute(call)
    before = _planned(connection)
    explain = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + call
    plans = [_first(connection, explain)[0] for _ in range(3)]
    told = min(plans, key=lambda one: one["Execution Time"])
    root = told["Plan"]
    return Plan(
        blocks=root["Shared Hit Blocks"] + root["Shared Read Blocks"],
        returned=int(root["Actual Rows"]),
        thrown_away=round(_thrown_away(root)),
        planned_anew=_planned(connection) > before,
        planning=told["Planning Time"],
        running=told["Execution Time"],
    )


def _planned(connection: psycopg.Connection[Any]) -> int:
    query = "SELECT custom_plans FROM pg_prepared_statements WHERE name = 'looked_at'"
    return int(_first(connection, sql.SQL(query)))


def _first(connection: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _thrown_away(node: Mapping[str, Any]) -> float:
    """Rows that a node and those below it have read for nothing."""
    removed = sum(
        count for name, count in node.items() if name.startswith("Rows Removed by")
    ) * node.get("Actual Loops", 1)
    return float(removed) + sum(_thrown_away(one) for one in node.get("Plans", ()))


def _first_table(text: str) -> str:
    found = re.search(r"\bFROM (\w+)", text)
    return found[1] if found else "nothing"
