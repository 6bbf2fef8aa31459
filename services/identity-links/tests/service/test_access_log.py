"""The access log: who reads what of it, and that nobody changes it unseen."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine, select, text

from identity_links.domain.access import NOBODYS_CHAIN
from identity_links.domain.access_chain import ChainFault
from identity_links.domain.attribution import Attribution
from identity_links.operations import access_log, clients, links
from identity_links.storage import tables
from portal_chassis.call import Call
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Forbidden, Invalid, NotFound
from portal_contracts.forms.events import FormAccessRecorded
from portal_contracts.identity_links.rpc.access import ListAccess, ListOwnVisits, RecordRefusal
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, GetClient
from portal_contracts.identity_links.rpc.links import RevokeLink, ShareLink
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.scheduling.events import ScheduleAccessRecorded
from tests.kit.statements import work_of_this_process


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def read(world, actor, **options):
    return world.run(
        access_log.list_access, ListAccess(**options), Attribution(actor), now=world.now
    )


def as_program(actor, token):
    """The same practitioner, by a program with that token."""
    return replace(actor, token_id=token.id, scopes=("clients.write",))


def as_owner(database, statement, **values):
    """What somebody with the owner's rights could do to the tables."""
    engine = create_engine(database.owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    finally:
        engine.dispose()


def reported(world, owner, anna, kind=AccessRecorded, **facts):
    data = {"act": "delivery.opened", "outcome": "done", "client_id": anna} | facts
    return Event(
        id=uuid4(),
        type=kind.TYPE,
        occurred_at=world.now,
        practice_id=owner.practice_id,
        aggregate=Aggregate(type="access", id=uuid4(), seq=1),
        actor=owner,
        request_id="req-9",
        data=kind(address="192.0.2.9", **data),
    )


# --- the same again, and what things are called ---


PHQ = Thing(kind=ThingKind.FORM, title="PHQ-9")


@pytest.fixture
def tell(world, owner, anna):
    """Takes what forms tells: act, thing, and how many minutes after the test's beginning."""
    began = world.now

    def taken(*, minutes=0.0, actor=owner, kind=FormAccessRecorded, **facts):
        facts = {"act": "answers.opened", "subject_id": anna, "thing": PHQ} | facts
        event = reported(world, owner, anna, kind, **facts)
        at = began + timedelta(minutes=minutes)
        world.run(access_log.record_event, replace(event, actor=actor, occurred_at=at))

    return taken


def acts(page):
    return [row.act for row in page.items]


def test_a_row_says_what_the_thing_was_called_and_is_as_provable_as_the_others(
    world, owner, anna, tell
):
    began = world.now
    tell()
    session = Thing(kind=ThingKind.SESSION, title="Individual session", at=began)
    tell(kind=ScheduleAccessRecorded, act="summary.opened", thing=session)
    summary, answers, added = read(world, owner, client_id=anna).items
    assert (summary.thing, answers.thing, added.thing) == (session, PHQ, None)
    reports = world.run(access_log.verify_chains)
    assert {report.fault for report in reports.values()} == {None}


def test_what_a_thing_was_called_cannot_be_altered_unseen(database, world, owner, tell):
    tell()
    as_owner(database, "UPDATE access_log SET thing_title = 'GAD-7' WHERE thing_title = 'PHQ-9'")
    report = world.run(access_log.verify_chains)[owner.practice_id]
    assert report.fault is ChainFault.ALTERED


def test_six_tabs_at_once_and_two_looks_within_minutes_are_one_row(world, owner, anna, tell):
    for tab in range(6):
        tell(minutes=tab / 60)
        tell(minutes=tab / 60, act="scores.opened")
    tell(minutes=9)
    page = read(world, owner, client_id=anna)
    assert acts(page) == ["answers.opened", "scores.opened", "client.added"]
    assert page.items[0].occurred_at == world.now + timedelta(minutes=9)
    tell(minutes=20)
    assert acts(read(world, owner, client_id=anna)).count("answers.opened") == 2
    for _ in range(2):
        tell(minutes=21, act="answers.reviewed")
    assert acts(read(world, owner, client_id=anna)).count("answers.reviewed") == 2


@pytest.mark.parametrize(
    "facts",
    [{"subject_id": None}, {"act": "scores.opened"}, {"outcome": "denied"}, {"actor": None}],
)
def test_what_differs_is_a_row_of_its_own(world, owner, anna, tell, facts):
    colleague = world.practitioner(owner.practice_id)
    tell()
    tell(minutes=1, **({"actor": colleague} if "actor" in facts else facts))
    assert len(read(world, owner, client_id=anna).items) == 3


def test_folded_rows_are_paged_without_a_gap_or_a_repetition(world, owner, anna, tell):
    for number in range(6):
        subject = uuid4()
        for again in range(3):
            tell(minutes=number * 2 + again, subject_id=subject)
    whole = [row.seq for row in read(world, owner, client_id=anna).items]
    assert len(whole) == 7
    paged, cursor = [], None
    while True:
        page = read(world, owner, client_id=anna, limit=2, cursor=cursor)
        paged += [row.seq for row in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert paged == whole


def test_the_client_is_told_of_others_first_and_of_own_visits_by_the_day(
    world, owner, anna, as_client, tell
):
    own = as_client(anna, owner.practice_id)
    tell(actor=own, act="form.submitted", minutes=1)
    shown = replace(own, revealed_link=uuid4())
    tell(actor=shown, act="summary.opened", minutes=2)
    for hour in (1, 2, 30):
        tell(actor=own, act="answers.opened", minutes=hour * 60)
    assert acts(read(world, own, others=True)) == ["summary.opened", "client.added"]
    assert "form.submitted" in acts(read(world, own))
    visits = world.run(access_log.list_own_visits, ListOwnVisits(), Attribution(own)).items
    assert [visit.acts for visit in visits] == [1, 3]
    first = world.run(access_log.list_own_visits, ListOwnVisits(limit=1), Attribution(own))
    rest = ListOwnVisits(cursor=first.next_cursor)
    assert visits == [
        *first.items,
        *world.run(access_log.list_own_visits, rest, Attribution(own)).items,
    ]
    with pytest.raises(Forbidden):
        world.run(access_log.list_own_visits, ListOwnVisits(), Attribution(owner))


# --- reading -----------------------------------------------------------------


def test_the_newest_rows_come_first_with_names(world, owner, anna):
    world.ask(links.share_link, ShareLink(client_id=anna), owner)
    first, second, *_ = read(world, owner).items
    assert (first.act, first.actor_name, first.client_name) == (
        "link.shared",
        "Dr Rivera",
        "Anna Schmidt",
    )
    assert (first.actor_kind, first.outcome, first.address) == ("practitioner", "done", "192.0.2.7")
    assert second.act == "client.added"
    assert first.seq > second.seq


def test_what_a_program_did_names_its_token_to_the_practice_and_a_program_to_the_client(
    world, owner, anna, as_client
):
    token = world.token(owner, name="Billing script")
    program = as_program(owner, token)
    world.run(access_log.record_event, reported(world, program, anna))
    row = read(world, owner).items[0]
    assert (row.actor_name, row.token_id, row.token_name) == (
        "Dr Rivera",
        token.id,
        "Billing script",
    )
    own = read(world, as_client(anna, owner.practice_id)).items[0]
    assert (own.actor_name, own.token_id, own.token_name) == ("Dr Rivera", token.id, "")
    assert world.log(owner.practice_id)[-1].actor_token_id == token.id
    assert verify(world) == {owner.practice_id: None}


def test_another_s_token_has_no_name_here(world, owner, anna):
    foreign = world.token(world.owner(), name="Foreign")
    world.run(access_log.record_event, reported(world, as_program(owner, foreign), anna))
    row = read(world, owner).items[0]
    assert (row.token_id, row.token_name) == (foreign.id, "")


def test_pages_hold_every_row_once_while_rows_are_added(world, owner, anna):
    expected = [row.seq for row in read(world, owner).items]
    found, cursor = [], None
    while True:
        one = read(world, owner, cursor=cursor, limit=1)
        found += [row.seq for row in one.items]
        cursor = one.next_cursor
        if cursor is None:
            break
        world.ask(links.share_link, ShareLink(client_id=anna), owner)
    assert found == expected


def test_a_client_sees_who_opened_her_data_and_no_address_but_her_own(world, owner, as_client):
    anna = world.client(owner, remark="Prefers mornings.")
    world.client(owner, name="Ben")
    world.ask(clients.get_client, GetClient(client_id=anna), owner, sealer=world.sealer)
    world.enter(owner, anna)
    found = read(world, as_client(anna, owner.practice_id)).items
    assert [row.act for row in found] == [
        "device.entered",
        "link.shared",
        "client.opened",
        "client.added",
    ]
    assert [row.address for row in found] == ["192.0.2.7", "", "", ""]
    assert {row.client_id for row in found} == {anna}
    assert found[2].actor_name == "Dr Rivera"


def test_a_client_reads_nobody_else_s_rows(world, owner, anna, as_client):
    ben = world.client(owner, name="Ben")
    client = as_client(anna, owner.practice_id)
    assert read(world, client, client_id=anna) == read(world, client)
    with pytest.raises(NotFound):
        read(world, client, client_id=ben)


def test_the_log_of_one_client(world, owner, anna):
    ben = world.client(owner, name="Ben")
    assert [row.act for row in read(world, owner, client_id=ben).items] == ["client.added"]


def test_an_assistant_does_not_read_the_log(world, owner):
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    for actor in (assistant, NOBODY, service_actor("forms")):
        with pytest.raises(Forbidden):
            read(world, actor)


def test_a_made_up_cursor_is_refused(world, owner):
    with pytest.raises(Invalid):
        read(world, owner, cursor="first")


def test_a_foreign_client_in_a_row_has_no_name(world, owner):
    foreign = world.client(world.owner())
    call = Call(owner, "req-1", None, GET_CLIENT, world.now, arguments=GetClient(client_id=foreign))
    world.run(access_log.record_refused_call, call, NotFound("not_found"))
    row = read(world, owner).items[0]
    assert (row.act, row.outcome) == ("client.opened", "denied")
    assert (row.client_id, row.client_name) == (None, "")


# --- what other services and the gateway report ---------------------------------------


def test_another_service_s_report_becomes_a_row_with_its_own_instant(world, owner, anna):
    event = reported(world, owner, anna)
    world.later(hours=1)
    world.run(access_log.record_event, event)
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.outcome, row.client_id) == ("delivery.opened", "done", anna)
    assert (row.occurred_at, row.address, row.request_id) == (
        event.occurred_at,
        "192.0.2.9",
        "req-9",
    )


def test_another_service_s_refusal_stays_one(world, owner, anna):
    world.run(access_log.record_event, reported(world, owner, anna, outcome="denied"))
    assert world.acts(owner.practice_id)[-1] == ("delivery.opened", "denied")


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        (ScheduleAccessRecorded, "summary.opened"),
        (FormAccessRecorded, "answers.opened"),
        (FormAccessRecorded, "nobody.has-heard-of it"),
    ],
)
def test_what_scheduling_and_forms_report_is_written_down(world, owner, anna, kind, act):
    subject = uuid4()
    for outcome in ("done", "denied"):
        event = reported(world, owner, anna, kind, act=act, outcome=outcome, subject_id=subject)
        world.run(access_log.record_event, event)
    done, denied = world.log(owner.practice_id)[-2:]
    assert (done.act, done.outcome, denied.outcome) == (act, "done", "denied")
    assert (done.client_id, done.subject_id, done.address) == (anna, subject, "192.0.2.9")


