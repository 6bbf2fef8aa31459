"""Who is behind a cookie; limits; listing and ending devices."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.operations import clients, colleagues, devices
from identity_links.storage import devices as device_rows
from identity_links.storage import tables
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.clients import ClientStatus, GetClient, SetClientStatus
from portal_contracts.identity_links.rpc.devices import (
    EndDevice,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
)
from portal_contracts.permissions import Permission
from tests.kit.statements import statements_of_this_process

DAY = Lifetime(idle_minutes=120, absolute_minutes=720)


@pytest.fixture
def owner(world):
    return world.owner(device_idle_minutes=60, device_absolute_minutes=24 * 60)


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def resolve(world, device_hash, address="198.51.100.9"):
    command = ResolveDevice(device_hash=device_hash, address=address)
    return world.run(devices.resolve_device, command, now=world.now)


def console(world, device_hash):
    command = ResolveDevice(device_hash=device_hash, address="198.51.100.9")
    return world.run(devices.resolve_console_device, command, now=world.now)


def sign_in(world, actor, device_hash, lifetime=DAY):
    """A practitioner's device, without the password."""
    new = NewDevice(
        device_hash=device_hash,
        kind=DeviceKind.PRACTITIONER,
        practice_id=actor.practice_id,
        owner_id=actor.id,
        user_agent="Firefox/133.0 Linux",
        address="192.0.2.7",
    )
    assert world.run(device_rows.insert_device, new_id(), new, lifetime, world.now)
    return device_hash


def refused(call, *arguments):
    with pytest.raises(NotFound) as error:
        call(*arguments)
    return error.value.code


def revoke(world, actor, device_id):
    return world.ask(devices.revoke_device, RevokeDevice(device_id=device_id), actor)


def test_a_cookie_tells_who_it_is_and_how_long(world, owner, anna):
    cookie = world.enter(owner, anna)
    found = resolve(world, cookie)
    assert (found.actor.id, found.actor.practice_id) == (anna, owner.practice_id)
    assert found.client.email_masked == "a•••@example.org"
    assert found.idle_ends_at == world.now + timedelta(minutes=60)
    assert found.ends_at == world.now + timedelta(hours=24)


def test_a_device_ends_when_it_is_not_used(world, owner, anna):
    cookie = world.enter(owner, anna)
    world.later(minutes=59)
    assert resolve(world, cookie).idle_ends_at == world.now + timedelta(minutes=60)
    world.later(minutes=59)
    resolve(world, cookie)
    world.later(minutes=60)
    assert refused(resolve, world, cookie) == "device_ended"


def test_a_device_ends_after_its_day_however_much_it_is_used(world, owner, anna):
    cookie, began = world.enter(owner, anna), world.now
    for _ in range(28):
        world.later(minutes=50)
        found = resolve(world, cookie)
    assert found.idle_ends_at == found.ends_at == began + timedelta(hours=24)
    world.now = began + timedelta(hours=24)
    assert refused(resolve, world, cookie) == "device_ended"


def test_use_is_written_down_at_most_once_a_minute(world, owner, anna):
    cookie, began = world.enter(owner, anna), world.now
    world.later(seconds=59)
    resolve(world, cookie)
    assert last_seen(world) == began
    world.later(seconds=1)
    resolve(world, cookie)
    assert last_seen(world) == world.now
    details = world.ask(clients.get_client, GetClient(client_id=anna), owner, sealer=world.sealer)
    assert details.last_visit_at == world.now
    assert details.version == 1


def last_seen(world):
    with world.database.transaction() as tx:
        return tx.execute(select(tables.device.c.last_seen_at)).scalar_one()


@pytest.mark.parametrize(("seconds", "statements"), [(10, 1), (120, 2)])
def test_resolving_takes_one_statement_or_two(world, owner, anna, seconds, statements):
    cookie = world.enter(owner, anna)
    world.later(seconds=seconds)
    with statements_of_this_process() as seen:
        resolve(world, cookie)
    assert len(seen) == statements


def test_a_touch_waits_for_nobody(world, owner, anna):
    cookie = world.enter(owner, anna)
    world.later(minutes=5)
    row = select(tables.client).where(tables.client.c.id == anna)
    with world.database.transaction() as other:
        other.execute(row.with_for_update())
        assert resolve(world, cookie).client.id == anna
    assert last_seen(world) == world.now - timedelta(minutes=5)


def test_an_unknown_an_ended_and_an_archived_device_read_the_same(world, owner, anna, fresh_hash):
    ended, archived = world.enter(owner, anna), world.enter(owner, anna)
    world.ask(devices.end_device, EndDevice(device_hash=ended))
    command = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    world.ask(clients.set_client_status, command, owner)
    errors = []
    for cookie in (fresh_hash(), ended, archived):
        with pytest.raises(NotFound) as error:
            resolve(world, cookie)
        errors.append((error.value.code, error.value.detail))
    assert len(set(errors)) == 1


def test_a_portal_cookie_opens_no_console_and_the_other_way_round(world, owner, anna, fresh_hash):
    portal, desk = world.enter(owner, anna), sign_in(world, owner, fresh_hash())
    assert refused(console, world, portal) == "device_ended"
    assert refused(resolve, world, desk) == "device_ended"
    found = console(world, desk)
    assert found.actor == owner
    assert (found.name, found.practice.id) == ("Dr Rivera", owner.practice_id)


