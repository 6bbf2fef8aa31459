"""A practitioner's clients go over to another one; the other services are told by an event."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec.structs import replace

from identity_links.operations import handing_over, new_in_caseload, team
from identity_links.storage import caseloads
from portal_contracts.actor import Role
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Invalid, NotFound
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.identity_links.rpc.caseload import CaseloadKind
from portal_contracts.identity_links.rpc.handing_over import HandOver
from portal_contracts.identity_links.rpc.team import SetTeamMemberActive
from portal_contracts.scheduling.events import AppointmentsRetained


@pytest.fixture
def house(world):
    owner = world.owner()
    people = [world.practitioner(owner.practice_id, Role.PRACTITIONER) for _one in range(2)]
    return owner, *people


def hand_over(world, actor, giver, taker, **more):
    command = HandOver(
        from_practitioner_id=giver.id, to_practitioner_id=getattr(taker, "id", taker), **more
    )
    return world.ask(handing_over.hand_over, command, actor)


def caseload(world, who):
    return {
        kind: world.run(caseloads.of_practitioner, who.id, kind)
        for kind in CaseloadKind
        if world.run(caseloads.of_practitioner, who.id, kind)
    }


def test_all_clients_go_over_and_who_shared_them_does_no_more(world, house):
    owner, giver, taker = house
    anna = world.client(giver)
    ben = world.client(taker, name="Ben", email="ben@example.org")
    cem = world.client(owner, name="Cem", email="cem@example.org")
    for client_id in (ben, cem):
        world.run(
            caseloads.add_as_it_comes,
            client_id,
            giver.id,
            owner.practice_id,
            added_by=owner.id,
            now=world.now,
        )
    deactivate = SetTeamMemberActive(practitioner_id=giver.id, active=False)
    world.ask(team.set_team_member_active, deactivate, owner)
    hand_over(world, owner, giver, taker, left_appointment_ids=[cem])
    assert caseload(world, giver) == {}
    assert caseload(world, taker) == {
        CaseloadKind.OWN: sorted([anna, ben]),
        CaseloadKind.SHARED: [cem],
    }
    [told] = world.events(HandOverStarted)
    assert (told.data.from_practitioner_id, told.data.to_practitioner_id) == (giver.id, taker.id)
    assert (told.data.client_ids, told.data.left_appointment_ids) == (None, [cem])
    acts = [act for act, _ in world.acts(owner.practice_id)]
    assert acts[-4:] == ["practitioner.handed_over", *["caseload.handed_over"] * 3]


def retain(world, actor, client_id, giver):
    """What scheduling tells of an appointment that stays with whoever handed over."""
    [*_, started] = world.events(HandOverStarted)
    event = Event(
        id=uuid4(),
        type=AppointmentsRetained.TYPE,
        occurred_at=world.now,
        practice_id=actor.practice_id,
        aggregate=Aggregate(type="appointments_handed_over", id=client_id, seq=1),
        actor=actor,
        request_id=started.request_id,
        data=AppointmentsRetained(client_id=client_id, practitioner_id=giver.id),
    )
    world.run(new_in_caseload.take_booking, event)


def test_an_owner_who_hands_the_own_clients_over_keeps_those_with_an_appointment_and_no_others(
    world, house
):
    owner, colleague, taker = house
    anna = world.client(owner)
    ben = world.client(colleague, name="Ben", email="ben@example.org")
    hand_over(world, owner, owner, taker)
    retain(world, owner, anna, owner)
    # Booked into the own calendar, and never seen.
    retain(world, owner, ben, owner)
    assert caseload(world, owner) == {CaseloadKind.SHARED: [anna]}


def test_whoever_keeps_an_appointment_goes_on_seeing_its_client(world, house):
    owner, giver, taker = house
    anna = world.client(giver)
    hand_over(world, owner, giver, taker)
    retain(world, owner, anna, giver)
    assert caseload(world, giver) == {CaseloadKind.SHARED: [anna]}
    assert caseload(world, taker) == {CaseloadKind.OWN: [anna]}


def test_only_chosen_clients_go_over_and_nobody_of_another_practice(world, house):
    owner, giver, taker = house
    anna, ben = world.client(giver), world.client(giver, name="Ben", email="ben@example.org")
    stranger = world.client(world.owner(), email="cem@example.org")
    hand_over(world, owner, giver, taker, client_ids=[ben, stranger])
    assert caseload(world, giver) == {CaseloadKind.OWN: [anna]}
    assert caseload(world, taker) == {CaseloadKind.OWN: [ben]}


def test_nobody_takes_over_who_is_not_in(world, house):
    owner, giver, taker = house
    left = world.practitioner(owner.practice_id)
    deactivate = SetTeamMemberActive(practitioner_id=left.id, active=False)
    world.ask(team.set_team_member_active, deactivate, owner)
    assistant = world.practitioner(owner.practice_id, Role.ASSISTANT)
    for unfit in (giver, left, assistant, world.owner(), uuid4()):
        with pytest.raises(Invalid) as refused:
            hand_over(world, owner, giver, unfit)
        assert refused.value.fields.keys() == {"to_practitioner_id"}
    with pytest.raises(NotFound):
        hand_over(world, owner, world.owner(), taker)


def test_an_owner_takes_for_oneself_only_from_who_has_left(world, house):
    owner, giver, _ = house
    anna = world.client(giver)
    limited = replace(owner, caseload_only=True)
    with pytest.raises(Invalid) as refused:
        hand_over(world, limited, giver, owner)
    assert refused.value.fields == {"to_practitioner_id": "still_in"}
    assert caseload(world, owner) == {}
    world.ask(
        team.set_team_member_active,
        SetTeamMemberActive(practitioner_id=giver.id, active=False),
        owner,
    )
    hand_over(world, limited, giver, owner)
    assert caseload(world, owner) == {CaseloadKind.OWN: [anna]}
