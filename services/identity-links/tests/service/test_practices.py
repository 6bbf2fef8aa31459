"""Practices and practitioners: what the admin script and a seeder do."""

from __future__ import annotations

from uuid import uuid4

import pytest

from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.operations import devices, practice_settings, practices
from identity_links.storage import devices as device_rows
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.identity_links.rpc.practice import PracticeFields


def test_adding_a_practice_is_logged_by_the_script(world):
    practice_id = world.practice()
    [row] = world.log(practice_id)
    assert (row.act, row.actor_kind, row.actor_service) == (
        "practice.added",
        "service",
        "identity-links-admin",
    )


def test_one_setting_changes_and_the_others_stay(world):
    practice_id = world.practice(link_days=10)
    changes = {"single_use": True}
    changed = world.run(practice_settings.change_practice, practice_id, changes, now=world.now)
    assert changed.fields == PracticeFields(name="Practice Rivera", link_days=10, single_use=True)


@pytest.mark.parametrize("changes", [{"link_days": 0}, {"name": ""}, {"accent": "red"}])
def test_a_wrong_setting_changes_nothing(world, changes):
    practice_id = world.practice()
    with pytest.raises(Invalid):
        world.run(practice_settings.change_practice, practice_id, changes, now=world.now)
    assert world.acts(practice_id) == [("practice.added", "done")]


def test_one_address_is_one_account_whatever_its_case(world):
    world.practitioner(world.practice(), email="rivera@practice.example")
    with pytest.raises(Conflict) as refused:
        world.practitioner(world.practice(), email="RIVERA@Practice.Example")
    assert refused.value.code == "email_taken"


def test_an_account_needs_a_practice(world):
    with pytest.raises(NotFound):
        world.practitioner(uuid4())


def test_a_new_password_signs_every_device_out(world, fresh_hash):
    owner, cookie = world.owner(), fresh_hash()
    new = NewDevice(
        device_hash=cookie,
        kind=DeviceKind.PRACTITIONER,
        practice_id=owner.practice_id,
        owner_id=owner.id,
        user_agent="",
        address="",
    )
    world.run(device_rows.insert_device, new_id(), new, Lifetime(60, 60), world.now)
    ended = world.run(practices.set_password, owner.id, password_hash="#2", now=world.now)
    assert ended == 1
    command = ResolveDevice(device_hash=cookie)
    with pytest.raises(NotFound):
        world.run(devices.resolve_console_device, command, now=world.now)
    assert [act for act, _ in world.acts(owner.practice_id)][-2:] == [
        "password.changed",
        "device.revoked",
    ]
