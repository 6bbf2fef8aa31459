"""The mail that invites somebody into a practice's team, who has no account yet."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from notifications.domain.reasons import Reason
from notifications.storage.tables import delivery
from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.identity_links.events import PractitionerInvited
from portal_contracts.identity_links.rpc.invitations import InvitationFacts
from portal_contracts.portal_addresses import INVITATION_PATH


@pytest.fixture
def invite(take, clock, shared):
    """Somebody is invited; the invitation's id."""

    def ask():
        invitation_id = new_id()
        take(
            Event(
                id=new_id(),
                type=PractitionerInvited.TYPE,
                occurred_at=clock.now(),
                practice_id=shared.practice_id,
                aggregate=Aggregate(type="invitation", id=invitation_id, seq=1),
                actor=shared.actor,
                request_id="request-1",
                data=PractitionerInvited(invitation_id=invitation_id),
            )
        )
        return invitation_id

    return ask


@pytest.fixture
def facts(link_facts, clock, shared):
    def make(**changes):
        values = {
            "name": "Ben Brandt",
            "email": "ben@practice.example",
            "language": "en",
            "role": Role.PRACTITIONER,
            "invited_by": "Dr Rivera",
            "practice": link_facts(shared.data.client_id).practice,
            "expires_at": clock.now() + timedelta(days=7),
        }
        return InvitationFacts(**(values | changes))

    return make


def test_it_goes_to_the_address_and_brings_one_that_only_its_hash_is_known_of(
    invite, send, others, facts, database
):
    others.invitations[invite()] = facts()
    [letter] = send()
    assert letter.recipient.address == "ben@practice.example"
    written = letter.written
    assert "Dr Rivera invites you" in written.text
    address = next(one for one in written.text.split() if INVITATION_PATH in one)
    token = address.rpartition("/")[2]
    assert others.hashes == [sha256(token.encode()).hexdigest()]
    assert token in written.html
    assert token not in written.subject
    with database.transaction() as tx:
        row = tx.execute(select(delivery).where(delivery.c.kind == "invitation")).one()
    assert (row.state, row.client_id, row.text_sealed) == ("sent", None, None)


def test_it_is_written_in_german_and_without_a_name_where_nobody_signed(
    invite, send, others, facts
):
    others.invitations[invite()] = facts(language="de", invited_by="")
    [letter] = send()
    assert letter.written.subject.startswith("Einladung")
    assert "Sie sind eingeladen" in letter.written.text


def test_one_that_has_ended_is_not_mailed(invite, send, database):
    invite()
    assert send() == []
    with database.transaction() as tx:
        reason = tx.execute(
            select(delivery.c.reason).where(delivery.c.kind == "invitation")
        ).scalar_one()
    assert reason == Reason.INVITATION_ENDED
