"""What happens when two things happen at once."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from identity_links.domain.access import Access
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.throttle import Backoff, throttle_key
from identity_links.operations import access_log, clients, links
from identity_links.storage import access_log as log_rows
from identity_links.storage import tables, throttle
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.clients import (
    ClientFields,
    ClientStatus,
    EditClient,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.links import ShareLink
from tests.kit.races import at_once

AT_ONCE = 8


def count(world, table):
    with world.database.transaction() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


def test_of_two_devices_one_enters_by_a_single_use_link(world):
    owner = world.owner(single_use=True)
    anna = world.client(owner)
    for round_ in range(5):
        token = world.link(owner, anna).token_hash
        entries = at_once(*[partial(world.redeem, token, pressed=True)] * AT_ONCE)
        outcomes = [entry.outcome for entry in entries]
        assert outcomes.count(EntryOutcome.ENTERED) == 1
        assert outcomes.count(EntryOutcome.DEAD) == AT_ONCE - 1
        assert count(world, tables.device) == round_ + 1


def test_one_device_repeated_at_once_enters_once(world, fresh_hash):
    owner = world.owner(single_use=True)
    token, cookie = world.link(owner, world.client(owner)).token_hash, fresh_hash()
    entries = at_once(*[lambda: world.redeem(token, pressed=True, device_hash=cookie)] * AT_ONCE)
    assert [entry.outcome for entry in entries] == [EntryOutcome.ENTERED] * AT_ONCE
    assert count(world, tables.device) == 1


def test_a_burst_of_tries_is_counted_one_by_one(world):
    backoff, key = Backoff((0, 0, 0, 0, 60), forgets_after=3_600), throttle_key("burst", "x")
    waits = at_once(
        *[lambda: world.run(throttle.count_try, key, backoff, world.now)] * (AT_ONCE * 2)
    )
    assert waits.count(0) == 5
    assert set(waits) == {0, 60}


def test_rows_written_at_once_make_one_good_chain(world):
    owner = world.owner()
    anna = world.client(owner)

    def share():
        return world.ask(links.share_link, ShareLink(client_id=anna), owner)

    assert not [one for one in at_once(*[share] * AT_ONCE) if isinstance(one, Exception)]
    reports = world.run(access_log.verify_chains)
    assert reports[owner.practice_id].fault is None
    assert reports[owner.practice_id].rows == len(world.log(owner.practice_id))


def test_a_chain_begun_at_once_is_one_chain(world):
    practice_id = new_id()
    first = Access(practice_id=practice_id, actor=BY_ADMIN.actor, act="x", occurred_at=world.now)
    at_once(*[lambda: world.run(log_rows.append, first)] * AT_ONCE)
    assert [row.seq for row in world.log(practice_id)] == list(range(1, AT_ONCE + 1))
    assert world.run(access_log.verify_chains)[practice_id].fault is None


def test_of_editors_at_once_one_wins(world):
    owner = world.owner()
    anna = world.client(owner)

    def edit():
        fields = ClientFields(name="Anna Meier", email="anna@example.org")
        command = EditClient(client_id=anna, version=1, fields=fields)
        return world.ask(clients.edit_client, command, owner, sealer=world.sealer)

    done = at_once(*[edit] * AT_ONCE)
    assert sum(isinstance(one, Conflict) for one in done) == AT_ONCE - 1


@pytest.mark.parametrize("round_", range(5))
def test_entering_sharing_and_archiving_at_once_deadlock_nobody_and_leave_nobody_in(world, round_):
    owner = world.owner()
    anna = world.client(owner)
    token = world.link(owner, anna).token_hash
    archive = SetClientStatus(client_id=anna, status=ClientStatus.ARCHIVED)
    done = at_once(
        lambda: world.ask(clients.set_client_status, archive, owner),
        *[lambda: world.redeem(token)] * 4,
        *[lambda: world.ask(links.share_link, ShareLink(client_id=anna), owner)] * 3,
    )
    failed = [one for one in done if isinstance(one, Exception)]
    assert all(isinstance(one, Conflict) for one in failed), failed
    with world.database.transaction() as tx:
        still_in = tx.execute(select(tables.device).where(tables.device.c.ended_at.is_(None))).all()
        live = tx.execute(
            select(tables.portal_link).where(tables.portal_link.c.revoked_at.is_(None))
        ).all()
    assert (still_in, live) == ([], [])
