"""Summaries in the console: opened, saved, shared with the client, taken back.

Bodies are sealed for the client. Every change locks its session's row first,
so that two of them never stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from portal_chassis.authority.ownership import own_id
from portal_chassis.call import Call
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import SummaryShared
from portal_contracts.scheduling.rpc.sessions import (
    GetSession,
    OpenSummaryVersion,
    SaveSummary,
    SessionChanged,
    SharedVersion,
    ShareSummary,
    SummaryDraft,
    SummarySaved,
    SummaryText,
    SummaryVersion,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import SealedVersion, VersionStanding
from scheduling.domain.versions import begins_version
from scheduling.messages import session_row
from scheduling.operations.sessions import keep_session, practice_session, record_session_access
from scheduling.storage import summaries


def open_summary(
    tx: Transaction, command: GetSession, call: Call, sealer: Sealer, *, now: datetime
) -> SummaryDraft:
    """The newest version for editing; an access once there is something to read.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SUMMARIES_READ, now=now
    )
    newest = summaries.newest(tx, session.id)
    if newest is None:
        return SummaryDraft(
            session=session_row(session), revision=0, version=0, text="", versions=[]
        )
    record_session_access(tx, call, "summary.opened", session, now=now)
    return SummaryDraft(
        session=session_row(session),
        revision=newest.revision,
        version=newest.version,
        text=opened_summary(tx, sealer, newest) or "",
        versions=[_version(one) for one in summaries.versions(tx, session_id=session.id)],
    )


def open_summary_version(
    tx: Transaction, command: OpenSummaryVersion, call: Call, sealer: Sealer, *, now: datetime
) -> SummaryText:
    """One version's text; an access.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``, ``summary_version_not_found``.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SUMMARIES_READ, now=now
    )
    found = summaries.find(tx, session.id, command.version)
    if found is None:
        raise NotFound("summary_version_not_found", "There is no such version.")
    record_session_access(tx, call, "summary.opened", session, now=now)
    return SummaryText(version=found.version, text=opened_summary(tx, sealer, found) or "")


def save_summary(
    tx: Transaction, command: SaveSummary, call: Call, sealer: Sealer, *, now: datetime
) -> SummarySaved:
    """Save the draft. Where its version stays (`begins_version`), the text begins the next one.

    The text that stands already changes nothing, whatever was read. The access log is told of
    each version that is begun, not of each save in it.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read. A text that is
            to be set aside is never refused so.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SUMMARIES_WRITE, now=now
    )
    keep_session(tx, session, now=now)
    newest = summaries.newest(tx, session.id)
    aside = newest is not None and command.keeping is Keeping.ASIDE
    if newest is not None and (
        opened_summary(tx, sealer, newest) == command.text or (aside and not command.text.strip())
    ):
        return _saved(newest, session)
    if not aside:
        _require_newest(newest, command.revision)
    saved = _next_version(tx, command, session, newest, sealer, writer=own_id(call.actor), now=now)
    if newest is not None and saved.id == newest.id:
        summaries.rewrite(tx, saved)
        return _saved(saved, session)
    summaries.add(tx, saved, practice_id=session.practice_id)
    record_session_access(tx, call, "summary.saved", session, now=now)
    return _saved(newest if newest is not None and aside else saved, session)