def test_a_row_and_its_chain_s_head_are_written_by_one_statement(world, owner, anna):
    event = reported(world, owner, anna, ScheduleAccessRecorded, act="summary.opened")
    with work_of_this_process() as work:
        world.run(access_log.record_event, event)
    # The head that the row follows on, and the row.
    assert len(work.statements) == 2, work.statements


def test_a_client_does_not_learn_from_her_log_that_notes_exist(world, owner, anna, as_client):
    acts = ("note.opened", "note.saved", "summary.opened", "notebook.opened")
    for act in acts:
        for outcome in ("done", "denied"):
            event = reported(world, owner, anna, ScheduleAccessRecorded, act=act, outcome=outcome)
            world.run(access_log.record_event, event)
    log_of_anna = read(world, as_client(anna, owner.practice_id), limit=5)
    assert {row.act for row in log_of_anna.items} == {
        "summary.opened",
        "notebook.opened",
        "client.added",
    }
    assert log_of_anna.next_cursor is None
    assert {row.act for row in read(world, owner).items} >= set(acts)


def refuse(world, actor, **fields):
    command = RecordRefusal(
        **({"route": "/clients/{id}", "method": "POST", "reason": "csrf_failed"} | fields)
    )
    world.ask(access_log.record_refusal, command, actor)


