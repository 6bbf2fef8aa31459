"""More data than people make: written straight into a service's database, as its superuser.

Copies keep every constraint, because each id of a copy is derived from the
original's: rows that belong together do so in every copy.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from portal_chassis.embedded.postgres import EmbeddedPostgres
from tests.kit.portal.portals import Portal

Database = psycopg.Connection[tuple[Any, ...]]
STATISTICS_SECONDS = 11.0
"""How late the statistics of an idle connection may be: PGSTAT_IDLE_INTERVAL is ten seconds."""

_APART = "interval '9600 hours'"
"""How far back each further copy of a history lies: longer than the history."""


def database_of(portal: Portal, service: str) -> Database:
    """A connection to a service's database; each statement is committed by itself."""
    connection: Any = EmbeddedPostgres(portal.folder / "postgres").connect(service)
    # An hour is an hour then, whatever the machine's zone does in between.
    connection.execute("SET timezone = 'UTC'")
    return connection  # type: ignore[no-any-return]


def wal_syncs(database: Database) -> int:
    """How often a connection has waited for the log to be on the disk, in all databases.

    The server's own writer is not counted: nobody waits for it. What other
    connections did shows after `STATISTICS_SECONDS`.
    """
    threading.Event().wait(STATISTICS_SECONDS)
    row = database.execute(
        "SELECT sum(fsyncs) FROM pg_stat_io"
        " WHERE object = 'wal' AND backend_type = 'client backend'"
    ).fetchone()
    return int(row[0]) if row else 0


def deadlocks(database: Database) -> int:
    """How many there were in this database; see `wal_syncs`."""
    threading.Event().wait(STATISTICS_SECONDS)
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    row = database.execute(query).fetchone()
    return row[0] if row else 0


def multiply_history(
    portal: Portal, copies: int, client_id: str, *, of_client: bool
) -> dict[str, int]:
    """Let what is past have happened `copies` times more, earlier and earlier.

    Args:
        portal: whose.
        copies: how many times.
        client_id: one of its clients.
        of_client: multiply this client's past; else everybody else's.

    Returns:
        How many rows each table has then.
    """
    past = (
        "SELECT id FROM appointment"
        " WHERE booked_time_id IN (SELECT id FROM booked_time WHERE ends_at < now())"
        " AND (client_id = %s) = %s"
    )
    with closing(database_of(portal, "scheduling")) as scheduling:
        seats = [row[0] for row in scheduling.execute(past, [client_id, of_client])]
        own = [("session_id", seats), ("id", seats)]
        # What refers to it comes first: the originals are looked for among the rows there are.
        counts = {
            table: _multiply(scheduling, table, key, ids, derived, copies)
            for table, (key, ids), derived in (
                ("booked_time", ("id", _booked_times(scheduling, seats)), ("id",)),
                ("appointment", own[1], ("id", "booked_time_id")),
                ("session", own[1], ("id", "appointment_id")),
                ("session_summary", own[0], ("id", "session_id")),
                ("session_note", own[0], ("session_id",)),
            )
        }
        scheduling.execute("VACUUM ANALYZE")
    with closing(database_of(portal, "forms")) as forms:
        query = (
            "SELECT id FROM form_request WHERE state IN ('submitted', 'reviewed')"
            " AND (client_id = %s) = %s"
        )
        filled = [row[0] for row in forms.execute(query, [client_id, of_client])]
        counts["form_request"] = _multiply(forms, "form_request", "id", filled, ("id",), copies)
        counts["response"] = _multiply(
            forms, "response", "request_id", filled, ("id", "request_id"), copies
        )
        forms.execute("VACUUM ANALYZE")
    return counts


def fill_month(
    portal: Portal, service_id: uuid.UUID, first: datetime, *, days: int, count: int
) -> None:
    """Book `count` short times of a service in the `days` from `first` on, for as many clients."""
    per_day = -(-count // days)
    starts = [
        first + timedelta(days=day, minutes=90 * number)
        for number in range(per_day)
        for day in range(days)
    ][:count]
    with closing(database_of(portal, "scheduling")) as scheduling:
        scheduling.execute("CREATE TEMPORARY TABLE added (id uuid, at timestamptz)")
        with scheduling.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO added VALUES (gen_random_uuid(), %s)", [(start,) for start in starts]
            )
        scheduling.execute(
            "INSERT INTO booked_time (id, practice_id, practitioner_id, service_id, title,"
            " starts_at, ends_at, timezone, starts_wall, blocked, status, created_at, updated_at)"
            " SELECT added.id, practice_id, practitioner_id, service.id, title, at,"
            " at + interval '20 min', 'Europe/Berlin', at AT TIME ZONE 'Europe/Berlin',"
            " tstzrange(at, at + interval '20 min', '[)'), 'confirmed', now(), now()"
            " FROM added CROSS JOIN bookable_service AS service WHERE service.id = %s"
            " ON CONFLICT DO NOTHING",
            [service_id],
        )
        scheduling.execute(
            "INSERT INTO appointment (id, practice_id, client_id, booked_time_id, status,"
            " booked_at, created_at, updated_at)"
            " SELECT gen_random_uuid(), practice_id, gen_random_uuid(), id, 'confirmed',"
            " now(), now(), now() FROM booked_time WHERE id IN (SELECT id FROM added)"
        )
        scheduling.execute("VACUUM ANALYZE")


