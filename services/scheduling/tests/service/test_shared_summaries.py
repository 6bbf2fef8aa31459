"""Summaries: drafts, versions, what the client sees of them, and the read receipt."""

import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal_chassis.ids import new_id
from portal_contracts.actor import Role, service_actor
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import ScheduleAccessRecorded, SummaryShared
from portal_contracts.scheduling.rpc.overview import READ_SUMMARY_FACTS, ReadSummaryFacts
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    OPEN_SUMMARY,
    OPEN_SUMMARY_VERSION,
    READ_SUMMARY,
    SAVE_SUMMARY,
    SHARE_SUMMARY,
    UNSHARE_SUMMARY,
    GetSession,
    OpenSummaryVersion,
    ReadSummary,
    SaveSummary,
    ShareSummary,
)
from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.storage.tables import chassis


class Writing:
    """A practitioner at one session's summary, and the client it is about."""

    def __init__(self, desk, calendar, now):
        self.desk = desk
        self.client = calendar.client()
        self.practitioner = calendar.practitioner()
        self.session_id = calendar.appointment(self.client, now - timedelta(days=1))

    def save(self, text, revision=0, keeping=Keeping.GO_ON, **options):
        command = SaveSummary(
            session_id=self.session_id, revision=revision, text=text, keeping=keeping
        )
        return self.desk.ask(SAVE_SUMMARY, command, self.practitioner, **options)

    def share(self, revision, **options):
        command = ShareSummary(session_id=self.session_id, revision=revision)
        return self.desk.ask(SHARE_SUMMARY, command, self.practitioner, **options)

    def unshare(self, **options):
        command = GetSession(session_id=self.session_id)
        return self.desk.ask(UNSHARE_SUMMARY, command, self.practitioner, **options)

    def open(self, actor=None):
        command = GetSession(session_id=self.session_id)
        return self.desk.ask(OPEN_SUMMARY, command, actor or self.practitioner)

    def read(self, actor=None, **options):
        command = ReadSummary(session_id=self.session_id)
        return self.desk.ask(READ_SUMMARY, command, actor or self.client, **options)

    def state(self):
        command = GetSession(session_id=self.session_id)
        return self.desk.ask(GET_SESSION, command, self.practitioner).summary


@pytest.fixture
def writing(desk, calendar, now):
    return Writing(desk, calendar, now)


def test_before_the_first_save_there_is_nothing_to_read_and_nothing_to_log(writing):
    draft = writing.open()
    assert (draft.revision, draft.version, draft.text, draft.versions) == (0, 0, "", [])
    assert draft.session.summary is None
    assert writing.desk.acts() == []


def test_a_draft_is_edited_in_place_and_the_client_sees_nothing_of_it(writing):
    assert (writing.save("one").revision, writing.save("two", 1).revision) == (1, 2)
    draft = writing.open()
    assert (draft.revision, draft.version, draft.text) == (2, 1, "two")
    assert [one.version for one in draft.versions] == [1]
    read = writing.read()
    assert (read.text, read.session.summary) == (None, None)
    # A version is told once, however often it is saved.
    assert writing.desk.acts() == [("summary.saved", "done"), ("summary.opened", "done")]


def test_saving_the_same_text_again_changes_nothing(writing, now):
    saved = writing.save("one")
    writing.share(1)
    for revision in (0, 1):
        again = writing.save("one", revision, at=now + timedelta(hours=2))
        assert again == replace(saved, shared_version=1)
    assert writing.state().version == 1


def text_of(writing, version):
    command = OpenSummaryVersion(session_id=writing.session_id, version=version)
    return writing.desk.ask(OPEN_SUMMARY_VERSION, command, writing.practitioner).text


def test_a_later_sitting_and_a_colleague_begin_a_version_so_that_no_text_is_lost(
    writing, calendar, now
):
    writing.save("one")
    assert writing.save("one, longer", 1, at=now + timedelta(minutes=60)).version == 1
    assert writing.save("two", 2, at=now + timedelta(minutes=121)).version == 2
    writing.practitioner = calendar.colleague().practitioner()
    assert writing.save("three", 3, at=now + timedelta(minutes=122)).version == 3
    assert writing.save("three, longer", 4, at=now + timedelta(minutes=123)).version == 3
    assert [text_of(writing, one) for one in (1, 2, 3)] == ["one, longer", "two", "three, longer"]