def test_a_console_device_has_limits_of_its_own(world, owner, fresh_hash):
    cookie = sign_in(world, owner, fresh_hash(), Lifetime(30, 60))
    world.later(minutes=29)
    console(world, cookie)
    world.later(minutes=29)
    assert console(world, cookie).idle_ends_at == world.now + timedelta(minutes=2)
    world.later(minutes=2)
    assert refused(console, world, cookie) == "device_ended"


def test_signing_out_ends_the_device_on_the_server_and_is_logged(world, owner, anna):
    cookie = world.enter(owner, anna)
    world.ask(devices.end_device, EndDevice(device_hash=cookie))
    assert refused(resolve, world, cookie) == "device_ended"
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.actor_kind, row.actor_id) == ("device.ended", "client", anna)


def test_signing_out_when_not_in_is_done(world, owner, fresh_hash):
    before = world.acts(owner.practice_id)
    world.ask(devices.end_device, EndDevice(device_hash=fresh_hash()))
    assert world.acts(owner.practice_id) == before


@pytest.fixture
def own_devices(world):
    def listed(actor):
        return world.run(devices.list_own_devices, Attribution(actor), now=world.now).items

    return listed


def test_everyone_lists_their_own_devices(world, owner, anna, as_client, own_devices, fresh_hash):
    world.enter(owner, anna)
    world.enter(owner, anna)
    world.enter(owner, world.client(owner, name="Ben"))
    sign_in(world, owner, fresh_hash())
    assert len(own_devices(as_client(anna, owner.practice_id))) == 2
    assert len(own_devices(owner)) == 1


def test_devices_are_listed_last_used_first_with_a_label(
    world, owner, anna, as_client, own_devices, fresh_hash
):
    token = world.link(owner, anna).token_hash
    world.redeem(token, user_agent="Mozilla/5.0 (Android 14) Firefox/133.0")
    world.later(minutes=5)
    world.redeem(token, user_agent="Mozilla/5.0 (iPhone) Version/18.1 Safari/604.1")
    found = own_devices(as_client(anna, owner.practice_id))
    assert [one.label for one in found] == ["Safari on iPhone", "Firefox on Android"]
    assert {one.address for one in found} == {"192.0.2.7"}
    listed = world.ask(devices.list_client_devices, ListClientDevices(client_id=anna), owner)
    assert listed.items == found


@pytest.mark.parametrize("actor", [NOBODY, service_actor("notifications")])
def test_nobody_and_services_have_no_devices(actor, own_devices):
    with pytest.raises(Forbidden):
        own_devices(actor)


def test_a_client_ends_her_own_device_and_no_other(world, owner, anna, as_client, own_devices):
    client = as_client(anna, owner.practice_id)
    ben = as_client(world.client(owner, name="Ben"), owner.practice_id)
    cookie = world.enter(owner, anna)
    [device] = own_devices(client)
    assert refused(revoke, world, ben, device.id) == "not_found"
    revoke(world, client, device.id)
    assert refused(resolve, world, cookie) == "device_ended"
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.client_id, row.actor_id) == ("device.revoked", anna, anna)


def test_a_practitioner_ends_a_client_s_device_and_her_own_but_no_colleague_s(
    world, owner, anna, as_client, own_devices, fresh_hash
):
    colleague = world.practitioner(owner.practice_id, Role.ASSISTANT)
    world.enter(owner, anna)
    sign_in(world, owner, fresh_hash())
    sign_in(world, colleague, fresh_hash())
    [device_of_anna] = own_devices(as_client(anna, owner.practice_id))
    [own], [other] = own_devices(owner), own_devices(colleague)
    assert refused(revoke, world, owner, other.id) == "not_found"
    revoke(world, colleague, device_of_anna.id)
    revoke(world, owner, own.id)
    assert own_devices(owner) == []
    assert refused(revoke, world, owner, uuid4()) == "not_found"


def test_a_token_neither_lists_nor_ends_its_owner_s_devices(world, owner, own_devices, fresh_hash):
    sign_in(world, owner, fresh_hash())
    [device] = own_devices(owner)
    program = replace(owner, scopes=tuple(Permission))
    with pytest.raises(Forbidden):
        own_devices(program)
    assert refused(revoke, world, program, device.id) == "not_found"


def test_revoking_twice_is_done_and_logged_once(world, owner, anna, as_client, own_devices):
    world.enter(owner, anna)
    [device] = own_devices(as_client(anna, owner.practice_id))
    revoke(world, owner, device.id)
    revoke(world, owner, device.id)
    assert world.acts(owner.practice_id).count(("device.revoked", "done")) == 1


def test_who_works_in_the_practice_is_told_of_along_with_the_device(world, owner, anna):
    world.owner()
    cookie = world.enter(owner, anna)
    command = ResolveDevice(device_hash=cookie, address="198.51.100.9", with_practitioners=True)
    with statements_of_this_process() as seen:
        found = world.run(devices.resolve_device, command, now=world.now)
    assert len(seen) == 2
    assert found.practitioners == world.run(colleagues.list_practitioners, Attribution(found.actor))
    assert [one.id for one in found.practitioners.items] == [owner.id]
    assert resolve(world, cookie).practitioners is None
