"""A practice with ten thousand clients, written straight into the services' databases.

Each copy is the demo practice's clients once more, with all that they have, at the same
times, as if one more practitioner had them: ids are derived from the originals', so that
rows which belong together do so in every copy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import LiteralString

from psycopg import sql

from bench.bulk import Database, columns_of, database_of
from tests.kit.portal.portals import Portal


@dataclass(frozen=True)
class _Copied:
    """How the rows of a table are copied.

    Attributes:
        service: whose database it is in.
        table: its name.
        derived: the columns that hold ids of rows which are copied too.
        instead: what other columns hold in a copy.
        unless: of which rows there are no copies.
    """

    service: str
    table: str
    derived: Collection[str]
    instead: Mapping[str, str] = field(default_factory=dict)
    unless: LiteralString = "false"


_NO_SERIES = dict.fromkeys(("series_id", "series_slot", "series_starts_at"), "NULL")
_COPIED = (
    _Copied("identity_links", "client", ("id",)),
    _Copied("identity_links", "caseload", ("client_id",)),
    _Copied("identity_links", "data_key", ("client_id",)),
    _Copied("scheduling", "bookable_service", ("id", "practitioner_id")),
    _Copied("scheduling", "booked_time", ("id", "practitioner_id", "service_id")),
    # A request ends by itself and is told of: twelve hundred at once are work of another kind.
    _Copied(
        "scheduling",
        "appointment",
        ("id", "client_id", "booked_time_id"),
        _NO_SERIES,
        unless="status = 'requested'",
    ),
    _Copied("scheduling", "session", ("id", "client_id", "appointment_id", "practitioner_id")),
    _Copied("scheduling", "session_summary", ("id", "client_id", "session_id")),
    _Copied("scheduling", "session_note", ("client_id", "session_id")),
    _Copied("scheduling", "data_key", ("client_id",)),
    _Copied("forms", "form_request", ("id", "client_id")),
    _Copied("forms", "response", ("id", "client_id", "request_id")),
    _Copied("forms", "data_key", ("client_id",)),
)


def copy_clients(portal: Portal, copies: int) -> dict[str, int]:
    """Let the practice have its clients `copies` times more; how many rows each table has then."""
    counts = {}
    for service in ("identity_links", "scheduling", "forms"):
        with closing(database_of(portal, service)) as database:
            # Neither triggers nor references are asked: the originals have passed them.
            database.execute("SET session_replication_role = replica")
            for one in _COPIED:
                if one.service == service:
                    counts[one.table] = _copy(database, one, copies)
            database.execute("VACUUM ANALYZE")
    with closing(database_of(portal, "scheduling")) as database:
        # What was written is on the disk before anybody measures what else the server does.
        database.execute("CHECKPOINT")
    return counts


def _copy(database: Database, one: _Copied, copies: int) -> int:
    columns = [name for name, _ in columns_of(database, one.table)]
    values = [
        f"md5({name}::text || 'client' || copy::text)::uuid"
        if name in one.derived
        else one.instead.get(name, name)
        for name in columns
    ]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values}"
        " FROM {table} CROSS JOIN generate_series(1, %s) AS copy WHERE NOT ({unless})"
    ).format(
        table=sql.Identifier(one.table),
        names=names,
        unless=sql.SQL(one.unless),
        values=sql.SQL(", ").join(map(sql.SQL, values)),
    )
    database.execute(statement, [copies])
    count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(one.table))
    [row] = database.execute(count).fetchall()
    return int(row[0])
