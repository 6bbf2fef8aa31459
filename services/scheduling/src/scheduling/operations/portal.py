"""What a client sees of sessions, and the portal's home.

Nothing here reads private notes; import-linter checks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal_chassis.authority.ownership import Client, own_practice, require_client
from portal_chassis.authority.seen import Sight
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.permissions import Permission, has_permission, require_permission
from portal_contracts.scheduling.rpc.overview import LatestSummary, PortalSchedule
from portal_contracts.scheduling.rpc.sessions import (
    ListOwnSessions,
    OwnSessions,
    ReadableSession,
    ReadSummary,
)
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import beginning
from scheduling.messages import own_session
from scheduling.operations.own_appointments import upcoming_of
from scheduling.operations.sessions import (
    page_of_sessions,
    record_session_access,
    session_not_found,
)
from scheduling.operations.summaries import opened_summary, opened_summary_under
from scheduling.storage import home, sessions, summaries

HOME_LENGTH = 4
"""Entries of each list on the portal's home: the nearest, and three more."""


def client_of_portal(command: PortalOf, actor: Actor) -> Client:
    """Whose portal is asked for: the client's who asks, or the one a practitioner previews.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: a client asks for another's.
    """
    if actor.kind is ActorKind.CLIENT:
        client = require_client(actor)
        if command.client_id not in {None, client.id}:
            raise NotFound("not_found", "There is no such client.")
        return client
    require_permission(actor, Permission.CLIENTS_READ)
    if command.client_id is None:
        raise Forbidden("not_allowed", "A practitioner has no portal.")
    return Client(id=command.client_id, practice_id=own_practice(actor))


def portal_schedule(
    tx: Transaction,
    command: PortalOf,
    actor: Actor,
    sealer: Sealer,
    sight: Sight,
    *,
    now: datetime,
) -> PortalSchedule:
    """Upcoming appointments, past sessions, the newest summary, and whether the client can book.

    Every appointment that was confirmed is in exactly one of the lists at any
    instant: upcoming until its end, past from then on. Leaves no read receipt.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: a client asks for another's.
    """
    client = client_of_portal(command, actor)
    reads = actor.kind is ActorKind.CLIENT or has_permission(actor, Permission.SUMMARIES_READ)
    # What an assistant previews holds nothing that was sealed, notes of bookings included; nor
    # does what an owner previews who is shown contacts and calendar of this client alone.
    reads = reads and sight.clinical
    upcoming = upcoming_of(tx, client, sealer=sealer if reads else None, now=now, limit=HOME_LENGTH)
    past = sessions.page_of(
        tx,
        client_id=client.id,
        practice_id=client.practice_id,
        now=now,
        limit=HOME_LENGTH,
        ended=True,
    )
    found = home.of_client(tx, client)
    return PortalSchedule(
        upcoming=upcoming,
        past=[own_session(one) for one in past],
        can_book=found.can_book,
        latest_summary=_latest_summary(tx, client, found, sealer, past, now=now) if reads else None,
    )


def list_own_sessions(
    tx: Transaction, command: ListOwnSessions, actor: Actor, *, now: datetime
) -> OwnSessions:
    """A page of the client's own sessions, the latest first.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        Invalid: ``cursor_invalid``.
    """
    client = require_client(actor)
    shown, cursor = page_of_sessions(
        tx,
        client_id=client.id,
        practice_id=client.practice_id,
        cursor=command.cursor,
        limit=command.limit,
        ended=True,
        now=now,
    )
    return OwnSessions(items=[own_session(one) for one in shown], next_cursor=cursor)


def read_summary(
    tx: Transaction, command: ReadSummary, call: Call, sealer: Sealer, *, now: datetime
) -> ReadableSession:
    """One's own session with its shared summary; opening it is an access and the read receipt.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``session_not_found``, also for another client's.
    """
    client = require_client(call.actor)
    session = _own(tx, command.session_id, client, now=now)
    shared = summaries.shared(tx, session.id)
    if shared is None:
        return ReadableSession(session=own_session(session), text=None)
    summaries.mark_read(tx, shared.id, revealed=call.actor.revealed, now=now)
    record_session_access(tx, call, "summary.opened", session, now=now)
    return ReadableSession(
        session=own_session(_own(tx, command.session_id, client, now=now)),
        text=opened_summary(tx, sealer, shared),
    )


def _latest_summary(
    tx: Transaction,
    client: Client,
    found: home.Home,
    sealer: Sealer,
    past: Sequence[Session],
    *,
    now: datetime,
) -> LatestSummary | None:
    latest = found.latest
    text = None if latest is None else opened_summary_under(found.wrapped, sealer, latest)
    if latest is None or text is None:
        return None
    shown = next((one for one in past if one.id == latest.session_id), None)
    session = shown or _own(tx, latest.session_id, client, now=now)
    return LatestSummary(session=own_session(session), beginning=beginning(text))


def _own(tx: Transaction, session_id: UUID, client: Client, *, now: datetime) -> Session:
    session = sessions.find(
        tx, session_id, practice_id=client.practice_id, client_id=client.id, now=now
    )
    if session is None:
        raise session_not_found()
    return session