def test_the_gateway_s_refusal_of_a_known_actor_is_one_row(world, owner, anna, as_client):
    for actor in (owner, as_client(anna, owner.practice_id)):
        before = len(world.log(owner.practice_id))
        refuse(world, actor)
        rows = world.log(owner.practice_id)
        assert len(rows) == before + 1
        assert (rows[-1].act, rows[-1].outcome) == ("request.refused", "denied")
        assert (rows[-1].reason, rows[-1].detail) == ("csrf_failed", "POST /clients/{id}")
        assert rows[-1].actor_id == actor.id


def test_nobody_s_refusals_are_counted_by_network_and_hour(world):
    for minutes in (0, 20, 20, 30):
        world.later(minutes=minutes)
        refuse(world, NOBODY, address="192.0.2.50")
    with world.database.transaction() as tx:
        rows = tx.execute(select(tables.refusal_count).order_by(tables.refusal_count.c.hour)).all()
    assert [(row.address, row.refusals) for row in rows] == [("192.0.2.50", 3), ("192.0.2.50", 1)]
    assert world.log(None) == []


def test_what_a_stranger_sends_is_cut_and_cleaned(world, owner):
    refuse(world, owner, route="/\x00" + "x" * 500, reason="r" * 500, address="not an address")
    row = world.log(owner.practice_id)[-1]
    assert (len(row.detail), len(row.reason), row.address) == (200, 60, "")


