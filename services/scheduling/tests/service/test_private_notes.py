"""Private notes: the practitioner's alone; and no text of them stands anywhere in plain."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, inspect, text, update

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import ScheduleAccessRecorded
from portal_contracts.scheduling.rpc.notes import (
    OPEN_NOTE,
    OPEN_NOTE_VERSION,
    SAVE_NOTE,
    OpenNote,
    OpenNoteVersion,
    SaveNote,
)
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from portal_contracts.scheduling.rpc.sessions import (
    OPEN_SUMMARY,
    READ_SUMMARY,
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    GetSession,
    ReadSummary,
    SaveSummary,
    ShareSummary,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.storage import tables


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
    found = desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner)
    assert (found.revision, found.text, found.saved_at) == (2, "two", now)
    assert desk.identity.asked[-1].permission is Permission.NOTES_WRITE
    assert desk.acts() == [("note.saved", "done"), ("note.opened", "done")]


@pytest.mark.parametrize("written", [False, True])
def test_to_a_colleague_and_to_the_owner_there_is_no_note(
    desk, calendar, session, practitioner, written
):
    if written:
        save(desk, session, practitioner, "mine", 0)
    for role in (Role.PRACTITIONER, Role.OWNER):
        other = calendar.colleague().practitioner(role)
        for method, command in (
            (OPEN_NOTE, OpenNote(session_id=session)),
            (OPEN_NOTE_VERSION, OpenNoteVersion(session_id=session, version=1)),
            (SAVE_NOTE, SaveNote(session_id=session, revision=int(written), text="theirs")),
            (SAVE_NOTE, SaveNote(session_id=session, revision=0, text="t", keeping=Keeping.ASIDE)),
        ):
            with pytest.raises(NotFound, match="note_not_found"):
                desk.ask(method, command, other)
    refused = [one for one in desk.events(ScheduleAccessRecorded) if one.data.outcome == "denied"]
    assert [one.data.act for one in refused] == [
        "open_note.note_not_found",
        "open_note_version.note_not_found",
        "save_note.note_not_found",
        "save_note.note_not_found",
    ] * 2
    # A client's own view of the log holds what names the client: none of these does.
    assert {one.data.client_id for one in refused} == {None}
    found = desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner)
    assert found.text == ("mine" if written else "")


def test_in_an_emergency_an_owner_reads_the_summary_and_finds_no_note(
    desk, calendar, session, client, practitioner
):
    summary = SaveSummary(session_id=session, revision=0, text="for her")
    desk.ask(SAVE_SUMMARY, summary, practitioner)
    save(desk, session, practitioner, "mine", 0)
    owner = replace(calendar.colleague().practitioner(Role.OWNER), caseload_only=True)
    notes = (
        (OPEN_NOTE, OpenNote(session_id=session)),
        (OPEN_NOTE_VERSION, OpenNoteVersion(session_id=session, version=1)),
        (SAVE_NOTE, SaveNote(session_id=session, revision=1, text="over it")),
    )
    for method, command in ((OPEN_SUMMARY, GetSession(session_id=session)), *notes):
        with pytest.raises(Forbidden, match="not_in_caseload"):
            desk.ask(method, command, owner)
    desk.identity.opened.add(client.id)
    assert desk.ask(OPEN_SUMMARY, GetSession(session_id=session), owner).text == "for her"
    for method, command in notes:
        with pytest.raises(NotFound, match="note_not_found"):
            desk.ask(method, command, owner)
    assert desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner).text == "mine"


def test_a_note_stays_its_authors_also_when_somebody_else_held_the_session(
    desk, database, calendar, session, practitioner
):
    save(desk, session, practitioner, "mine", 0)
    author = calendar.colleague().practitioner()
    with database.transaction() as tx:
        tx.execute(update(tables.session_note).values(written_by=author.id))
    with pytest.raises(NotFound, match="note_not_found"):
        desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner)
    with pytest.raises(NotFound, match="note_not_found"):
        save(desk, session, practitioner, "over it", 1)
    assert desk.ask(OPEN_NOTE, OpenNote(session_id=session), author).text == "mine"


def save(desk, session, actor, text, revision, **more):
    options = {name: more.pop(name) for name in ("at",) if name in more}
    command = SaveNote(session_id=session, revision=revision, text=text, **more)
    return desk.ask(SAVE_NOTE, command, actor, **options)


def versions(desk, session, actor):
    note = desk.ask(OPEN_NOTE, OpenNote(session_id=session), actor)
    return [(one.version, one.set_aside) for one in note.versions]


def version_text(desk, session, actor, number):
    command = OpenNoteVersion(session_id=session, version=number)
    return desk.ask(OPEN_NOTE_VERSION, command, actor).text


def test_a_sitting_is_one_version_of_the_note_and_a_later_one_begins_the_next(
    desk, session, practitioner, now
):
    assert save(desk, session, practitioner, "one", 0).version == 1
    within = now + timedelta(minutes=59)
    assert save(desk, session, practitioner, "one and two", 1, at=within).version == 1
    later = within + timedelta(minutes=61)
    assert save(desk, session, practitioner, "three", 2, at=later).version == 2
    assert versions(desk, session, practitioner) == [(2, False), (1, False)]
    assert version_text(desk, session, practitioner, 1) == "one and two"
    assert version_text(desk, session, practitioner, 2) == "three"
    with pytest.raises(NotFound, match="note_version_not_found"):
        version_text(desk, session, practitioner, 3)


def test_of_two_texts_of_a_note_neither_is_lost_whichever_is_chosen(desk, session, practitioner):
    save(desk, session, practitioner, "theirs", 0)
    stands = save(desk, session, practitioner, "mine", 0, keeping=Keeping.ASIDE)
    assert (stands.version, stands.revision) == (1, 1)
    assert desk.ask(OPEN_NOTE, OpenNote(session_id=session), practitioner).text == "theirs"
    assert versions(desk, session, practitioner) == [(2, True), (1, False)]
    assert save(desk, session, practitioner, "written on", 1).version == 1

    kept = save(desk, session, practitioner, "mine again", 2, keeping=Keeping.BEGIN)
    assert kept.version == 3
    assert [version_text(desk, session, practitioner, one) for one in (1, 2, 3)] == [
        "written on",
        "mine",
        "mine again",
    ]


def test_nothing_is_set_aside_that_is_empty_or_stands_already(desk, session, practitioner):
    save(desk, session, practitioner, "one", 0)
    for words in ("one", " \n"):
        save(desk, session, practitioner, words, 0, keeping=Keeping.ASIDE)
    assert versions(desk, session, practitioner) == [(1, False)]


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
    save(desk, session, practitioner, f"{canary[1]} again", 1, keeping=Keeping.BEGIN)
    save(desk, session, practitioner, f"{canary[1]} aside", 2, keeping=Keeping.ASIDE)
    with pytest.raises(Conflict) as stale:
        desk.ask(SAVE_SUMMARY, SaveSummary(session_id=session, revision=0, text="x"), practitioner)
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
