"""The mail that brings a code: to whom, what it says, and that the code stays nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications.storage.tables import delivery
from portal_chassis.database.sealed import Sealer
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.identity_links.events import EntryCodeRequested
from portal_contracts.identity_links.rpc.entry_codes import EntryCodeFacts

CODE = "031415"


@pytest.fixture
def request_code(take, clock, shared):
    """A browser asks for a code; its id."""

    def ask():
        code_id = new_id()
        take(
            Event(
                id=new_id(),
                type=EntryCodeRequested.TYPE,
                occurred_at=clock.now(),
                practice_id=shared.practice_id,
                aggregate=Aggregate(type="entry_code", id=code_id, seq=1),
                actor=NOBODY,
                request_id="request-1",
                data=EntryCodeRequested(code_id=code_id, client_id=shared.data.client_id),
            )
        )
        return code_id

    return ask


@pytest.fixture
def code_facts(link_facts, clock, shared):
    client = link_facts(shared.data.client_id)

    def make(**changes):
        values = {
            "client_id": client.client_id,
            "client_name": client.client_name,
            "greeting_name": client.greeting_name,
            "email": client.email,
            "language": client.language,
            "timezone": client.timezone,
            "practice": client.practice,
            "code": CODE,
            "expires_at": clock.now() + timedelta(minutes=10),
        }
        return EntryCodeFacts(**(values | changes))

    return make


def test_the_code_goes_to_the_address_on_file_and_not_into_the_subject(
    request_code, send, others, code_facts
):
    others.codes[request_code()] = code_facts()
    [letter] = send()
    assert letter.recipient.address == "anna@example.org"
    assert letter.written.subject == "Your code for Lindenhof Practice"
    assert f"Code: {CODE}\n" in letter.written.text
    assert letter.written.html.count(CODE) == 1
    assert "/p/" not in letter.written.text + letter.written.html
    assert not others.hashes


def test_it_is_written_in_the_client_s_language(request_code, send, others, code_facts):
    others.codes[request_code()] = code_facts(language="de")
    [letter] = send()
    assert letter.written.subject == "Ihr Code für Lindenhof Practice"
    assert "Er gilt zehn Minuten" in letter.written.text


def test_the_copy_of_the_mail_does_not_hold_the_code(
    request_code, send, others, code_facts, database
):
    others.codes[request_code()] = code_facts()
    send()
    with database.transaction() as tx:
        row = tx.execute(select(delivery)).mappings().one()
        copy = Sealer(b"k" * 32).open(
            tx, row["client_id"], row["text_sealed"], table="delivery", column="text_sealed",
            row=row["id"],
        )  # fmt: skip
    assert "Code: ••••" in copy
    assert CODE not in copy
    assert CODE not in repr(dict(row))


def test_a_code_that_nobody_waits_for_is_not_mailed(request_code, send, ends):
    request_code()
    assert send() == []
    assert [one[-1] for one in ends()] == ["code_not_awaited"]


def test_without_an_address_it_cannot_be_sent(request_code, send, others, code_facts, ends):
    others.codes[request_code()] = code_facts(email="")
    assert send() == []
    assert [one[-1] for one in ends()] == ["address_missing"]