def test_refusals_of_somebody_are_twenty_rows_an_hour_and_then_counted(
    world, owner, anna, as_client
):
    ben = world.client(owner, name="Ben")
    before = len(world.log(owner.practice_id))
    for _ in range(150):
        refuse(world, as_client(anna, owner.practice_id))
    refuse(world, as_client(ben, owner.practice_id))
    rows = world.log(owner.practice_id)[before:]
    assert [row.actor_id for row in rows].count(anna) == 20
    assert rows[-1].actor_id == ben
    assert counted(world, anna) == {("request.refused", "denied"): 150}
    world.later(hours=1)
    refuse(world, as_client(anna, owner.practice_id))
    assert len(world.log(owner.practice_id)) == before + 22


def test_what_a_client_does_again_and_again_is_sixty_rows_an_hour_for_each_act(
    world, owner, anna, as_client
):
    before = len(world.log(owner.practice_id))
    for act in ("summary.opened", "answers.opened"):
        event = reported(world, as_client(anna, owner.practice_id), anna, act=act)
        for _ in range(70):
            world.run(access_log.record_event, event)
    acts = [row.act for row in world.log(owner.practice_id)[before:]]
    assert (acts.count("summary.opened"), acts.count("answers.opened")) == (60, 60)
    assert counted(world, anna)["summary.opened", "done"] == 70
    assert verify(world) == {owner.practice_id: None}


def test_what_is_done_by_a_copied_link_shows_however_much_the_client_does(
    world, owner, anna, as_client
):
    her = as_client(anna, owner.practice_id)
    for _ in range(70):
        world.run(access_log.record_event, reported(world, her, anna, act="summary.opened"))
    before = len(world.log(owner.practice_id))
    by_link = replace(her, revealed_link=uuid4())
    world.run(access_log.record_event, reported(world, by_link, anna, act="summary.opened"))
    [row] = world.log(owner.practice_id)[before:]
    assert row.revealed_link == by_link.revealed_link


