"""Sessions in the console: listed, recorded, marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal_chassis.authority.ownership import own_practice
from portal_chassis.call import Call
from portal_chassis.database.cursors import TimeCursor, decode_time_cursor
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Actor
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.sessions import (
    ClientSessions,
    ListClientSessions,
    MarkSession,
    RecordSession,
    SessionChanged,
    SessionRow,
)
from portal_contracts.text import line
from portal_contracts.zones import known_zone
from scheduling.domain.sessions import Session, recording_errors
from scheduling.messages import session_row
from scheduling.operations.access_log import ACCESS_LOG
from scheduling.storage import kept_sessions, sessions


def list_client_sessions(
    tx: Transaction, command: ListClientSessions, actor: Actor, *, now: datetime
) -> ClientSessions:
    """A page of a client's sessions, the latest first.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``cursor_invalid``.
    """
    require_permission(actor, Permission.SESSIONS_READ)
    shown, cursor = page_of_sessions(
        tx,
        client_id=command.client_id,
        practice_id=own_practice(actor),
        cursor=command.cursor,
        limit=command.limit,
        now=now,
    )
    mine = [one for one in shown if actor.may_work_for(one.practitioner_id)]
    return ClientSessions(items=[session_row(one) for one in mine], next_cursor=cursor)


def page_of_sessions(
    tx: Transaction,
    *,
    client_id: UUID,
    practice_id: UUID,
    cursor: str | None,
    limit: int,
    ended: bool = False,
    now: datetime,
) -> tuple[list[Session], str | None]:
    """A page of a client's sessions, and the cursor of the next page if there is one.

    Raises:
        Invalid: ``cursor_invalid``.
    """
    rows = sessions.page_of(
        tx,
        client_id=client_id,
        practice_id=practice_id,
        now=now,
        limit=limit + 1,
        after=decode_time_cursor(cursor),
        ended=ended,
    )
    shown = rows[:limit]
    if len(rows) <= limit:
        return shown, None
    return shown, TimeCursor(shown[-1].started_at, shown[-1].id).encode()


def get_session(tx: Transaction, session_id: UUID, actor: Actor, *, now: datetime) -> SessionRow:
    """One session.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``, also for another practice's and one that has not begun.
    """
    return session_row(practice_session(tx, session_id, actor, Permission.SESSIONS_READ, now=now))


def record_session(
    tx: Transaction, command: RecordSession, call: Call, *, now: datetime
) -> SessionChanged:
    """Write down a session that had no appointment, as one of the actor's own.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``session_fields`` with the fields ``title``, ``started_at``,
            ``minutes`` and ``timezone``: ``required``, ``out_of_range``,
            ``in_the_future``, ``unknown_timezone``.
    """
    require_permission(call.actor, Permission.SESSIONS_WRITE)
    practitioner_id, practice_id = call.actor.id, own_practice(call.actor)
    if practitioner_id is None:
        raise Forbidden("not_allowed", "A practitioner has an id.")
    title = line(command.title)
    errors = recording_errors(
        title=title,
        started_at=command.started_at,
        minutes=command.minutes,
        timezone=command.timezone,
        now=now,
    )
    if errors:
        raise Invalid("session_fields", "The session cannot be written down.", fields=errors)
    started_at = command.started_at.astimezone(UTC)
    recorded = Session(
        id=new_id(),
        practice_id=practice_id,
        client_id=command.client_id,
        practitioner_id=practitioner_id,
        title=title,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=command.minutes),
        timezone=known_zone(command.timezone) or command.timezone,
        status=command.status,
        had_appointment=False,
    )
    keep_session(tx, recorded, now=now)
    record_session_access(tx, call, "session.recorded", recorded, now=now)
    return SessionChanged(session_id=recorded.id)


def mark_session(
    tx: Transaction, command: MarkSession, call: Call, *, now: datetime
) -> SessionChanged:
    """Say how a session went; the same again changes nothing.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SESSIONS_WRITE, now=now
    )
    if session.status is not command.status:
        keep_session(tx, session, now=now)
        kept_sessions.set_status(tx, session.id, command.status, now=now)
        record_session_access(tx, call, "session.marked", session, now=now)
    return SessionChanged(session_id=session.id)


def practice_session(
    tx: Transaction, session_id: UUID, actor: Actor, permission: Permission, *, now: datetime
) -> Session:
    """A session of the actor's practice, once the role grants `permission`.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``, also for another practice's and one that has not begun.
    """
    require_permission(actor, permission)
    session = sessions.find(tx, session_id, practice_id=own_practice(actor), now=now)
    if session is None or not actor.may_work_for(session.practitioner_id):
        raise session_not_found()
    return session


def client_of_session(
    tx: Transaction, session_id: UUID, actor: Actor, permission: Permission, *, now: datetime
) -> UUID | None:
    """Whose session a practitioner's call is about; None for one that `practice_session` refuses.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    session = sessions.find(tx, session_id, practice_id=own_practice(actor), now=now)
    return None if session is None else session.client_id


def keep_session(tx: Transaction, session: Session, *, now: datetime) -> None:
    """Give the session a row of its own if it has none, and lock it.

    Raises:
        NotFound: ``session_not_found``: its appointment was moved or cancelled meanwhile.
    """
    if not kept_sessions.keep(tx, session, now=now):
        raise session_not_found()


def session_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("session_not_found", "There is no such session.")


def record_session_access(
    tx: Transaction, call: Call, act: str, session: Session, *, now: datetime
) -> None:
    """Tell the access log that the actor did something to a session."""
    ACCESS_LOG.record(
        tx,
        call,
        act,
        practice_id=session.practice_id,
        client_id=session.client_id,
        subject_id=session.id,
        thing=Thing(kind=ThingKind.SESSION, title=session.title, at=session.started_at),
        now=now,
    )