def test_of_two_texts_neither_is_lost_whichever_is_chosen(writing):
    writing.save("theirs")
    stands = writing.save("mine", 0, keeping=Keeping.ASIDE)
    assert (stands.version, stands.revision) == (1, 1)
    draft = writing.open()
    assert (draft.text, draft.version, draft.revision) == ("theirs", 1, 1)
    assert [(one.version, one.set_aside) for one in draft.versions] == [(2, True), (1, False)]
    assert writing.state().version == 1

    kept = writing.save("mine after all", 1, keeping=Keeping.BEGIN)
    assert kept.version == 3
    assert [text_of(writing, one) for one in (1, 2, 3)] == ["theirs", "mine", "mine after all"]
    assert writing.share(kept.revision).version == 3


def test_what_the_client_reads_is_set_aside_by_nothing(writing):
    writing.save("shared")
    writing.share(1)
    writing.save("mine", 0, keeping=Keeping.ASIDE)
    state = writing.state()
    assert (state.version, state.shared_version) == (1, 1)
    assert writing.read().text == "shared"
    assert writing.save("next", 1).version == 3


@pytest.mark.parametrize("text", ["one", " \n"])
def test_nothing_is_set_aside_that_stands_already_or_says_nothing(writing, text):
    writing.save("one")
    writing.save(text, 0, keeping=Keeping.ASIDE)
    assert [one.version for one in writing.open().versions] == [1]


def test_a_save_from_an_older_reading_is_refused(writing):
    writing.save("one")
    for revision in (0, 2):
        with pytest.raises(Conflict, match="stale_revision"):
            writing.save("other", revision)
        with pytest.raises(Conflict, match="stale_revision"):
            writing.share(revision)
    assert writing.open().text == "one"


def test_of_two_first_saves_at_once_one_is_kept(writing):
    outcomes = []
    both = threading.Barrier(2)

    def save(text):
        both.wait()
        try:
            outcomes.append(writing.save(text).revision)
        except Conflict as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=save, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes, key=str) == [1, "stale_revision"]


def test_a_shared_summary_is_read_and_the_first_opening_is_the_receipt(writing, now):
    writing.save("We spoke about **sleep**.")
    shared = writing.share(1)
    assert (shared.version, shared.shared_at) == (1, now)
    assert writing.state().read_at is None

    first, later = now + timedelta(hours=1), now + timedelta(hours=2)
    read = writing.read(at=first)
    assert read.text == "We spoke about **sleep**."
    assert (read.session.summary.shared_at, read.session.summary.read_at) == (now, first)
    writing.read(at=later)
    assert writing.state().read_at == first
    opened = [
        one
        for one in writing.desk.events(ScheduleAccessRecorded)
        if one.data.act == "summary.opened"
    ]
    assert [(one.actor.id, one.data.client_id, one.data.subject_id) for one in opened] == [
        (writing.client.id, writing.client.id, writing.session_id)
    ] * 2


def test_a_reading_on_a_device_that_a_copied_link_let_in_is_marked_and_is_no_receipt(writing, now):
    writing.save("one")
    writing.share(1)
    somebody = replace(writing.client, revealed_link=new_id())
    first, later = now + timedelta(hours=1), now + timedelta(hours=2)
    writing.read(somebody, at=first)
    writing.read(somebody, at=first + timedelta(minutes=1))
    assert (writing.state().read_at, writing.state().read_revealed) == (first, True)
    [version] = writing.open().versions
    assert version.read_revealed
    facts = writing.desk.ask(
        READ_SUMMARY_FACTS,
        ReadSummaryFacts(session_id=writing.session_id),
        service_actor("notifications"),
    )
    assert facts.read_at is None
    assert writing.read(at=later).session.summary.read_revealed is False
    assert (writing.state().read_at, writing.state().read_revealed) == (later, False)
    writing.read(somebody, at=later + timedelta(hours=1))
    assert (writing.state().read_at, writing.state().read_revealed) == (later, False)


def test_a_reading_that_cannot_be_logged_is_refused_and_leaves_no_receipt(
    writing, database, monkeypatch
):
    writing.save("one")
    writing.share(1)

    def away(*_arguments, **_options):
        message = "no outbox"
        raise ConnectionError(message)

    with monkeypatch.context() as patched:
        patched.setattr("portal_chassis.authority.access_log.outbox.record_all", away)
        with pytest.raises(ConnectionError):
            writing.read()
    assert writing.state().read_at is None


def test_sharing_tells_it_once(writing):
    writing.save("one")
    assert writing.share(1) == writing.share(1)
    (told,) = writing.desk.events(SummaryShared)
    assert (told.data.session_id, told.data.client_id) == (writing.session_id, writing.client.id)
    assert (told.data.version, told.data.practitioner_id) == (1, writing.practitioner.id)
    assert writing.desk.acts().count(("summary.shared", "done")) == 1


