"""What is set of a practice: who may read and change it, and what is written down of it."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from identity_links.operations import practice_settings
from portal_contracts.actor import ActorKind, Role
from portal_contracts.calls import Nothing
from portal_contracts.changes import held
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.practice import (
    CrisisContact,
    EditPractice,
    ListPracticeChanges,
    PracticeChanges,
    PracticeSection,
)
from portal_contracts.permissions import Permission

HELPLINE = CrisisContact(
    name="Helpline", number="116 123", source="https://help.example", checked_on=date(2026, 11, 1)
)


def read(world, actor):
    return world.ask(lambda tx, _, caller, now: practice_settings.read_practice(tx, caller),
                     Nothing(), actor)  # fmt: skip


def edit(world, actor, version, **changes):
    command = EditPractice(version=version, fields=PracticeChanges(**changes))
    return world.ask(practice_settings.edit_practice, command, actor)


def history(world, actor, section):
    command = ListPracticeChanges(section=section)
    return world.ask(
        lambda tx, command, caller, now: practice_settings.list_practice_changes(
            tx, command, caller
        ),
        command,
        actor,
    ).items


def test_what_is_changed_is_read_again_by_everybody_who_works_there(world):
    owner = world.owner()
    version = read(world, owner).version
    changed = edit(world, owner, version, crisis_contacts=[HELPLINE], country="de")
    found = read(world, world.practitioner(owner.practice_id, Role.ASSISTANT))
    assert found.version == changed.version == version + 1
    assert (found.crisis_contacts, found.country, found.link_days) == ([HELPLINE], "DE", 30)


def test_of_two_owners_the_second_is_told_and_nothing_is_overwritten(world):
    owner = world.owner()
    other, version = world.practitioner(owner.practice_id), read(world, owner).version
    edit(world, owner, version, name="Practice Seaview")
    with pytest.raises(Conflict) as refused:
        edit(world, other, version, name="Practice Hill")
    assert refused.value.code == "stale_version"
    assert read(world, owner).name == "Practice Seaview"


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ASSISTANT])
def test_only_owners_change_the_practice_and_read_who_did(world, role):
    owner = world.owner()
    member = world.practitioner(owner.practice_id, role)
    token = replace(owner, scopes=(Permission.CLIENTS_READ,))
    for actor in (member, token):
        with pytest.raises(Forbidden):
            edit(world, actor, 1, name="Mine")
        with pytest.raises(Forbidden):
            history(world, actor, PracticeSection.PRACTICE)
    client = replace(owner, kind=ActorKind.CLIENT, id=world.client(owner), role=None)
    with pytest.raises(Forbidden):
        read(world, client)


def test_each_section_has_a_history_of_its_own(world):
    owner = world.owner()
    version = edit(world, owner, 1, accent="#AA3300", single_use=True, contact_phone="030 1234")
    edit(world, owner, version.version, accent="#005577")
    [second, first] = history(world, owner, PracticeSection.FACE)
    assert (first.by, first.at) == ("Dr Rivera", world.now)
    assert [(one.name, one.value) for one in first.fields] == [("accent", "#aa3300")]
    assert [(one.name, one.value) for one in second.fields] == [("accent", "#005577")]
    [practice] = history(world, owner, PracticeSection.PRACTICE)
    assert [(one.name, one.value) for one in practice.fields] == [("contact_phone", "")]
    assert history(world, owner, PracticeSection.SECURITY) == []


def test_what_is_saved_as_it_was_is_no_change(world):
    owner = world.owner()
    before = world.acts(owner.practice_id)
    assert edit(world, owner, 1, link_days=30).version == 1
    assert world.acts(owner.practice_id) == before


def test_what_a_change_concerns_is_counted(world):
    owner = world.owner()
    anna = world.client(owner, date_of_birth=date(1990, 5, 1))
    ben = world.client(owner, name="Ben", email="ben@example.org")
    world.client(world.owner())
    world.enter(owner, anna)
    world.link(owner, ben)
    reach = world.ask(
        lambda tx, _, caller, now: practice_settings.measure_practice(tx, caller, now=now),
        Nothing(),
        owner,
    )
    assert held(reach) == {
        "clients": 2,
        "live_links": 2,
        "client_devices": 1,
        "without_date_of_birth": 1,
        "without_check": 0,
    }
