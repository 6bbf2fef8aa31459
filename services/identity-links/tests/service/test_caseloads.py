"""Who sees which clients: how a client comes into caseloads, who may change that, emergencies."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import insert, text

from identity_links.domain.attribution import Attribution
from identity_links.domain.visibility import limited
from identity_links.operations import (
    authority,
    caseloads,
    client_visibility,
    clients,
    new_in_caseload,
)
from identity_links.operations.practice_settings import change_practice
from identity_links.service import IdentityLinksService
from identity_links.storage import caseloads as stored
from identity_links.storage.api_tokens import behind_bearer
from identity_links.storage.tables import emergency_access
from portal_contracts.actor import Actor, ActorKind, Role, service_actor
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import May
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadPair,
    FillCaseloads,
    GetCaseload,
    HandOverClient,
    ListVisibleClients,
    ShareClient,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.clients import ClientChanges, EditClient, GetClient
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.events import AppointmentBooked, SeriesBooked

OWN = ClientVisibility.OWN


@pytest.fixture
def owner(world):
    return limited(world.owner(), OWN, has_colleagues=True)


@pytest.fixture
def people(world, owner):
    """Two practitioners of the owner's practice."""
    made = (world.practitioner(owner.practice_id, Role.PRACTITIONER) for _ in range(2))
    return [limited(one, OWN, has_colleagues=True) for one in made]


@pytest.fixture
def main(people):
    return people[0]


@pytest.fixture
def colleague(people):
    return people[1]


@pytest.fixture
def anna(world, main):
    return world.client(main)


def seen_by(world, actor, client_id):
    found = world.ask(caseloads.get_caseload, GetCaseload(client_id=client_id), actor)
    return [(one.practitioner_id, str(one.kind)) for one in found.items]


def share(world, actor, client_id, to):
    command = ShareClient(client_id=client_id, practitioner_id=to.id)
    return world.ask(caseloads.share_client, command, actor)


def hand_over(world, actor, client_id, to, **options):
    command = HandOverClient(client_id=client_id, practitioner_id=to.id, **options)
    return world.ask(caseloads.hand_over_client, command, actor)


def book(world, client_id, practitioner, by, at=None):
    event = Event(
        id=uuid4(),
        type=AppointmentBooked.TYPE,
        occurred_at=at or world.now,
        practice_id=practitioner.practice_id,
        aggregate=Aggregate(type="appointment", id=uuid4(), seq=1),
        actor=by,
        request_id="req-1",
        data=AppointmentBooked(
            appointment_id=uuid4(),
            client_id=client_id,
            practitioner_id=practitioner.id,
            starts_at=world.now,
            ends_at=world.now,
            timezone="Europe/Berlin",
            starts_wall="2026-12-03T10:00",
            utc_offset_minutes=60,
            ics_sequence=0,
        ),
    )
    world.run(new_in_caseload.take_booking, event)


def may(world, actor, client_id, permission):
    command = May(actor=actor, client_id=client_id, permission=permission)
    by = Attribution(service_actor("scheduling"))
    return world.run(authority.may, command, by, now=world.now)


def edit(client_id, version, **fields):
    changes = msgspec.convert(fields, ClientChanges)
    return EditClient(client_id=client_id, version=version, fields=changes)


def open_in_emergency(world, owner, client_id, **fields):
    values = {
        "id": uuid4(),
        "practice_id": owner.practice_id,
        "client_id": client_id,
        "practitioner_id": owner.id,
        "reason": b"sealed",
        "opened_at": world.now,
        "until": world.now + timedelta(hours=1),
    }
    world.run(lambda tx: tx.execute(insert(emergency_access).values(**(values | fields))))


def test_whoever_adds_a_client_is_the_main_practitioner(world, main, anna):
    assert seen_by(world, main, anna) == [(main.id, "own")]


