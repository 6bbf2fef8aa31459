"""Sending what is due: once, with fresh facts, and never with a token left behind."""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from notifications.domain.outcome import permanent, temporary, unreachable
from notifications.domain.reasons import Reason
from notifications.operations import outcomes
from notifications.operations.mail_routes import MailRoute
from notifications.operations.planning import plan_mails
from notifications.operations.sending import (
    resume_after_outage,
    send_due,
)
from notifications.storage import attempts, claiming, deliveries
from notifications.storage.tables import delivery, delivery_attempt
from portal_chassis.database.sealed import Sealer
from portal_contracts.errors import NotFound, Unavailable
from portal_contracts.identity_links.rpc.targets import LinkState

TOKEN = re.compile(r"https://portal\.example\.org/p/(lk_[A-Za-z0-9_-]{43})")


def row(database, delivery_id):
    with database.transaction() as tx:
        return tx.execute(select(delivery).where(delivery.c.id == delivery_id)).one()


def everything_stored(database) -> str:
    with database.transaction() as tx:
        tables = ("delivery", "delivery_attempt", "outbox", "inbox", "idempotency")
        return " ".join(
            str(tx.execute(text(f"SELECT string_agg(t::text, ' ') FROM {table} t")).scalar())
            for table in tables
        )


def test_an_event_leads_to_one_delivery_however_often_it_comes(database, clock, shared) -> None:
    with database.transaction() as tx:
        undo = timedelta(seconds=30)
        assert len(plan_mails(tx, shared, undo=undo, now=clock.now())) == 1
        assert plan_mails(tx, shared, undo=undo, now=clock.now()) == []


def test_a_due_delivery_is_sent_with_a_token_whose_hash_was_registered(
    database, plan, make_sender, outbound, others
) -> None:
    delivery_id = plan()
    assert send_due(make_sender()) == 1
    [letter] = outbound.letters
    token = TOKEN.search(letter.written.text)[1]
    assert others.hashes == [hashlib.sha256(token.encode()).hexdigest()]
    stored = row(database, delivery_id)
    assert (stored.state, stored.attempts, stored.sent_to) == ("sent", 1, "anna@example.org")
    assert send_due(make_sender()) == 0


def test_no_token_and_no_text_is_stored_readably(database, plan, make_sender, outbound) -> None:
    delivery_id = plan()
    send_due(make_sender())
    token = TOKEN.search(outbound.letters[0].written.text)[1]
    stored = everything_stored(database)
    assert token not in stored
    assert token.encode().hex() not in stored
    assert b"Hello Anna".hex() not in stored
    kept = row(database, delivery_id)
    with database.transaction() as tx:
        copy = Sealer(b"k" * 32).open(
            tx,
            kept.client_id,
            kept.text_sealed,
            table="delivery",
            column="text_sealed",
            row=kept.id,
        )
    assert "https://portal.example.org/p/lk_••••" in copy
    assert "Hello Anna" in copy


def test_every_attempt_has_the_same_message_id_and_another_token(
    plan, make_sender, outbound, clock
) -> None:
    plan()
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_BUSY)]
    sender = make_sender()
    send_due(sender)
    assert send_due(sender) == 0
    clock.advance(31)
    assert send_due(sender) == 1
    first, second = outbound.letters
    assert first.message_id == second.message_id
    assert TOKEN.search(first.written.text)[1] != TOKEN.search(second.written.text)[1]


def test_trouble_for_a_day_ends_as_failed_with_the_reason(
    database, plan, make_sender, outbound, clock
) -> None:
    delivery_id = plan()
    sender = make_sender()
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_BUSY, "451")] * 100
    for _ in range(60):
        send_due(sender)
        if row(database, delivery_id).state == "failed":
            break
        clock.advance(1800)
    stored = row(database, delivery_id)
    assert (stored.state, stored.reason) == ("failed", "mail_server_busy")
    assert stored.next_attempt_at is None
    with database.transaction() as tx:
        statuses = tx.execute(select(delivery_attempt.c.status)).scalars().all()
    assert len(statuses) == stored.attempts
    assert set(statuses) == {"451"}


