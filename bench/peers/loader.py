"""Copies the portal's rows into the monolith's one database.

Every client, appointment, session, summary and form of the portal is there, under its
own id. Names and mail addresses lie open in both. The portal seals summaries: the monolith
has them as plain text, which is cheaper for it. Notes and answers, which no measured page
reads, stay the sealed bytes that they are, so that their rows are as long.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from bench.bulk import Database, database_of
from gateway.web.tokens import sha256
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.scheduling.rpc.sessions import OPEN_SUMMARY_VERSION, OpenSummaryVersion
from tests.kit.portal.portals import Portal

Change = Callable[[Any], Any]
_HOURS = ("weekly", "overrides", "time_off", "holidays")


@dataclass(frozen=True)
class Copy:
    """How one table of the monolith is filled.

    Attributes:
        table: the monolith's.
        service: whose database has the rows.
        columns: the monolith's columns, and what to select for each.
        rest: of the query, from its FROM on.
        changed: what is done to a column's values.
    """

    table: str
    service: str
    columns: dict[str, str]
    rest: str
    changed: dict[str, Change] = field(default_factory=dict)


def _of(table: str, *names: str) -> dict[str, str]:
    return {name: f"{table}.{name}" for name in names}


_SESSIONS = (
    "SELECT id, client_id, appointment_id, title, started_at, status FROM session UNION ALL"
    " SELECT seat.id, client_id, seat.id, title, seat.starts_at, 'attended'"
    " FROM appointment AS seat JOIN booked_time ON booked_time.id = booked_time_id"
    " WHERE seat.ends_at <= now() AND (seat.status = 'confirmed' OR cancelled_late)"
    " AND NOT EXISTS (SELECT FROM session WHERE session.id = seat.id)"
)
"""An appointment becomes a session by its end: the portal writes no row for that, others do."""

COPIES = (
    Copy(
        "practice",
        "identity_links",
        _of("practice", "id", "name", "contact_email", "contact_phone", "timezone", "accent"),
        "FROM practice",
    ),
    Copy(
        "practitioner",
        "identity_links",
        _of("practitioner", "id", "practice_id", "name", "email"),
        "FROM practitioner",
    ),
    Copy(
        "client",
        "identity_links",
        {
            **_of("client", "id", "practice_id", "name"),
            "email": "coalesce(client.email, '')",
            "timezone": "coalesce(client.timezone, practice.timezone)",
            "language": "coalesce(client.language, practice.language)",
        },
        "FROM client JOIN practice ON practice.id = client.practice_id",
    ),
    Copy(
        "portal_link",
        "identity_links",
        {
            "id": "gen_random_uuid()",
            **_of("link_token", "token_hash"),
            **_of("portal_link", "client_id", "created_at", "expires_at"),
        },
        "FROM link_token JOIN portal_link ON portal_link.id = link_id WHERE client_id IS NOT NULL",
    ),
    Copy(
        "availability",
        "scheduling",
        _of("availability", "practitioner_id", "timezone", *_HOURS),
        "FROM availability",
        dict.fromkeys(_HOURS, Jsonb),
    ),
    Copy(
        "service",
        "scheduling",
        {
            **_of("service", "id", "practice_id", "practitioner_id", "title", "description"),
            **_of("service", "minutes", "buffer_before_minutes", "buffer_after_minutes", "place"),
            **_of("service", "increment_minutes", "min_notice_minutes", "max_horizon_days"),
            **_of("service", "self_scheduling", "archived"),
            "price": "coalesce(price, '')",
            "cancel_notice_minutes": "coalesce(cancel_notice_minutes, 0)",
            "move_notice_minutes": "coalesce(move_notice_minutes, 0)",
        },
        "FROM bookable_service AS service",
    ),
    Copy(
        "appointment",
        "scheduling",
        {
            **_of("seat", "id", "client_id", "status", "expires_at", "ics_sequence", "created_at"),
            **_of("booked", "practitioner_id", "service_id", "title", "place", "blocked"),
            **_of("booked", "starts_at", "ends_at"),
            "note": "''",
        },
        "FROM appointment AS seat JOIN booked_time AS booked ON booked.id = booked_time_id",
    ),
    Copy(
        "busy_time",
        "scheduling",
        _of("busy_time", "practitioner_id", "during"),
        "FROM busy_time",
    ),
    Copy(
        "session",
        "scheduling",
        _of("session", "id", "client_id", "appointment_id", "title", "started_at", "status"),
        f"FROM ({_SESSIONS}) AS session",
    ),
    Copy(
        "session_note",
        "scheduling",
        _of("session_note", "session_id", "body"),
        "FROM session_note",
    ),
    Copy(
        "summary",
        "scheduling",
        {
            **_of("summary", "id", "client_id", "session_id", "version"),
            **_of("summary", "shared_at", "unshared_at", "read_at"),
            "body": "''",
        },
        "FROM session_summary AS summary",
    ),
    Copy(
        "form_version",
        "forms",
        _of("template_version", "id", "title", "minutes", "document"),
        "FROM template_version",
        {"document": Jsonb},
    ),
    Copy(
        "form_request",
        "forms",
        {
            **_of("form_request", "id", "client_id", "state", "sent_at", "due_on"),
            "version_id": "template_version_id",
        },
        "FROM form_request",
    ),
    Copy(
        "form_response",
        "forms",
        _of("response", "id", "request_id", "answers", "submitted_at"),
        "FROM response",
    ),
)
"""In the order in which the monolith's rows refer to each other."""


