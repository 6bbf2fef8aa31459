"""What is past its time goes, and what has to stay stays."""

from __future__ import annotations

from datetime import timedelta

from identity_links.operations import entering, housekeeping
from portal_contracts.identity_links.rpc.entering import InspectLink
from portal_contracts.identity_links.rpc.targets import LinkState

KEPT = {
    "devices_kept": timedelta(days=30),
    "tokens_kept": timedelta(days=30),
    "refusals_kept": timedelta(days=90),
}


def test_old_devices_and_counts_go_and_links_and_log_stay(world, fresh_hash):
    owner = world.owner(device_absolute_minutes=24 * 60)
    link = world.link(owner, world.client(owner))
    world.redeem(link.token_hash)
    world.redeem(fresh_hash())
    rows = len(world.log(owner.practice_id))
    world.later(days=30)
    assert world.run(housekeeping.prune, **KEPT, now=world.now)["device"] == 0
    world.later(days=1, seconds=1)
    assert world.run(housekeeping.prune, **KEPT, now=world.now)["device"] == 1
    world.later(days=60)
    assert world.run(housekeeping.prune, **KEPT, now=world.now)["refusal_count"] == 1
    assert len(world.log(owner.practice_id)) == rows
    command = InspectLink(token_hash=link.token_hash)
    standing = world.run(entering.inspect_link, command, now=world.now)
    assert standing.state is LinkState.EXPIRED


def test_a_token_goes_when_it_has_long_expired(world):
    owner = world.owner()
    world.token(owner, days=1)
    world.token(owner, days=90)
    world.later(days=31)
    assert world.run(housekeeping.prune, **KEPT, now=world.now)["api_token"] == 0
    world.later(seconds=1)
    assert world.run(housekeeping.prune, **KEPT, now=world.now)["api_token"] == 1