def test_a_refused_address_fails_at_once(database, plan, make_sender, outbound) -> None:
    delivery_id = plan()
    outbound.outcomes = [permanent(Reason.ADDRESS_REFUSED, "550 5.1.1")]
    send_due(make_sender())
    assert row(database, delivery_id).state == "failed"
    assert send_due(make_sender()) == 0


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"state": LinkState.REVOKED}, "closed", "link_revoked"),
        ({"state": LinkState.EXPIRED}, "closed", "link_expired"),
        ({"client_active": False}, "closed", "client_archived"),
        ({"email": ""}, "failed", "address_missing"),
        ({"email": "nobody"}, "failed", "address_invalid"),
    ],
)
def test_the_facts_are_read_again_at_sending_time(  # noqa: PLR0917 - three are the case
    database, plan, make_sender, outbound, others, link_facts, changes, state, reason
) -> None:
    others.answer = lambda link_id: link_facts(link_id, **changes)
    delivery_id = plan()
    send_due(make_sender())
    stored = row(database, delivery_id)
    assert (stored.state, stored.reason) == (state, reason)
    assert outbound.letters == []


def test_an_unknown_link_closes_the_delivery(database, plan, make_sender, others) -> None:
    others.error = NotFound("link_not_found")
    delivery_id = plan()
    send_due(make_sender())
    assert row(database, delivery_id).reason == "link_unknown"


def test_a_mail_waits_for_identity_links_and_goes_out_at_its_return(
    database, plan, make_sender, outbound, others, clock
) -> None:
    others.error = Unavailable("service_unavailable")
    delivery_id = plan()
    sender = make_sender()
    send_due(sender)
    stored = row(database, delivery_id)
    assert (stored.state, stored.reason, stored.attempts) == ("retrying", "service_unavailable", 0)
    others.error = None
    clock.advance(6)
    send_due(sender)
    assert len(outbound.letters) == 1


def test_two_senders_never_send_the_same_mail(plan, make_sender, outbound) -> None:
    for _ in range(12):
        plan()
    senders = [make_sender() for _ in range(4)]

    def work(sender) -> None:
        while send_due(sender):
            pass

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    ids = [letter.delivery_id for letter in outbound.letters]
    assert len(ids) == len(set(ids)) == 12


def test_a_sender_that_dies_after_claiming_leaves_the_mail_to_the_next(
    database, plan, make_sender, outbound, clock
) -> None:
    delivery_id = plan()
    with database.transaction() as tx:
        claiming.claim_due(
            tx, holder="the dead one", seconds=make_sender().lease_seconds, now=clock.now()
        )
    assert send_due(make_sender()) == 0
    clock.advance(make_sender().lease_seconds + 1)
    assert send_due(make_sender()) == 1
    assert [letter.delivery_id for letter in outbound.letters] == [delivery_id]


def test_a_sender_whose_lease_is_nearly_over_does_not_send(
    database, plan, make_sender, outbound, others, clock, link_facts
) -> None:
    delivery_id = plan()

    def slow(link_id):
        clock.advance(make_sender().lease_seconds - make_sender().handing_in_seconds + 1)
        return link_facts(link_id)

    others.answer = slow
    assert send_due(make_sender()) == 1
    assert outbound.letters == []
    assert row(database, delivery_id).state == "waiting"
    others.answer = link_facts
    clock.advance(make_sender().handing_in_seconds)
    assert send_due(make_sender()) == 1
    assert len(outbound.letters) == 1


def test_a_database_that_is_away_when_the_mail_is_out_makes_no_second_mail(
    database, plan, make_sender, outbound, clock, monkeypatch
) -> None:
    delivery_id = plan()
    monkeypatch.setattr(outcomes, "RECORD_PAUSE_SECONDS", 0.01)
    really_write, tries = attempts.write_sent, []

    def away_twice(*arguments, **values):
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        return really_write(*arguments, **values)

    monkeypatch.setattr(attempts, "write_sent", away_twice)
    send_due(make_sender())
    assert row(database, delivery_id).state == "sent"
    clock.advance(make_sender().lease_seconds + 1)
    assert send_due(make_sender()) == 0
    assert len(outbound.letters) == 1
    with database.transaction() as tx:
        assert len(attempts.attempts_of(tx, delivery_id)) == 1


def test_a_mail_that_is_out_is_sent_whoever_holds_the_lease_by_then(
    database, plan, make_sender, outbound, clock
) -> None:
    delivery_id = plan()

    class Slow:
        def send(self, letter):
            clock.advance(make_sender().lease_seconds + 1)
            with database.transaction() as tx:
                claiming.claim_due(
                    tx,
                    holder="another",
                    seconds=make_sender().lease_seconds,
                    now=clock.now(),
                )
            return outbound.send(letter)

    send_due(make_sender(transport=Slow()))
    stored = row(database, delivery_id)
    assert (stored.state, stored.claimed_by) == ("sent", None)