def test_a_client_is_shared_and_handed_over_and_the_log_says_so(world, main, colleague, anna):
    share(world, main, anna, colleague)
    share(world, main, anna, colleague)
    assert seen_by(world, colleague, anna) == [(main.id, "own"), (colleague.id, "shared")]
    hand_over(world, main, anna, colleague, keep_shared=True)
    assert seen_by(world, main, anna) == [(colleague.id, "own"), (main.id, "shared")]
    acts = [act for act, outcome in world.acts(main.practice_id) if act.startswith("caseload")]
    assert acts == ["caseload.shared", "caseload.handed_over"]


def test_whoever_hands_over_without_keeping_sees_the_client_no_more(world, main, colleague, anna):
    hand_over(world, main, anna, colleague)
    with pytest.raises(NotFound):
        seen_by(world, main, anna)


def test_the_main_practitioner_is_not_withdrawn(world, main, anna):
    command = WithdrawClient(client_id=anna, practitioner_id=main.id)
    with pytest.raises(Conflict, match="hands the client over"):
        world.ask(caseloads.withdraw_client, command, main)


def test_whoever_a_client_is_shared_with_may_give_that_up_and_nothing_else(
    world, main, colleague, anna
):
    share(world, main, anna, colleague)
    with pytest.raises(Forbidden) as refused:
        hand_over(world, colleague, anna, colleague)
    assert refused.value.code == "not_main_practitioner"
    command = WithdrawClient(client_id=anna, practitioner_id=colleague.id)
    world.ask(caseloads.withdraw_client, command, colleague)
    assert seen_by(world, main, anna) == [(main.id, "own")]


@pytest.mark.parametrize("take", [share, hand_over])
def test_an_owner_assigns_clients_but_takes_nobody_who_is_somebody_s(
    world, owner, colleague, anna, take
):
    with pytest.raises(Forbidden) as refused:
        take(world, owner, anna, owner)
    assert refused.value.code == "not_in_caseload"
    take(world, owner, anna, colleague)
    assert (colleague.id, "own" if take is hand_over else "shared") in seen_by(world, owner, anna)


def test_an_owner_takes_a_client_who_is_nobody_s(world, owner, people):
    desk = world.practitioner(owner.practice_id, Role.ASSISTANT)
    nobodys = world.client(desk)
    share(world, owner, nobodys, owner)
    assert seen_by(world, owner, nobodys) == [(owner.id, "own")]


def test_whoever_books_herself_shows_herself(world, colleague, main, anna):
    client = Actor(kind=ActorKind.CLIENT, id=anna, practice_id=main.practice_id)
    book(world, anna, colleague, client)
    book(world, anna, colleague, client)
    assert seen_by(world, main, anna) == [(main.id, "own"), (colleague.id, "shared")]
    assert ("caseload.shared", "done") in world.acts(main.practice_id)


def test_a_booking_that_is_heard_of_late_undoes_no_withdrawal(world, colleague, main, anna):
    client = Actor(kind=ActorKind.CLIENT, id=anna, practice_id=main.practice_id)
    share(world, main, anna, colleague)
    booked_at = world.now
    world.later(minutes=1)
    command = WithdrawClient(client_id=anna, practitioner_id=colleague.id)
    world.ask(caseloads.withdraw_client, command, main)
    book(world, anna, colleague, client, at=booked_at)
    assert seen_by(world, main, anna) == [(main.id, "own")]
    world.later(minutes=1)
    book(world, anna, colleague, client)
    assert seen_by(world, main, anna) == [(main.id, "own"), (colleague.id, "shared")]


def test_whoever_is_booked_for_a_series_is_seen_by_whom_she_comes_to(world, colleague, main, anna):
    client = Actor(kind=ActorKind.CLIENT, id=anna, practice_id=main.practice_id)
    event = Event(
        id=uuid4(),
        type=SeriesBooked.TYPE,
        occurred_at=world.now,
        practice_id=main.practice_id,
        aggregate=Aggregate(type="series", id=uuid4(), seq=1),
        actor=client,
        request_id="req-1",
        data=SeriesBooked(
            series_id=uuid4(),
            client_id=anna,
            practitioner_id=colleague.id,
            timezone="Europe/Berlin",
            occurrences=[],
            acts=0,
        ),
    )
    service = SimpleNamespace(name="identity_links")

    def take(tx):
        IdentityLinksService.on_series_booked(service, event, lambda handle: handle(event, tx))

    world.run(take)
    assert seen_by(world, main, anna) == [(main.id, "own"), (colleague.id, "shared")]


