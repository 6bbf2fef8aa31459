"""A device that was let in by a link which the practice saw says so, and gets nothing lasting."""

from __future__ import annotations

import pytest

from identity_links.domain.attribution import Attribution
from identity_links.domain.throttle import HOUR, MINUTE, Quota, Window
from identity_links.operations import access_log, bearers, devices, entering
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import ListAccess
from portal_contracts.identity_links.rpc.api_tokens import ResolveBearer
from portal_contracts.identity_links.rpc.devices import (
    EndDevice,
    ListClientDevices,
    ResolveDevice,
)
from portal_contracts.identity_links.rpc.entering import EntryOutcome, RedeemLink
from portal_contracts.scheduling.events import ScheduleAccessRecorded


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def anna(world, owner):
    return world.client(owner)


def actor_of(world, cookie):
    command = ResolveDevice(device_hash=cookie)
    return world.run(devices.resolve_device, command, now=world.now).actor


def own_log(world, actor):
    return world.run(access_log.list_access, ListAccess(), Attribution(actor), now=world.now).items


def test_a_copied_link_marks_the_device_and_a_mailed_one_does_not(world, owner, anna):
    link = world.link(owner, anna)
    cookie = "a" * 64
    world.redeem(link.token_hash, device_hash=cookie)
    assert actor_of(world, cookie).revealed_link == link.id
    assert not actor_of(world, world.enter(owner, anna)).revealed


def test_what_is_done_on_it_says_so_in_the_log_with_who_had_the_link(world, owner, anna):
    actor = actor_of(world, world.enter(owner, anna, revealed=True))
    reported = Event(
        id=new_id(),
        type=ScheduleAccessRecorded.TYPE,
        occurred_at=world.now,
        practice_id=owner.practice_id,
        aggregate=Aggregate(type="session", id=new_id(), seq=1),
        actor=actor,
        request_id="req-2",
        data=ScheduleAccessRecorded(act="summary.opened", outcome="done", client_id=anna),
    )
    world.run(access_log.record_event, reported)
    opened, entered = own_log(world, actor)[:2]
    assert [(row.act, row.revealed, row.revealed_by) for row in (opened, entered)] == [
        ("summary.opened", True, "Dr Rivera"),
        ("device.entered", True, "Dr Rivera"),
    ]
    made = own_log(world, actor)[2]
    assert (made.act, made.revealed) == ("link.created", False)


def test_signing_out_on_it_says_so_too(world, owner, anna):
    cookie = world.enter(owner, anna, revealed=True)
    world.ask(devices.end_device, EndDevice(device_hash=cookie))
    last = world.log(owner.practice_id)[-1]
    assert (last.act, last.revealed_link is not None) == ("device.ended", True)


def test_the_chain_with_such_rows_is_verified(world, owner, anna):
    world.enter(owner, anna, revealed=True)
    world.enter(owner, anna)
    reports = world.run(verify)
    assert reports[owner.practice_id].fault is None


def verify(tx: Transaction):
    return access_log.verify_chains(tx)


def test_the_lists_of_devices_say_who_had_the_link(world, owner, anna):
    world.enter(owner, anna, revealed=True)
    world.later(minutes=1)
    cookie = world.enter(owner, anna)
    listed = [
        world.ask(devices.list_client_devices, ListClientDevices(client_id=anna), owner),
        world.run(
            lambda tx: devices.list_own_devices(
                tx, Attribution(actor_of(world, cookie)), now=world.now
            )
        ),
    ]
    for found in listed:
        assert [(one.revealed, one.revealed_by) for one in found.items] == [
            (False, ""),
            (True, "Dr Rivera"),
        ]


def test_a_mailed_link_opened_on_it_proves_that_it_is_the_client_s(world, owner, anna):
    cookie = world.enter(owner, anna, revealed=True)
    mailed = world.mailed_link(owner, anna)
    entry = world.redeem(mailed.token_hash, current_device_hash=cookie)
    assert entry.outcome is EntryOutcome.ALREADY_IN
    assert not actor_of(world, cookie).revealed
    assert world.acts(owner.practice_id)[-1] == ("device.entered", "done")


def test_a_copied_link_opened_on_the_client_s_own_device_changes_nothing(world, owner, anna):
    cookie = world.enter(owner, anna)
    world.redeem(world.link(owner, anna).token_hash, current_device_hash=cookie)
    assert not actor_of(world, cookie).revealed


def test_no_program_enters_by_a_copied_link(world, owner, anna, fresh_hash):
    command = RedeemLink(
        token_hash=world.link(owner, anna).token_hash,
        device_hash=fresh_hash(),
        pressed=True,
        as_bearer=True,
    )
    with pytest.raises(Forbidden, match="mailed_link_needed"):
        world.ask(entering.redeem_link, command, sealer=world.sealer)


def test_a_device_let_in_by_a_copied_link_is_no_bearer(world, owner, anna):
    for cookie, known in (
        (world.enter(owner, anna, revealed=True), False),
        (world.enter(owner, anna), True),
    ):
        limits = {"requests": Quota(9, MINUTE), "failures": Window(9, HOUR)}
        command = ResolveBearer(bearer_hash=cookie)
        if known:
            found = bearers.resolve_bearer(world.database, command, **limits, now=world.now)
            assert not found.actor.revealed
        else:
            with pytest.raises(NotFound, match="bearer_ended"):
                bearers.resolve_bearer(world.database, command, **limits, now=world.now)


def test_only_whoever_sees_the_whole_portal_sees_a_link(world, owner, anna):
    world.link(world.practitioner(owner.practice_id, Role.PRACTITIONER), anna)
    with pytest.raises(Forbidden, match=r"answers\.read") as refused:
        world.link(world.practitioner(owner.practice_id, Role.ASSISTANT), anna)
    assert refused.value.code == "reveal_not_allowed"
    assert refused.value.fields["summaries.read"] == "missing"
    assert [act for act, _ in world.acts(owner.practice_id)].count("link.created") == 1
