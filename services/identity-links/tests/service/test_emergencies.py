"""An owner opens one client in an emergency."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.operations import authority, client_visibility, clients, emergencies
from identity_links.operations.confirming import Desk
from identity_links.storage import tables
from portal_contracts.actor import Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.access import May
from portal_contracts.identity_links.rpc.caseload import SetVisibility
from portal_contracts.identity_links.rpc.clients import GetClient
from portal_contracts.identity_links.rpc.emergency import CloseEmergency, OpenInEmergency
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission

PASSWORD, REASON = "correct horse battery", "She called in a crisis, and Ben is away."


@contextmanager
def turn(_known):
    yield lambda password_hash, password: password_hash == "#1" and password == PASSWORD


class Practice:
    """An owner, a practitioner whose client Anna is, and another owner."""

    def __init__(self, world):
        self.world = world
        self.id = world.practice(client_visibility=ClientVisibility.OWN)
        people = [
            replace(world.practitioner(self.id, role, "#1"), caseload_only=True)
            for role in (Role.OWNER, Role.PRACTITIONER, Role.OWNER)
        ]
        self.owner, self.ben, self.other_owner = people
        self.anna = world.client(self.ben)

    def open(self, actor=None, **fields):
        given = {"client_id": self.anna, "reason": REASON, "password": PASSWORD} | fields
        desk = Desk(self.world.database, turn, self.world.sealer, self.world.now)
        caller = Attribution(actor or self.owner, "req-1", "192.0.2.7")
        return emergencies.open_in_emergency(desk, OpenInEmergency(**given), caller)

    def close(self):
        command = CloseEmergency(client_id=self.anna)
        self.world.ask(emergencies.close_emergency, command, self.owner)

    def may(self, permission=Permission.SUMMARIES_READ, actor=None):
        actor = actor or self.owner
        command = May(actor=actor, client_id=self.anna, permission=permission)
        return self.world.ask(authority.may, command, actor)

    def sees(self):
        try:
            return self.may().emergency
        except (Forbidden, NotFound):
            return False

    def details(self):
        command = GetClient(client_id=self.anna, with_remark=True)
        return self.world.ask(clients.get_client, command, self.owner, sealer=self.world.sealer)

    def show(self, visibility, **fields):
        desk = Desk(self.world.database, turn, self.world.sealer, self.world.now)
        caller = Attribution(fields.pop("actor", self.owner), "req-1", "192.0.2.7")
        command = SetVisibility(visibility=visibility, **fields)
        return client_visibility.set_visibility(desk, command, caller)

    def told(self, change="emergency_access"):
        with self.world.database.transaction() as tx:
            bodies = tx.execute(select(tables.chassis.outbox.c.body)).scalars().all()
        said = rf'"practitioner_id":"([^"]+)","change":"{change}"'.encode()
        found = [re.search(said, bytes(one)) for one in bodies]
        return {one.group(1).decode() for one in found if one}


@pytest.fixture
def practice(world):
    return Practice(world)


def refused(kind, call, *arguments, **options):
    with pytest.raises(kind) as error:
        call(*arguments, **options)
    return error.value.code


def test_an_owner_sees_all_of_one_client_for_an_hour(world, practice):
    assert not practice.sees()
    assert (practice.details().clinical, practice.details().emergency_until) == (False, None)
    opened = practice.open()
    assert practice.sees()
    details = practice.details()
    assert (details.clinical, details.emergency_until) == (True, opened.until)
    assert practice.open() == opened
    other = world.client(practice.ben, name="Carla", email="carla@example.org")
    assert refused(NotFound, practice.open, client_id=world.owner().id) == "not_found"
    command = May(actor=practice.owner, client_id=other, permission=Permission.SUMMARIES_READ)
    refused(Forbidden, world.ask, authority.may, command, practice.owner)
    world.later(minutes=60)
    assert not practice.sees()
    assert practice.details().emergency_until is None


def test_it_is_logged_and_told_to_those_who_work_with_her_and_to_the_other_owners(world, practice):
    practice.open()
    row = next(one for one in world.log(practice.id) if one.act == "emergency.opened")
    assert (row.actor_id, row.client_id, row.outcome) == (
        practice.owner.id,
        practice.anna,
        "done",
    )
    assert practice.told() == {str(practice.ben.id), str(practice.other_owner.id)}
    with world.database.transaction() as tx:
        stored = bytes(tx.execute(select(tables.emergency_access.c.reason)).scalar_one())
    assert b"crisis" not in stored


def test_it_is_closed_before_its_hour_is_over(world, practice):
    practice.open()
    practice.close()
    assert not practice.sees()
    practice.close()
    assert world.acts(practice.id).count(("emergency.closed", "done")) == 1


def test_it_takes_an_owner_in_person_and_a_reason(world, practice):
    token = world.token(practice.owner)
    program = replace(practice.owner, scopes=("clients.read",), token_id=token.id)
    for actor in (practice.ben, program, world.practitioner(practice.id, Role.ASSISTANT)):
        assert refused(Forbidden, practice.open, actor) == "not_allowed"
    assert refused(Forbidden, practice.open, password="guess") == "not_confirmed"
    assert refused(Forbidden, practice.open, password=None) == "not_confirmed"
    for reason in ("short", "x" * 501, "   \n   .   "):
        assert refused(Invalid, practice.open, reason=reason) == "emergency_fields"
    assert refused(NotFound, practice.open, world.owner()) == "not_found"
    assert not practice.sees()
    assert practice.told() == set()


def test_what_is_shown_anyway_is_not_opened(world, practice):
    own = world.client(practice.owner, name="Carla", email="carla@example.org")
    assert refused(Conflict, practice.open, client_id=own) == "already_shown"
    everyone = replace(practice.owner, caseload_only=False)
    assert refused(Conflict, practice.open, everyone) == "already_shown"


def test_it_opens_what_a_colleague_kept_who_has_left(world, practice):
    with world.database.transaction() as tx:
        tx.execute(
            tables.practitioner.update()
            .where(tables.practitioner.c.id == practice.ben.id)
            .values(deactivated_at=world.now)
        )
    practice.open()
    assert practice.sees()
    assert practice.told() == {str(practice.other_owner.id)}


def test_everyone_is_shown_by_an_owner_who_proves_it_and_all_who_work_there_are_told(practice):
    """Otherwise it would be the way round an emergency: no proof, no reason, and nobody told."""
    everyone = ClientVisibility.EVERYONE
    assert refused(Forbidden, practice.show, everyone) == "not_confirmed"
    assert (
        refused(Forbidden, practice.show, everyone, password="guessed wrongly") == "not_confirmed"
    )
    program = replace(practice.owner, scopes=tuple(Permission))
    refusal = refused(Forbidden, practice.show, everyone, password=PASSWORD, actor=program)
    assert refusal == "not_allowed"
    assert not practice.sees()
    practice.show(everyone, password=PASSWORD)
    practice.show(everyone, password=PASSWORD)
    told = {str(practice.ben.id), str(practice.other_owner.id)}
    assert practice.told("everyone_shown") == told
    practice.show(ClientVisibility.OWN)
    assert practice.told("everyone_shown") == told