def load(portal: Portal, monolith: Database, rpc: RpcClient) -> dict[str, int]:
    """Copy all; how many rows each of the monolith's tables has then.

    Args:
        portal: with its demo data.
        monolith: its empty tables.
        rpc: calls the portal's services, for what they seal.
    """
    counts = {}
    with monolith.transaction():
        for copy in COPIES:
            with closing(database_of(portal, copy.service)) as source:
                if copy.table == "appointment":
                    _add_strangers(source, monolith)
                counts[copy.table] = _copy(copy, source, monolith)
        _open_summaries(portal, monolith, rpc)
    monolith.execute("VACUUM ANALYZE")
    return counts


def copy_bookings(portal: Portal, monolith: Database) -> int:
    """Copy the appointments that were added since; how many the portal has."""
    [copy] = [one for one in COPIES if one.table == "appointment"]
    with closing(database_of(portal, copy.service)) as source, monolith.transaction():
        _add_strangers(source, monolith)
        count = _copy(copy, source, monolith)
    monolith.execute("VACUUM ANALYZE")
    return count


def sign_in(monolith: Database, client_id: str, secret: str) -> None:
    """Let the client in on the device whose cookie holds `secret`."""
    monolith.execute(
        "INSERT INTO device (id, client_id, secret_hash, last_seen_at, ends_at)"
        " VALUES (gen_random_uuid(), %s, %s, now(), now() + interval '1 day')",
        [client_id, sha256(secret)],
    )


def _copy(copy: Copy, source: Database, monolith: Database) -> int:
    query = ", ".join(copy.columns.values())
    rows = source.execute(f"SELECT {query} {copy.rest}").fetchall()
    changes = [copy.changed.get(name) for name in copy.columns]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        sql.Identifier(copy.table),
        sql.SQL(", ").join(map(sql.Identifier, copy.columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(copy.columns)),
    )
    with monolith.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [
                    change(value) if change and value is not None else value
                    for change, value in zip(changes, row, strict=True)
                ]
                for row in rows
            ],
        )
    return len(rows)


def _add_strangers(scheduling: Database, monolith: Database) -> None:
    """Clients whom only the portal's appointments know: those that a measurement has added."""
    rows = scheduling.execute("SELECT DISTINCT client_id, practice_id FROM appointment").fetchall()
    with monolith.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO client (id, practice_id, name, email, timezone, language)"
            " VALUES (%s, %s, 'Somebody', '', 'Europe/Berlin', 'en') ON CONFLICT DO NOTHING",
            rows,
        )


def _open_summaries(portal: Portal, monolith: Database, rpc: RpcClient) -> None:
    """Ask for each summary's text as the practitioner who wrote it."""
    with closing(database_of(portal, "scheduling")) as source:
        rows = source.execute(
            "SELECT session_id, summary.version, summary.practice_id, practitioner_id"
            " FROM session_summary AS summary JOIN session ON session.id = session_id"
        ).fetchall()
    for session_id, version, practice_id, practitioner_id in rows:
        actor = Actor(
            kind=ActorKind.PRACTITIONER,
            id=practitioner_id,
            practice_id=practice_id,
            role=Role.OWNER,
        )
        monolith.execute(
            "UPDATE summary SET body = %s WHERE session_id = %s AND version = %s",
            [_text_of(rpc, actor, session_id, version), session_id, version],
        )


def _text_of(rpc: RpcClient, actor: Actor, session_id: UUID, version: int) -> str:
    asked = OpenSummaryVersion(session_id=session_id, version=version)
    return rpc.call(OPEN_SUMMARY_VERSION, asked, actor=actor).text
