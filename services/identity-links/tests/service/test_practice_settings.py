"""What is set of a practice: who may read and change it, and what is written down of it."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import json
from msgspec.structs import replace

from identity_links.domain.attribution import Attribution
from identity_links.operations import pictures, practice_settings
from identity_links.storage import practices
from portal_contracts.actor import ActorKind, Role
from portal_contracts.calls import Nothing
from portal_contracts.changes import held
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.pictures import PictureOf, ReadPicture, SetPicture
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


def show(world, actor, content, of=PictureOf.LOGO):
    command = SetPicture(of=of, content=content)
    caller = Attribution(actor)
    return pictures.set_picture(
        world.database, command, caller, make=lambda given: b"made of " + given, now=world.now
    ).name


def kept(world, name):
    return world.run(pictures.read_picture, ReadPicture(name=name)).content


def test_a_logo_is_shown_until_another_is_and_then_forgotten(world):
    owner = world.owner()
    first = show(world, owner, b"a")
    assert show(world, owner, b"a") == first
    assert kept(world, first) == b"made of a"
    second = show(world, owner, b"b")
    with pytest.raises(NotFound):
        kept(world, first)
    assert world.run(practices.find, owner.practice_id).logo == second
    assert read(world, owner).version == 3
    assert edit(world, owner, 3, accent="#005577").version == 4
    assert world.run(practices.find, owner.practice_id).logo == second
    assert show(world, owner, None) == ""
    changes = [[one.name for one in row.fields] for row in history(world, owner, "face")]
    assert changes == [["logo"], ["accent"], ["logo"], ["logo"]]


def test_a_picture_that_somebody_else_shows_stays(world):
    owner, other = world.owner(), world.owner()
    name = show(world, owner, b"a")
    assert show(world, other, b"a", PictureOf.PORTRAIT) == name
    show(world, owner, None)
    assert kept(world, name) == b"made of a"


def test_whose_picture_it_is_says_who_may_set_it(world):
    owner = world.owner()
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    assert show(world, assistant, b"me", PictureOf.PORTRAIT)
    with pytest.raises(Forbidden):
        show(world, assistant, b"logo")
    program = replace(owner, scopes=tuple(Permission))
    with pytest.raises(Forbidden):
        show(world, program, b"me", PictureOf.PORTRAIT)
    client = replace(owner, kind=ActorKind.CLIENT, id=world.client(owner), role=None)
    for of in PictureOf:
        with pytest.raises(Forbidden):
            show(world, client, b"me", of)


def test_a_token_takes_the_second_factor_from_nobody(world):
    owner = world.owner()
    token = replace(owner, scopes=tuple(map(str, Permission)))
    day = date(2026, 12, 24)
    version = edit(world, owner, read(world, owner).version, second_factor_from=day).version
    for other in (None, date(2027, 1, 1)):
        with pytest.raises(Forbidden):
            edit(world, token, version, second_factor_from=other)
    edit(world, token, version, second_factor_from=day, link_days=3)
    assert (read(world, owner).second_factor_from, read(world, owner).link_days) == (day, 3)


def test_whose_clients_are_shown_is_no_member_of_a_change():
    with pytest.raises(TypeError):
        PracticeChanges(client_visibility="everyone")
    said = b'{"version":1,"fields":{"client_visibility":"everyone"}}'
    assert "client_visibility" not in held(json.decode(said, type=EditPractice).fields)
