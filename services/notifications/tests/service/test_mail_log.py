"""The mail log: who may see it, what it shows, and sending again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from notifications.domain.outcome import temporary
from notifications.domain.reasons import Reason
from notifications.entry_points.mail_log import whose_mails
from notifications.operations import mail_log
from notifications.operations.erasing import erase_client
from notifications.operations.sending import send_due
from notifications.storage.tables import chassis, delivery
from portal_chassis.authority.seen import Seen
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.envelope import Event
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.caseload import VisibleClients
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    OPEN_DELIVERY,
    RESEND_DELIVERY,
    DeliveryState,
    ListDeliveries,
    OpenDelivery,
    ResendDelivery,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SEALER = Sealer(b"k" * 32)


def call(actor: Actor, method, arguments, clock) -> Call:
    return Call(actor, "request-2", "key", method, clock.now(), "192.0.2.7", arguments)


def opened(database, clock, actor: Actor, delivery_id):
    command = OpenDelivery(delivery_id=delivery_id)
    with database.transaction() as tx:
        return mail_log.open_delivery(
            tx, command, call(actor, OPEN_DELIVERY, command, clock), SEALER
        )


def resent(database, clock, actor: Actor, delivery_id):
    command = ResendDelivery(delivery_id=delivery_id)
    with database.transaction() as tx:
        return mail_log.resend_delivery(
            tx, command, call(actor, RESEND_DELIVERY, command, clock), now=clock.now()
        )


def listed(database, actor: Actor, now=NOW, **query):
    with database.transaction() as tx:
        return mail_log.list_deliveries(tx, ListDeliveries(**query), Seen(actor), now=now)


def recorded(database) -> list[AccessRecorded]:
    with database.transaction() as tx:
        bodies = tx.execute(select(chassis.outbox.c.body).order_by(chassis.outbox.c.id)).scalars()
        return [msgspec.json.decode(body, type=Event[AccessRecorded]).data for body in bodies]


@pytest.fixture
def actor(make_practitioner) -> Actor:
    return make_practitioner()


def test_lists_the_newest_first_by_pages(database, plan, actor) -> None:
    ids = [plan() for _ in range(5)]
    first = listed(database, actor, limit=2)
    second = listed(database, actor, limit=2, cursor=first.next_cursor)
    third = listed(database, actor, limit=2, cursor=second.next_cursor)
    seen = [one.id for page in (first, second, third) for one in page.items]
    assert seen == list(reversed(ids))
    assert third.next_cursor is None


def test_filters_by_state_and_client(database, plan, make_sender, actor) -> None:
    sent = plan()
    send_due(make_sender())
    waiting = plan()
    assert [one.id for one in listed(database, actor, state=DeliveryState.SENT).items] == [sent]
    client_id = next(one.client_id for one in listed(database, actor).items if one.id == waiting)
    assert [one.id for one in listed(database, actor, client_id=client_id).items] == [waiting]


def test_one_practitioner_s_clients_are_asked_for_before_the_list(database, plan, actor) -> None:
    ids = [plan() for _ in range(3)]
    about = {one.id: one.client_id for one in listed(database, actor).items}
    asked = []

    class Identity:
        def call(self, _method, command, **_who):
            asked.append(command.caseload_of)
            return VisibleClients(
                client_ids=[about[ids[0]]], caseload=[about[ids[0]], about[ids[1]]]
            )

    whose = uuid4()
    command = ListDeliveries(practitioner_id=whose)
    service = SimpleNamespace(rpc_client=Identity())
    for who, shown in (
        (actor, ids[:2]),
        (replace(actor, role=Role.PRACTITIONER, caseload_only=True), ids[:1]),
    ):
        found = whose_mails(service, command, SimpleNamespace(actor=who, request_id="1"))
        with database.transaction() as tx:
            page = mail_log.list_deliveries(tx, command, found, now=NOW)
        assert sorted(one.id for one in page.items) == shown
    assert asked == [whose, whose]
    whose_mails(service, ListDeliveries(), SimpleNamespace(actor=actor, request_id="1"))
    assert len(asked) == 2


def test_what_is_on_its_way_is_listed_with_the_longest_wait_first(
    database, plan, make_sender, outbound, actor
) -> None:
    plan()
    send_due(make_sender())
    ids = [plan() for _ in range(3)]
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_BUSY, "451")]
    send_due(make_sender())
    first = listed(database, actor, only_open=True, limit=2)
    second = listed(database, actor, only_open=True, limit=2, cursor=first.next_cursor)
    assert [one.id for page in (first, second) for one in page.items] == ids
    assert second.next_cursor is None
    assert [one.state for one in first.items] == ["retrying", "waiting"]


def test_every_mail_that_nobody_has_yet_says_why(
    database, plan, make_sender, outbound, actor, clock
) -> None:
    def reasons(after=timedelta()):
        return [one.reason for one in listed(database, actor, now=clock.now() + after).items]

    plan()
    assert reasons() == reasons(timedelta(seconds=59)) == ["in_line"]
    assert reasons(timedelta(seconds=-10)) == ["undo_time"]
    assert reasons(timedelta(seconds=61)) == ["held_up"]
    outbound.outcomes = [temporary(Reason.MAIL_SERVER_BUSY, "451")]
    send_due(make_sender())
    assert reasons(timedelta(hours=1)) == ["mail_server_busy"]
    clock.advance(300)
    send_due(make_sender())
    assert reasons() == [""]


def test_a_made_up_cursor_is_refused(database, actor) -> None:
    with pytest.raises(Invalid, match="cursor_invalid"):
        listed(database, actor, cursor="' OR 1=1")


def test_opening_shows_the_mail_with_its_link_masked_and_is_recorded(
    database, plan, make_sender, actor, clock
) -> None:
    delivery_id = plan()
    send_due(make_sender())
    mail = opened(database, clock, actor, delivery_id)
    assert mail.subject == "Your link to Lindenhof Practice"
    assert "/p/lk_••••" in mail.text
    [access] = recorded(database)
    assert (access.act, access.outcome) == ("delivery.opened", "done")
    assert (access.subject_id, access.address) == (delivery_id, "192.0.2.7")


def test_what_was_not_sent_has_no_text(database, plan, actor, clock) -> None:
    assert opened(database, clock, actor, plan()).text == ""


def test_an_erased_client_leaves_no_text(database, plan, make_sender, actor, clock) -> None:
    delivery_id = plan()
    send_due(make_sender())
    with database.transaction() as tx:
        client_id = tx.execute(select(delivery.c.client_id)).scalar_one()
        erase_client(tx, client_id, clock.now())
    assert opened(database, clock, actor, delivery_id).text == ""


def test_no_mail_about_an_erased_client_goes_out(
    database, plan, make_sender, outbound, clock, make_event
) -> None:
    event = make_event()
    waiting = plan(event)
    with database.transaction() as tx:
        erase_client(tx, event.data.client_id, clock.now())
    # identity-links still says that it may go out: its answer is of a moment before.
    later = plan(make_event(client_id=event.data.client_id))
    send_due(make_sender())
    with database.transaction() as tx:
        found = {row.id: (row.state, row.reason) for row in tx.execute(select(delivery))}
    assert found == dict.fromkeys((waiting, later), ("closed", "client_erased"))
    assert outbound.letters == []


def test_sending_again_is_a_new_delivery(
    database, plan, make_sender, outbound, actor, clock
) -> None:
    delivery_id = plan()
    send_due(make_sender())
    again = resent(database, clock, actor, delivery_id)
    send_due(make_sender())
    assert [letter.delivery_id for letter in outbound.letters] == [delivery_id, again.delivery_id]
    assert [access.act for access in recorded(database)] == ["delivery.resent"]


def test_what_was_sent_again_is_no_longer_among_those_that_failed(
    database, plan, make_sender, outbound, actor, clock
) -> None:
    gone = {"state": DeliveryState.FAILED, "next_attempt_at": None}
    first, second = plan(), plan()
    with database.transaction() as tx:
        tx.execute(update(delivery).values(**gone))

    def failed(**more):
        return [one.id for one in listed(database, actor, state=DeliveryState.FAILED, **more).items]

    assert set(failed(not_sent_again=True)) == {first, second}
    again = resent(database, clock, actor, first).delivery_id
    assert failed(not_sent_again=True) == [second]
    assert set(failed()) == {first, second}
    with database.transaction() as tx:
        tx.execute(update(delivery).where(delivery.c.id == again).values(**gone))
    assert set(failed(not_sent_again=True)) == {second, again}


def test_what_is_on_its_way_is_not_sent_again(database, plan, actor, clock) -> None:
    with pytest.raises(Conflict, match="delivery_still_open"):
        resent(database, clock, actor, plan())


@pytest.mark.parametrize(
    "stranger",
    [
        NOBODY,
        service_actor("forms"),
        Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=new_id()),
    ],
)
def test_only_practitioners_see_the_mail_log(database, plan, clock, stranger: Actor) -> None:
    delivery_id = plan()
    with pytest.raises(Forbidden):
        listed(database, stranger)
    with pytest.raises(Forbidden):
        opened(database, clock, stranger, delivery_id)
    with pytest.raises(Forbidden):
        resent(database, clock, stranger, delivery_id)


@pytest.mark.parametrize("role", list(Role))
def test_another_practice_sees_nothing_whatever_the_role(
    database, plan, clock, make_practitioner, role: Role
) -> None:
    delivery_id = plan()
    stranger = make_practitioner(role, new_id())
    assert listed(database, stranger).items == []
    refusals = []
    for known in (delivery_id, new_id()):
        with pytest.raises(NotFound) as refused:
            opened(database, clock, stranger, known)
        refusals.append((refused.value.code, refused.value.detail))
        with pytest.raises(NotFound):
            resent(database, clock, stranger, known)
    assert refusals[0] == refusals[1]
    assert recorded(database) == []


def test_a_refusal_is_recorded_for_the_access_log(database, clock, make_practitioner) -> None:
    actor = make_practitioner()
    command = OpenDelivery(delivery_id=new_id())
    one = call(actor, OPEN_DELIVERY, command, clock)
    with database.transaction() as tx:
        mail_log.ACCESS_LOG.record_refusal(tx, one, NotFound("delivery_not_found"))
    [access] = recorded(database)
    assert (access.outcome, access.subject_id) == ("denied", command.delivery_id)


def test_nobodys_refusal_is_not_recorded(database, clock) -> None:
    one = call(NOBODY, LIST_DELIVERIES, ListDeliveries(), clock)
    with database.transaction() as tx:
        mail_log.ACCESS_LOG.record_refusal(tx, one, Forbidden("not_allowed"))
    assert recorded(database) == []
