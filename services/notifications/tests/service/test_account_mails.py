"""Mails about a practitioner's account: to whom, what they say, and where they leave no trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from notifications.operations import mail_log
from notifications.storage.tables import delivery
from notifications.templates.phrases import device
from notifications.templates.writer import MailWriter
from portal_chassis.authority.seen import Seen
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.identity_links.events import (
    AccountChange,
    AccountChanged,
    PasswordResetAsked,
)
from portal_contracts.identity_links.rpc.accounts import (
    SignInFacts,
)
from portal_contracts.identity_links.rpc.password_resets import (
    PasswordResetFacts,
)
from portal_contracts.notifications.rpc import ListDeliveries


@pytest.fixture
def therapist(make_practitioner) -> Actor:
    return make_practitioner()


@pytest.fixture
def tell(take, clock, therapist):
    """identity-links tells of something; what was told."""

    def publish(data: Any) -> Any:
        event = Event(
            id=new_id(),
            type=data.TYPE,
            occurred_at=clock.now(),
            practice_id=therapist.practice_id,
            aggregate=Aggregate(type="practitioner", id=therapist.id, seq=1),
            actor=NOBODY,
            request_id="request-1",
            data=data,
        )
        take(event)
        return event

    return publish


@pytest.fixture
def changed(tell, therapist):
    def publish(change: AccountChange, subject_id=None):
        data = AccountChanged(
            practitioner_id=therapist.id, change=change, subject_id=subject_id or therapist.id
        )
        return tell(data)

    return publish


@pytest.mark.parametrize(
    "change", [one for one in AccountChange if one is not AccountChange.NEW_DEVICE]
)
def test_each_change_is_one_mail_to_the_practitioner_that_does_nothing(changed, send, change):
    changed(change)
    [letter] = send()
    assert letter.recipient.address == "rivera@practice.example"
    assert "lk_" not in letter.written.text
    assert "/console" in letter.written.text


def test_a_new_device_is_told_by_browser_and_part_of_the_day(changed, send, others, clock):
    device_id = new_id()
    others.sign_ins[device_id] = SignInFacts(
        label="Firefox on Linux", signed_in_at=clock.now(), timezone="America/New_York"
    )
    changed(AccountChange.NEW_DEVICE, device_id)
    [letter] = send()
    assert "Browser: Firefox on Linux" in letter.written.text
    assert "When: Tuesday, 1 December, in the morning" in letter.written.text


def test_a_device_is_named_in_the_readers_language():
    german = MailWriter()._catalogues["de"].gettext
    assert device("Chrome on Windows", german) == "Chrome auf Windows"
    assert device("Unknown device", german) == "Unbekanntes Gerät"


def test_a_new_password_is_set_by_an_address_of_its_own(tell, therapist, send, others, clock):
    asked = PasswordResetAsked(reset_id=new_id(), practitioner_id=therapist.id)
    others.resets[asked.reset_id] = PasswordResetFacts(
        practitioner_id=therapist.id,
        name="Dr Rivera",
        email="rivera@practice.example",
        language="de",
        timezone="Europe/Berlin",
        practice=others.practice,
        expires_at=clock.now() + timedelta(hours=1),
    )
    tell(asked)
    [letter] = send()
    assert letter.written.subject == "Neues Passwort festlegen"
    [token] = [word for word in letter.written.text.split() if "/p/new-password/lk_" in word]
    assert others.hashes == [others.hash(token.rpartition("/")[2])]


def test_one_that_nobody_waits_for_is_not_mailed(tell, therapist, send, ends):
    tell(PasswordResetAsked(reset_id=new_id(), practitioner_id=therapist.id))
    assert send() == []
    assert [one[-1] for one in ends()] == ["nothing_to_tell"]


def test_such_a_mail_stands_in_no_mail_log_and_leaves_no_copy(
    changed, send, database, therapist, clock
):
    changed(AccountChange.PASSWORD_CHANGED)
    assert len(send()) == 1
    with database.transaction() as tx:
        row = tx.execute(select(delivery)).mappings().one()
        assert (row["client_id"], row["text_sealed"], row["subject_sealed"]) == (None, None, None)
        listed = mail_log.list_deliveries(tx, ListDeliveries(), Seen(therapist), now=clock.now())
    assert listed.items == []