@pytest.mark.parametrize("text", [None, "", " \n\t "])
def test_an_empty_summary_is_not_shared(writing, text):
    if text is not None:
        writing.save(text)
    with pytest.raises(Invalid) as error:
        writing.share(0 if text is None else 1)
    assert error.value.fields == {"text": "required"}


def test_saving_after_sharing_begins_the_next_version_and_the_client_keeps_the_former(writing, now):
    writing.save("one")
    writing.share(1)
    writing.read()
    assert (writing.save("two", 1).version, writing.save("three", 2).version) == (2, 2)
    assert writing.read().text == "one"
    state = writing.state()
    assert (state.version, state.shared_version, state.read_at) == (2, 1, now)

    later = now + timedelta(hours=1)
    assert writing.share(3, at=later).version == 2
    read = writing.read(at=later + timedelta(hours=1))
    assert read.text == "three"
    assert [one.data.version for one in writing.desk.events(SummaryShared)] == [1, 2]
    versions = writing.open().versions
    assert [(one.version, one.unshared_at) for one in versions] == [(2, None), (1, later)]
    assert [one.read_at for one in versions] == [later + timedelta(hours=1), now]


def test_an_older_version_can_be_opened(writing):
    writing.save("one")
    writing.share(1)
    writing.save("two", 1)
    command = OpenSummaryVersion(session_id=writing.session_id, version=1)
    found = writing.desk.ask(OPEN_SUMMARY_VERSION, command, writing.practitioner)
    assert (found.version, found.text) == (1, "one")
    assert writing.desk.acts()[-1] == ("summary.opened", "done")
    command = OpenSummaryVersion(session_id=writing.session_id, version=3)
    with pytest.raises(NotFound, match="summary_version_not_found"):
        writing.desk.ask(OPEN_SUMMARY_VERSION, command, writing.practitioner)


def test_taking_a_summary_back_hides_it_and_sharing_it_again_tells_it_again(writing, now):
    writing.save("one")
    writing.share(1)
    writing.read()
    for _ in range(2):
        writing.unshare()
    assert writing.read().text is None
    assert writing.state().shared_version is None
    assert writing.desk.acts().count(("summary.unshared", "done")) == 1

    writing.share(1, at=now + timedelta(hours=1))
    assert writing.read().text == "one"
    assert writing.state().read_at == now
    assert [one.data.version for one in writing.desk.events(SummaryShared)] == [1, 1]


def test_taking_back_what_was_never_written_is_done(writing):
    assert writing.unshare().session_id == writing.session_id
    assert writing.desk.acts() == []


def test_nobody_but_the_client_reads_it_in_the_portal(writing, calendar):
    writing.save("one")
    writing.share(1)
    for stranger in (calendar.client(), type(calendar)(calendar.database).client()):
        with pytest.raises(NotFound, match="session_not_found"):
            writing.read(stranger)
    with pytest.raises(Forbidden):
        writing.read(writing.practitioner)
    assert writing.state().read_at is None


def test_an_assistant_and_a_client_open_no_draft_and_the_log_tells_it(writing, calendar):
    writing.save("one")
    for actor in (calendar.practitioner(Role.ASSISTANT), writing.client):
        with pytest.raises(Forbidden):
            writing.open(actor)
        command = SaveSummary(session_id=writing.session_id, revision=1, text="two")
        with pytest.raises(Forbidden):
            writing.desk.ask(SAVE_SUMMARY, command, actor)
    refused = [act for act, outcome in writing.desk.acts() if outcome == "denied"]
    assert refused == ["open_summary.not_allowed", "save_summary.not_allowed"] * 2


def test_changes_ask_for_authority_over_the_client_first(writing):
    writing.save("one")
    writing.desk.identity.unknown.add(writing.client.id)
    for attempt in (lambda: writing.save("two", 1), lambda: writing.share(1), writing.unshare):
        with pytest.raises(NotFound):
            attempt()
        asked = writing.desk.identity.asked[-1]
        assert (asked.client_id, asked.permission) == (
            writing.client.id,
            Permission.SUMMARIES_WRITE,
        )
    assert writing.open().text == "one"


def test_an_erased_clients_summary_is_empty(writing, database):
    writing.save("one")
    writing.share(1)
    with database.transaction() as tx:
        tx.execute(chassis.data_key.delete())
    assert writing.read().text is None
    assert writing.open().text == ""


def test_an_unknown_session_has_no_summary(writing):
    for method, command in (
        (OPEN_SUMMARY, GetSession(session_id=new_id())),
        (SAVE_SUMMARY, SaveSummary(session_id=new_id(), revision=0, text="one")),
    ):
        with pytest.raises(NotFound, match="session_not_found"):
            writing.desk.ask(method, command, writing.practitioner)