def test_a_sender_that_dies_before_the_mark_repeats_the_same_message_id(
    plan, make_sender, outbound, clock, monkeypatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_arguments, **_values):
        raise Killed

    plan()
    with monkeypatch.context() as patch:
        patch.setattr(attempts, "write_sent", die)
        with pytest.raises(Killed):
            send_due(make_sender())
    assert send_due(make_sender()) == 0
    clock.advance(make_sender().lease_seconds + 1)
    assert send_due(make_sender()) == 1
    first, second = outbound.letters
    assert first.message_id == second.message_id


def test_one_delivery_that_surprises_does_not_hold_up_the_others(
    database, plan, make_sender, outbound
) -> None:
    strange, ordinary = plan(), plan()

    class Surprising:
        def send(self, letter):
            if letter.delivery_id == strange:
                raise RuntimeError("never seen before")
            return outbound.send(letter)

    sender = make_sender(transport=Surprising())
    while send_due(sender):
        pass
    assert [letter.delivery_id for letter in outbound.letters] == [ordinary]
    stored = row(database, strange)
    assert (stored.state, stored.reason, stored.attempts) == ("retrying", "internal_error", 1)
    assert stored.claimed_by is None


def test_what_cannot_be_sealed_is_not_sent(database, plan, make_sender, outbound) -> None:
    delivery_id = plan()
    with database.transaction() as tx:
        client_id = tx.execute(select(delivery.c.client_id)).scalar_one()
        Sealer(b"another key" + b"k" * 21).seal(
            tx, client_id, "", table="delivery", column="text_sealed", row=delivery_id
        )
    send_due(make_sender())
    assert outbound.letters == []
    assert row(database, delivery_id).reason == "internal_error"


def test_mails_follow_at_once_when_the_mail_server_is_back(
    database, plan, make_sender, outbound, clock
) -> None:
    delivery_id = plan()
    outbound.outcomes = [unreachable(Reason.MAIL_SERVER_UNREACHABLE)] * 6
    outbound.is_there = False
    sender = make_sender()
    while len(outbound.letters) < 6:
        send_due(sender)
        clock.advance(600)
        assert resume_after_outage(sender) == 0
    outbound.is_there = True
    assert row(database, delivery_id).next_attempt_at > clock.now()
    assert resume_after_outage(sender) == 1
    assert send_due(sender) == 1
    assert row(database, delivery_id).state == "sent"
    assert resume_after_outage(sender) == 0


def test_each_practice_waits_for_its_own_mail_server(
    database, plan, make_sender, outbound, clock
) -> None:
    practices = [uuid.UUID(int=number) for number in range(1, 7)]
    planned = [plan() for _ in practices]
    outbound.outcomes = [unreachable(Reason.MAIL_SERVER_UNREACHABLE)] * len(planned)
    sender = make_sender()
    while send_due(sender):
        pass
    with database.transaction() as tx:
        for delivery_id, practice_id in zip(planned, practices, strict=True):
            own = update(delivery).where(delivery.c.id == delivery_id)
            tx.execute(own.values(practice_id=practice_id))

    class OwnServer:
        """Made anew for each question, as that of a practice is."""

        def __init__(self, practice_id: uuid.UUID) -> None:
            self.is_there = practice_id == practices[-1]

        def answers(self) -> bool:
            return self.is_there

    asking = make_sender(route_of=lambda one: MailRoute(OwnServer(one), "portal@example.org"))
    assert resume_after_outage(asking) == 1
    assert row(database, planned[-1]).next_attempt_at == clock.now()


@pytest.mark.parametrize("reason", [Reason.MAIL_SERVER_TIMEOUT, Reason.MAIL_SERVER_SIGN_IN_FAILED])
def test_trouble_that_a_greeting_does_not_show_keeps_its_pause(
    plan, make_sender, outbound, reason
) -> None:
    plan()
    outbound.outcomes = [unreachable(reason)]
    sender = make_sender()
    send_due(sender)
    assert resume_after_outage(sender) == 0
    assert send_due(sender) == 0


def test_copies_are_forgotten_after_their_time_and_the_log_stays(
    database, plan, make_sender, clock
) -> None:
    delivery_id = plan()
    send_due(make_sender())
    with database.transaction() as tx:
        before = clock.now() + timedelta(days=1)
        assert deliveries.forget_copies(tx, sent_before=before) == 1
    stored = row(database, delivery_id)
    assert stored.text_sealed is None
    assert stored.state == "sent"
