"""Private notes: the practitioner's alone; and no text of them stands anywhere in plain."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.notes import OPEN_NOTE, SAVE_NOTE, OpenNote, SaveNote
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from portal_contracts.scheduling.rpc.sessions import (
    READ_SUMMARY,
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    ReadSummary,
    SaveSummary,
    ShareSummary,
)


@pytest.fixture
def client(calendar):
    return calendar.client()


@pytest.fixture
def practitioner(calendar):
    return calendar.practitioner()


@pytest.fixture
def session(calendar, client, now):
    return calendar.appointment(client, now - timedelta(days=1))


def test_a_note_is_saved_and_opened_by_practitioners(desk, calendar, session, practitioner, now):
    empty = desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner)
    assert (empty.revision, empty.text, empty.saved_at) == (0, "", None)
    for revision, words in enumerate(("one", "two", "two")):
        command = SaveNote(session_id=session, revision=min(revision, 2), text=words)
        saved = desk.ask(SAVE_NOTE, command, practitioner)
    assert saved.revision == 2
    colleague = calendar.colleague().practitioner()
    found = desk.ask(OPEN_NOTE, OpenNote(session_id=session), colleague)
    assert (found.revision, found.text, found.saved_at) == (2, "two", now)
    assert desk.identity.asked[-1].permission is Permission.NOTES_WRITE
    assert desk.acts() == [("note.saved", "done")] * 2 + [("note.opened", "done")]


def test_a_save_from_an_older_reading_is_refused(desk, session, practitioner):
    desk.ask(SAVE_NOTE, SaveNote(session_id=session, revision=0, text="one"), practitioner)
    with pytest.raises(Conflict, match="stale_revision"):
        desk.ask(SAVE_NOTE, SaveNote(session_id=session, revision=0, text="two"), practitioner)


def test_the_client_an_assistant_and_services_get_no_note(desk, calendar, client, session):
    others = (client, calendar.practitioner(Role.ASSISTANT), service_actor("notifications"))
    for actor in others:
        for method, command in (
            (OPEN_NOTE, OpenNote(session_id=session)),
            (SAVE_NOTE, SaveNote(session_id=session, revision=0, text="x")),
        ):
            with pytest.raises(Forbidden, match="not_allowed"):
                desk.ask(method, command, actor)


def test_another_practice_finds_no_note(desk, session):
    stranger = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    with pytest.raises(NotFound, match="session_not_found"):
        desk.ask(OPEN_NOTE, OpenNote(session_id=session), stranger)


def test_summary_and_note_stand_nowhere_in_plain(
    desk, database, client, session, practitioner, capfd, caplog
):
    canary = "canary-of-the-summary", "canary-of-the-note"
    saved = SaveSummary(session_id=session, revision=0, text=f"{canary[0]} **one**")
    desk.ask(SAVE_SUMMARY, saved, practitioner)
    desk.ask(SHARE_SUMMARY, ShareSummary(session_id=session, revision=1), practitioner)
    desk.ask(SAVE_NOTE, SaveNote(session_id=session, revision=0, text=canary[1]), practitioner)
    with pytest.raises(Conflict) as stale:
        desk.ask(SAVE_SUMMARY, saved, practitioner)
    with pytest.raises(Forbidden) as refused:
        desk.ask(SAVE_NOTE, SaveNote(session_id=session, revision=1, text=canary[1]), client)
    assert canary[0] in desk.ask(READ_SUMMARY, ReadSummary(session_id=session), client).text
    home = desk.ask(PORTAL_SCHEDULE, PortalOf(), client)
    assert home.latest_summary.beginning == f"{canary[0]} one"

    said = f"{stale.value}{refused.value}{caplog.text}{''.join(capfd.readouterr())}"
    stored = said + _everything_stored(database)
    assert "summary.saved" in stored
    assert not [one for one in canary if one in stored or one.encode().hex() in stored]


def _everything_stored(database) -> str:
    """Each row of each table as text, binary columns also as the text they would be."""
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        rows = [
            str(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))
            for table in inspect(connection).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    engine.dispose()
    return "\n".join(rows)
