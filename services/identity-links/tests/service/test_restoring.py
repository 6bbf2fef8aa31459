"""Links and devices after a restore."""

from identity_links.operations.restoring import EndedAccess, end_access
from portal_contracts.identity_links.rpc.entering import EntryOutcome


def test_every_link_and_device_that_works_is_ended_and_each_is_logged(world):
    owner, other = world.owner(), world.owner()
    client = world.client(owner)
    spent = world.link(owner, client)
    device = world.enter(owner, client)
    strangers = world.link(other, world.client(other))
    ended = world.run(end_access, now=world.now)
    assert ended.links >= 2
    assert ended.devices == 1
    for link in (spent, strangers):
        assert world.redeem(link.token_hash).outcome is not EntryOutcome.ENTERED
    assert device
    acts = [act for one in (owner, other) for act, _ in world.acts(one.practice_id)]
    assert acts.count("link.revoked") == ended.links
    assert acts.count("device.revoked") == ended.devices
    assert world.run(end_access, now=world.now) == EndedAccess(0, 0)