def add_others(portal: Portal, *, practitioners: int, each: int) -> int:
    """Give practitioners of other practices `each` appointments, an hour apart; how many."""
    with closing(database_of(portal, "scheduling")) as scheduling:
        scheduling.execute(
            "CREATE TEMPORARY TABLE others AS SELECT gen_random_uuid() AS service_id,"
            " gen_random_uuid() AS practice_id, gen_random_uuid() AS practitioner_id"
            " FROM generate_series(1, %s)",
            [practitioners],
        )
        own = ("id", "practice_id", "practitioner_id")
        names = [name for name, _ in columns_of(scheduling, "bookable_service")]
        kept = [name for name in names if name not in own]
        scheduling.execute(
            sql.SQL(
                "INSERT INTO bookable_service (id, practice_id, practitioner_id, {kept})"
                " SELECT others.service_id, others.practice_id, others.practitioner_id, {kept}"
                " FROM others CROSS JOIN (SELECT * FROM bookable_service LIMIT 1) AS one"
            ).format(kept=sql.SQL(", ").join(map(sql.Identifier, kept)))
        )
        added = scheduling.execute(
            "INSERT INTO booked_time (id, practice_id, practitioner_id, service_id, title,"
            " starts_at, ends_at, timezone, starts_wall, blocked, status, created_at, updated_at)"
            " SELECT gen_random_uuid(), practice_id, practitioner_id, service_id, '', at,"
            " at + interval '50 min', 'UTC', at AT TIME ZONE 'UTC',"
            " tstzrange(at, at + interval '50 min', '[)'), 'confirmed', now(), now()"
            " FROM others CROSS JOIN (SELECT date_trunc('hour', now()) + (%s / 2 - number)"
            " * interval '1 hour' AS at FROM generate_series(1, %s) AS number) AS hours",
            [each, each],
        ).rowcount
        scheduling.execute(
            "INSERT INTO appointment (id, practice_id, client_id, booked_time_id, status,"
            " booked_at, created_at, updated_at)"
            " SELECT gen_random_uuid(), practice_id, gen_random_uuid(), id, 'confirmed',"
            " now(), now(), now() FROM booked_time JOIN others USING (practice_id)"
        )
        scheduling.execute("VACUUM ANALYZE")
    return added


def _booked_times(scheduling: Database, seats: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    query = "SELECT DISTINCT booked_time_id FROM appointment WHERE id = ANY(%s)"
    return [row[0] for row in scheduling.execute(query, [list(seats)])]


def _multiply(
    database: Database,
    table: str,
    key: str,
    ids: Sequence[uuid.UUID],
    derived: Collection[str],
    copies: int,
) -> int:
    """Copy the rows whose `key` is among `ids`; how many rows the table has then."""
    columns = columns_of(database, table)
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    values = sql.SQL(", ").join(
        sql.SQL(_copied(name, kind, derived=name in derived)) for name, kind in columns
    )
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values}"
        " FROM {table} CROSS JOIN generate_series(1, {copies}) AS copy WHERE {key} = ANY(%s)"
    ).format(
        table=sql.Identifier(table),
        names=names,
        values=values,
        copies=sql.Literal(copies),
        key=sql.Identifier(key),
    )
    database.execute(statement, [list(ids)])
    row = database.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    ).fetchone()
    return row[0] if row else 0


def columns_of(database: Database, table: str) -> list[tuple[str, str]]:
    """The names and types of a table's columns."""
    query = (
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position"
    )
    return [(row[0], row[1]) for row in database.execute(query, [table])]


def _copied(name: str, kind: str, *, derived: bool) -> str:
    """A column's value in a copy: ids are derived, instants and dates lie further back."""
    if derived:
        return f"md5({name}::text || copy::text)::uuid"
    if kind == "tstzrange":
        back = f"copy * {_APART}"
        return f"tstzrange(lower({name}) - {back}, upper({name}) - {back}, '[)')"
    if kind.startswith("timestamp"):
        return f"{name} - copy * {_APART}"
    return f"({name} - copy * {_APART})::date" if kind == "date" else name
