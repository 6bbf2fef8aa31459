"""Somebody is invited into a practice, by one address of a mail, for one account, once."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.invitations import MOST_OPEN_INVITATIONS
from identity_links.operations import accepting, devices, invitations, team
from identity_links.operations.passwords import check_password
from portal_contracts.actor import NOBODY, Role, service_actor
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.events import PractitionerInvited
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.identity_links.rpc.invitations import (
    AcceptInvitation,
    InspectInvitation,
    InvitationState,
    InvitePractitioner,
    NameInvitation,
    PrepareInvitation,
)
from portal_contracts.identity_links.rpc.team import SetTeamMemberActive
from tests.kit.races import at_once

EMAIL = "ben@practice.example"
PASSWORD = "correct horse battery"
NOTIFICATIONS = service_actor("notifications")


def invite(world, owner, **said):
    command = InvitePractitioner(**({"name": "Ben Brandt", "email": EMAIL} | said))
    return world.ask(invitations.invite_practitioner, command, owner)


def mailed(world, invited, fresh_hash):
    """The hash of the address in the mail."""
    token_hash = fresh_hash()
    command = PrepareInvitation(invitation_id=invited.invitation_id, token_hash=token_hash)
    world.ask(invitations.prepare_invitation, command, NOTIFICATIONS)
    return token_hash


def standing(world, token_hash):
    command = InspectInvitation(token_hash=token_hash)
    return world.run(invitations.inspect_invitation, command, now=world.now)


def hashed(password, names):
    check_password(password, names)
    return f"hash of {password}"


def accept(world, token_hash, **said):
    given = {"name": "Ben B.", "language": "de", "password": PASSWORD, "device_hash": "0" * 64}
    command = AcceptInvitation(token_hash=token_hash, **(given | said))
    return accepting.accept_invitation(
        world.database,
        command,
        Attribution(NOBODY, address="192.0.2.9"),
        hash_password=hashed,
        lifetime=Lifetime(60, 60),
        now=world.now,
    )


def listed(world, owner):
    return world.run(invitations.list_invitations, Attribution(owner), now=world.now).items


@pytest.fixture
def owner(world):
    return world.owner(language="de")


def test_who_is_invited_makes_the_account_and_is_in(world, owner, fresh_hash):
    colleague = world.practitioner(owner.practice_id, Role.PRACTITIONER)
    invited = invite(world, owner, role=Role.ASSISTANT, works_for=[colleague.id])
    token_hash = mailed(world, invited, fresh_hash)
    shown = standing(world, token_hash)
    assert (shown.state, shown.email, shown.role, shown.language, shown.invited_by) == (
        InvitationState.OPEN,
        EMAIL,
        Role.ASSISTANT,
        "de",
        "Dr Rivera",
    )
    device = accept(world, token_hash)
    assert accept(world, token_hash) == device
    assert (device.name, device.email, device.language) == ("Ben B.", EMAIL, "de")
    assert (device.actor.role, device.actor.works_for) == (Role.ASSISTANT, (colleague.id,))
    command = ResolveDevice(device_hash="0" * 64)
    assert world.run(devices.resolve_console_device, command, now=world.now) == device
    assert listed(world, owner) == []
    rows = world.log(owner.practice_id)[-3:]
    assert [row.act for row in rows] == ["practitioner.invited", "practitioner.added", "sign_in"]
    assert [row.actor_id for row in rows] == [owner.id, device.actor.id, device.actor.id]


def test_looking_uses_nothing_up_and_an_invitation_is_used_once(world, owner, fresh_hash):
    token_hash = mailed(world, invite(world, owner), fresh_hash)
    for _look in range(3):
        assert standing(world, token_hash).state is InvitationState.OPEN
    accept(world, token_hash)
    shown = standing(world, token_hash)
    assert (shown.state, shown.email, shown.name) == (InvitationState.ACCEPTED, "", "")
    with pytest.raises(Conflict) as refused:
        accept(world, token_hash, device_hash="1" * 64)
    assert refused.value.code == "invitation_over"


def test_of_two_who_accept_at_once_one_does(world, owner, fresh_hash):
    token_hash = mailed(world, invite(world, owner), fresh_hash)
    calls = [partial(accept, world, token_hash, device_hash=str(one) * 64) for one in range(3)]
    came_of_it = at_once(*calls)
    assert [type(one) for one in came_of_it].count(Conflict) == len(calls) - 1
    assert [act for act, _ in world.acts(owner.practice_id)].count("practitioner.added") == 2


def test_an_invitation_ends_after_seven_days(world, owner, fresh_hash):
    invited = invite(world, owner)
    token_hash = mailed(world, invited, fresh_hash)
    world.later(days=7, seconds=-1)
    assert standing(world, token_hash).state is InvitationState.OPEN
    world.later(seconds=1)
    assert standing(world, token_hash).state is InvitationState.EXPIRED
    with pytest.raises(Conflict):
        accept(world, token_hash)
    with pytest.raises(NotFound):
        mailed(world, invited, fresh_hash)
    assert [one.state for one in listed(world, owner)] == [InvitationState.EXPIRED]
    # In the place of one that is over a new one is sent without more ado.
    invite(world, owner)
    assert [one.state for one in listed(world, owner)] == [InvitationState.OPEN]


def test_sent_again_the_earlier_address_is_replaced(world, owner, fresh_hash):
    invited = invite(world, owner)
    former = mailed(world, invited, fresh_hash)
    world.later(days=3)
    command = NameInvitation(invitation_id=invited.invitation_id)
    again = world.ask(invitations.resend_invitation, command, owner)
    assert (again.expires_at - world.now).days == 7
    assert standing(world, former).state is InvitationState.REPLACED
    accept(world, mailed(world, again, fresh_hash))
    assert len(world.events(PractitionerInvited)) == 2
    with pytest.raises(NotFound):
        world.ask(invitations.resend_invitation, command, owner)


def test_a_withdrawn_invitation_lets_nobody_in(world, owner, fresh_hash):
    invited = invite(world, owner)
    token_hash = mailed(world, invited, fresh_hash)
    command = NameInvitation(invitation_id=invited.invitation_id)
    for _twice in range(2):
        world.ask(invitations.withdraw_invitation, command, owner)
    assert standing(world, token_hash).state is InvitationState.WITHDRAWN
    with pytest.raises(Conflict):
        accept(world, token_hash)
    assert listed(world, owner) == []
    acts = [act for act, _ in world.acts(owner.practice_id)]
    assert acts.count("invitation.withdrawn") == 1


def test_two_invitations_to_one_address_are_one_too_many(world, owner):
    invite(world, owner)
    with pytest.raises(Conflict) as refused:
        invite(world, owner, email=EMAIL.upper())
    assert refused.value.code == "already_invited"
    came_of_it = at_once(*[partial(invite, world, owner, email="carla@practice.example")] * 4)
    assert [type(one) for one in came_of_it].count(Conflict) == 3


def test_an_owner_is_told_of_an_account_of_the_own_practice(world, owner):
    world.practitioner(owner.practice_id, email=EMAIL)
    with pytest.raises(Conflict) as refused:
        invite(world, owner)
    assert refused.value.code == "email_taken"


def test_of_an_account_elsewhere_only_whoever_reads_its_mails_is_told(world, owner, fresh_hash):
    world.practitioner(world.practice(), email=EMAIL)
    invited = invite(world, owner)
    assert [one.state for one in listed(world, owner)] == [InvitationState.OPEN]
    token_hash = mailed(world, invited, fresh_hash)
    assert standing(world, token_hash).taken
    with pytest.raises(Conflict) as refused:
        accept(world, token_hash)
    assert refused.value.code == "email_taken"
    assert standing(world, token_hash).state is InvitationState.OPEN


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"password": "short"}, "password"),
        ({"name": " "}, "name"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_typed_wrong_uses_nothing_up(world, owner, fresh_hash, said, field):
    token_hash = mailed(world, invite(world, owner), fresh_hash)
    with pytest.raises(Invalid) as refused:
        accept(world, token_hash, **said)
    assert refused.value.fields.keys() == {field}
    accept(world, token_hash)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"email": "ben"}, "email"),
        ({"name": "\u200b"}, "name"),
        ({"language": "xx"}, "language"),
        ({"role": Role.ASSISTANT, "works_for": []}, "works_for"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_told_by_field(world, owner, said, field):
    with pytest.raises(Invalid) as refused:
        invite(world, owner, **said)
    assert refused.value.fields.keys() == {field}


def test_nobody_can_flood_strangers_with_invitations(world, owner):
    for number in range(MOST_OPEN_INVITATIONS):
        invite(world, owner, email=f"ben{number}@practice.example")
    with pytest.raises(Conflict) as refused:
        invite(world, owner)
    assert refused.value.code == "invitation_limit_reached"
    [last, *_] = listed(world, owner)
    command = NameInvitation(invitation_id=last.id)
    with pytest.raises(Forbidden) as too_many:
        world.ask(invitations.resend_invitation, command, owner)
    assert too_many.value.retry_after_seconds > 0


def test_an_inviter_who_is_deactivated_takes_the_invitations_along(world, owner, fresh_hash):
    second = world.practitioner(owner.practice_id)
    token_hash = mailed(world, invite(world, second), fresh_hash)
    command = SetTeamMemberActive(practitioner_id=second.id, active=False)
    world.ask(team.set_team_member_active, command, owner)
    assert standing(world, token_hash).state is InvitationState.WITHDRAWN


def test_an_address_that_nobody_was_mailed_is_unknown(world, fresh_hash):
    assert standing(world, fresh_hash()).state is InvitationState.UNKNOWN
    with pytest.raises(Conflict) as refused:
        accept(world, fresh_hash())
    assert refused.value.code == "invitation_over"


def test_only_services_prepare_a_mail_and_a_token_is_of_one_invitation(world, owner, fresh_hash):
    invited = invite(world, owner)
    token_hash = mailed(world, invited, fresh_hash)
    other = invite(world, owner, email="carla@practice.example")
    taken = PrepareInvitation(invitation_id=other.invitation_id, token_hash=token_hash)
    with pytest.raises(Conflict):
        world.ask(invitations.prepare_invitation, taken, NOTIFICATIONS)
    with pytest.raises(Forbidden):
        world.ask(invitations.prepare_invitation, taken, owner)
    unknown = PrepareInvitation(invitation_id=uuid4(), token_hash=fresh_hash())
    with pytest.raises(NotFound):
        world.ask(invitations.prepare_invitation, unknown, NOTIFICATIONS)