def test_what_a_practitioner_has_done_is_a_row_each_time(world, owner, anna):
    before = len(world.log(owner.practice_id))
    for _ in range(70):
        world.run(access_log.record_event, reported(world, owner, anna))
    assert len(world.log(owner.practice_id)) == before + 70
    assert counted(world, owner.id) == {}


def counted(world, person_id):
    """By act and outcome, how often somebody did it in this hour."""
    table = tables.act_count
    with world.database.transaction() as tx:
        rows = tx.execute(select(table).where(table.c.counted_for.endswith(str(person_id)))).all()
    return {(row.act, row.outcome): row.times for row in rows}


# --- proof --------------------------------------------------------------------------


def verify(world) -> dict[UUID, ChainFault | None]:
    reports = world.run(access_log.verify_chains)
    return {chain_id: report.fault for chain_id, report in reports.items()}


def test_a_used_log_verifies(world, owner, anna):
    world.enter(owner, anna)
    refuse(world, owner)
    other = world.owner()
    assert verify(world) == {owner.practice_id: None, other.practice_id: None}


ADDED_ROW = """
INSERT INTO access_log
SELECT chain_id, 5, occurred_at, actor_kind, actor_id, actor_service, act, outcome, client_id,
       subject_id, reason, detail, address, request_id, row_hash
FROM access_log WHERE seq = 4
"""

TAMPERING = {
    "a word changed": (
        "UPDATE access_log SET act = 'client.read' WHERE seq = 2",
        (ChainFault.ALTERED, 2),
    ),
    "an actor exchanged": (
        "UPDATE access_log SET actor_id = gen_random_uuid() WHERE seq = 3",
        (ChainFault.ALTERED, 3),
    ),
    "a time moved": (
        "UPDATE access_log SET occurred_at = occurred_at - interval '1 microsecond' WHERE seq = 1",
        (ChainFault.ALTERED, 1),
    ),
    "a token put in": (
        "UPDATE access_log SET actor_token_id = gen_random_uuid() WHERE seq = 3",
        (ChainFault.ALTERED, 3),
    ),
    "an address blanked": (
        "UPDATE access_log SET address = '' WHERE seq = 3",
        (ChainFault.ALTERED, 3),
    ),
    "a row deleted": ("DELETE FROM access_log WHERE seq = 2", (ChainFault.MISSING, 2)),
    "the last row deleted": ("DELETE FROM access_log WHERE seq = 4", (ChainFault.MISSING, 4)),
    "everything deleted": ("DELETE FROM access_log", (ChainFault.MISSING, 1)),
    "a row added": (ADDED_ROW, (ChainFault.ALTERED, 5)),
    "the head set back": ("UPDATE access_chain SET seq = 3", (ChainFault.HEAD_DIFFERS, 4)),
    "the head lost": ("DELETE FROM access_chain", (ChainFault.HEAD_DIFFERS, 4)),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(world, database, owner, anna, how):
    world.ask(links.share_link, ShareLink(client_id=anna), owner)
    assert len(world.log(owner.practice_id)) == 4
    assert verify(world) == {owner.practice_id: None}
    statement, expected = TAMPERING[how]
    as_owner(database, statement)
    [report] = world.run(access_log.verify_chains).values()
    assert (report.fault, report.fault_seq) == expected


def test_moving_a_row_to_another_practice_is_found(world, database, owner):
    other = world.owner()
    as_owner(
        database,
        "UPDATE access_log SET chain_id = :other, seq = 3 WHERE chain_id = :own AND seq = 2",
        own=owner.practice_id,
        other=other.practice_id,
    )
    assert verify(world) == {
        owner.practice_id: ChainFault.MISSING,
        other.practice_id: ChainFault.ALTERED,
    }


def test_what_rolls_back_leaves_no_row_and_no_gap(world, owner):
    before = world.acts(owner.practice_id)
    with pytest.raises(NotFound):
        world.ask(links.revoke_link, RevokeLink(link_id=uuid4()), owner)
    assert world.acts(owner.practice_id) == before
    assert NOBODYS_CHAIN not in verify(world)