def test_a_booking_into_the_own_calendar_shows_nothing(world, owner, anna, main):
    book(world, anna, owner, owner)
    assert seen_by(world, main, anna) == [(main.id, "own")]


def test_a_booking_of_another_practice_s_client_changes_nothing(world, owner):
    stranger = world.owner()
    theirs = world.client(stranger)
    book(world, theirs, owner, stranger)
    assert seen_by(world, stranger, theirs) == [(stranger.id, "own")]


def test_an_owner_who_does_not_see_what_is_said_cannot_come_in_as_the_client(
    world, owner, main, anna
):
    """Another address waits for one who sees the portal; a remark is neither read nor written."""
    details = world.ask(clients.get_client, GetClient(client_id=anna), owner, sealer=world.sealer)
    assert (details.clinical, details.remark) == (False, None)
    command = EditClient(
        client_id=anna,
        version=1,
        fields=msgspec.convert({"email": "owner@practice.example"}, ClientChanges),
    )
    world.ask(clients.edit_client, command, owner, sealer=world.sealer)
    details = world.ask(clients.get_client, GetClient(client_id=anna), main, sealer=world.sealer)
    assert details.waiting_address is not None
    command = EditClient(
        client_id=anna, version=2, fields=msgspec.convert({"remark": "Words."}, ClientChanges)
    )
    with pytest.raises(Forbidden):
        world.ask(clients.edit_client, command, owner, sealer=world.sealer)


@pytest.mark.parametrize(
    ("opened", "clinical"),
    [
        ({}, True),
        ({"until": "past"}, False),
        ({"closed_at": "past"}, False),
        ({"client_id": "another"}, False),
    ],
)
def test_what_an_owner_opened_in_an_emergency_is_shown_while_it_is_open(
    world, owner, main, anna, opened, clinical
):
    other = world.client(main, name="Ben")
    world.later(minutes=-30)
    past = {"past": world.now + timedelta(minutes=1), "another": other}
    values = {name: past.get(value, value) for name, value in opened.items()}
    open_in_emergency(world, owner, values.pop("client_id", anna), **values)
    world.later(minutes=30)
    found = may(world, owner, anna, Permission.CLIENTS_READ)
    assert (found.clinical, found.emergency) == (clinical, clinical)
    visible = world.run(stored.visible_ids, owner, world.now)
    assert (anna in visible) == clinical
    program = replace(owner, scopes=tuple(Permission), token_id=uuid4())
    assert not may(world, program, anna, Permission.CLIENTS_READ).clinical


def test_caseloads_are_proposed_while_everyone_is_shown_and_nobody_loses_a_client(
    world, owner, main, colleague, anna
):
    def choose(visibility):
        changes = {"client_visibility": visibility}
        world.run(change_practice, owner.practice_id, changes, now=world.now)

    pairs = [
        CaseloadPair(client_id=anna, practitioner_id=colleague.id),
        CaseloadPair(client_id=uuid4(), practitioner_id=colleague.id),
        CaseloadPair(client_id=anna, practitioner_id=uuid4()),
    ]
    with pytest.raises(Conflict):
        world.ask(client_visibility.fill_caseloads, FillCaseloads(pairs=pairs), owner)
    choose(ClientVisibility.EVERYONE)
    world.ask(client_visibility.fill_caseloads, FillCaseloads(pairs=pairs), owner)
    choose(ClientVisibility.OWN)
    assert seen_by(world, main, anna) == [(main.id, "own"), (colleague.id, "shared")]
    told = world.run(client_visibility.read_visibility, Attribution(owner))
    assert (told.clients, told.unassigned) == (1, 0)
    sights = {one.practitioner_id: (one.contacts, one.clinical) for one in told.sights}
    assert sights == {owner.id: (1, 0), main.id: (1, 1), colleague.id: (1, 1)}