def share_summary(
    tx: Transaction, command: ShareSummary, call: Call, sealer: Sealer, *, now: datetime
) -> SharedVersion:
    """Show the draft to the client, in place of the version shown before.

    Publishes `SummaryShared`; what the client sees already is neither shown nor told again.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
        Conflict: ``stale_revision``: it was saved elsewhere since it was read.
        Invalid: ``summary_empty``, the field ``text`` is ``required``.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SUMMARIES_WRITE, now=now
    )
    keep_session(tx, session, now=now)
    newest = summaries.newest(tx, session.id)
    _require_newest(newest, command.revision)
    if newest is None or not (opened_summary(tx, sealer, newest) or "").strip():
        raise Invalid("summary_empty", "Nothing was written yet.", fields={"text": "required"})
    if newest.shared_at is not None and newest.unshared_at is None:
        return SharedVersion(version=newest.version, shared_at=newest.shared_at)
    summaries.hide(tx, session.id, now=now)
    summaries.show(tx, newest.id, now=now)
    outbox.record(
        tx,
        SummaryShared(
            session_id=session.id,
            client_id=session.client_id,
            practitioner_id=session.practitioner_id,
            version=newest.version,
        ),
        practice_id=session.practice_id,
        aggregate=("session", session.id),
        actor=call.actor,
        request_id=call.request_id,
        now=now,
    )
    record_session_access(tx, call, "summary.shared", session, now=now)
    return SharedVersion(version=newest.version, shared_at=now)


def unshare_summary(
    tx: Transaction, command: GetSession, call: Call, *, now: datetime
) -> SessionChanged:
    """Take the summary back from the portal; nothing changes when none is shared.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``session_not_found``.
    """
    session = practice_session(
        tx, command.session_id, call.actor, Permission.SUMMARIES_WRITE, now=now
    )
    if session.summary is not None:
        keep_session(tx, session, now=now)
        if summaries.hide(tx, session.id, now=now):
            record_session_access(tx, call, "summary.unshared", session, now=now)
    return SessionChanged(session_id=session.id)


def opened_summary(tx: Transaction, sealer: Sealer, sealed: SealedVersion) -> str | None:
    """The text of a version; None once it was erased."""
    return _opened(partial(sealer.open, tx), sealed)


def opened_summary_under(
    wrapped: bytes | None, sealer: Sealer, sealed: SealedVersion
) -> str | None:
    """The same, by the client's data key as it was read with the version."""
    return _opened(partial(sealer.open_under, wrapped), sealed)


def _opened(opened: Callable[..., str], sealed: SealedVersion) -> str | None:
    place = {"table": "session_summary", "column": "body", "row": sealed.id}
    try:
        return opened(sealed.client_id, sealed.body, **place)
    except KeyErased:
        return None


def _require_newest(newest: SealedVersion | None, revision: int) -> None:
    """Refuse whoever has read another revision; the session's row is locked.

    Raises:
        Conflict: ``stale_revision``.
    """
    if revision != (0 if newest is None else newest.revision):
        raise Conflict("stale_revision", "It was saved elsewhere in the meantime.")


def _next_version(
    tx: Transaction,
    command: SaveSummary,
    session: Session,
    newest: SealedVersion | None,
    sealer: Sealer,
    *,
    writer: UUID,
    now: datetime,
) -> SealedVersion:
    """The text as a version: the newest one written on, or the one that is begun."""
    begins = newest is None or begins_version(
        command.keeping,
        writer=writer,
        written_by=newest.written_by,
        saved_at=newest.saved_at,
        was_shared=newest.shared_at is not None,
        now=now,
    )
    aside = newest is not None and command.keeping is Keeping.ASIDE
    former = 0 if newest is None else newest.revision
    summary_id = new_id() if newest is None or begins else newest.id
    return SealedVersion(
        id=summary_id,
        session_id=session.id,
        client_id=session.client_id,
        version=summaries.last_number(tx, session.id) + 1
        if newest is None or begins
        else newest.version,
        revision=former if aside else former + 1,
        saved_at=now,
        set_aside=aside,
        written_by=writer,
        body=sealer.seal(
            tx,
            session.client_id,
            command.text,
            table="session_summary",
            column="body",
            row=summary_id,
        ),
    )


def _saved(newest: SealedVersion, session: Session) -> SummarySaved:
    return SummarySaved(
        revision=newest.revision,
        version=newest.version,
        saved_at=newest.saved_at,
        shared_version=session.summary.shared_version if session.summary else None,
    )


def _version(one: VersionStanding) -> SummaryVersion:
    return SummaryVersion(
        version=one.version,
        written_at=one.saved_at,
        shared_at=one.shared_at,
        unshared_at=one.unshared_at,
        read_at=one.read_at,
        read_revealed=one.read_revealed,
        set_aside=one.set_aside,
    )