def test_a_share_that_is_withdrawn_bites_at_the_next_request(world, main, colleague, anna):
    share(world, main, anna, colleague)
    assert may(world, colleague, anna, Permission.SUMMARIES_READ).clinical
    command = WithdrawClient(client_id=anna, practitioner_id=colleague.id)
    world.ask(caseloads.withdraw_client, command, main)
    with pytest.raises(NotFound):
        may(world, colleague, anna, Permission.SUMMARIES_READ)


def test_a_caseload_is_told_as_far_as_its_clients_are_shown(world, owner, people, anna):
    main, colleague = people
    ben = world.client(colleague, name="Ben")
    share(world, main, anna, colleague)
    command = ListVisibleClients(caseload_of=colleague.id)
    desk = replace(world.practitioner(owner.practice_id, Role.ASSISTANT), works_for=(main.id,))
    told = {owner: {anna, ben}, main: {anna}, colleague: {anna, ben}, desk: {anna}}
    for who, whom in told.items():
        found = world.ask(caseloads.list_visible_clients, command, who)
        assert set(found.caseload) == whom
    assert world.ask(caseloads.list_visible_clients, command, world.owner()).caseload == []


def test_the_visible_clients_of_five_thousand_are_found_by_an_index(world, main):
    world.run(_many_clients, main, 5_000)
    query = text("EXPLAIN SELECT client_id FROM caseload WHERE practitioner_id = :who").bindparams(
        who=main.id
    )
    plan = world.run(lambda tx: "\n".join(tx.execute(query).scalars()))
    assert "ix_caseload_practitioner" in plan
    assert len(world.run(stored.visible_ids, main, world.now)) == 10


def _many_clients(tx, main: Actor, count: int) -> None:
    """Clients of a practice, ten of them the practitioner's own."""
    tx.execute(
        text(
            "INSERT INTO client (id, practice_id, version, status, name, preferred_name, pronouns,"
            " email, email_key, phone, timezone, language, tags, sort_name, search, created_at)"
            " SELECT gen_random_uuid(), :practice, 1, 'active', 'C' || n, '', '', '', '', '',"
            " 'UTC', 'en', '{}', 'c' || n, ' c' || n, now() FROM generate_series(1, :count) n"
        ),
        {"practice": main.practice_id, "count": count},
    )
    other = _another(tx, main.practice_id, main.id)
    tx.execute(
        text(
            "INSERT INTO caseload (client_id, practitioner_id, practice_id, kind, since)"
            " SELECT id, CASE WHEN n <= 10 THEN CAST(:main AS uuid) ELSE CAST(:other AS uuid) END,"
            " practice_id, 'own', now() FROM (SELECT *, row_number() OVER () AS n FROM client"
            " WHERE practice_id = :practice) AS numbered"
        ),
        {"main": main.id, "other": other, "practice": main.practice_id},
    )


def _another(tx, practice_id: UUID, but: UUID) -> UUID:
    query = text("SELECT id FROM practitioner WHERE practice_id = :practice AND id <> :but LIMIT 1")
    return tx.execute(query, {"practice": practice_id, "but": but}).scalar_one()


def test_a_practice_s_only_practitioner_is_limited_once_a_colleague_comes(world):
    """What a request costs depends on it: until then nothing more is asked."""
    owner = world.owner()
    token = world.token(owner)

    def actor():
        return world.run(behind_bearer, token.token_hash, world.now).actor

    assert not actor().caseload_only
    world.practitioner(owner.practice_id, Role.ASSISTANT)
    assert not actor().caseload_only
    world.practitioner(owner.practice_id, Role.PRACTITIONER)
    assert actor().caseload_only
