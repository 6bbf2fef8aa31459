"""The mail log: what was sent, what waits and why; one mail; send it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from notifications.domain.delivery import Delivery, NewDelivery
from notifications.messages import to_contract
from notifications.storage import adding, deliveries
from portal_chassis.authority.access_log import AccessLog
from portal_chassis.authority.ownership import own_practice
from portal_chassis.authority.seen import Seen
from portal_chassis.call import Call
from portal_chassis.database.cursors import cursor_invalid
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.notifications.rpc import (
    OPEN_STATES,
    DeliveredMail,
    DeliveryPage,
    ListDeliveries,
    OpenDelivery,
    ResendDelivery,
    Resent,
)
from portal_contracts.permissions import Permission, require_permission

ACCESS_LOG = AccessLog(AccessRecorded, "delivery", ("delivery_id",))
"""What the access log is told of mails."""


def list_deliveries(
    tx: Transaction, command: ListDeliveries, seen: Seen, *, now: datetime
) -> DeliveryPage:
    """A page of the mail log of the actor's practice, in the order that the call promises.

    Mails about clients who are hidden from the actor are left out.

    Raises:
        Forbidden: the actor may not read it.
        Invalid: ``cursor_invalid``.
    """
    require_permission(seen.actor, Permission.DELIVERIES_READ)
    found = deliveries.listed(
        tx,
        deliveries.Which(
            own_practice(seen.actor),
            command.client_id,
            command.state,
            only_open=command.only_open,
            not_sent_again=command.not_sent_again,
            shown=lambda client_id: seen.condition(client_id, Permission.DELIVERIES_READ),
        ),
        after=_cursor(command.cursor),
        limit=command.limit + 1,
    )
    shown = found[: command.limit]
    more = len(found) > command.limit
    return DeliveryPage(
        items=[to_contract(delivery, now) for delivery in shown],
        next_cursor=str(shown[-1].id) if more else None,
    )


def open_delivery(
    tx: Transaction, command: OpenDelivery, call: Call, sealer: Sealer
) -> DeliveredMail:
    """One mail as it was sent, its link masked. The access is recorded before the reply.

    Raises:
        Forbidden: the actor may not read the mail log.
        NotFound: ``delivery_not_found``, also for another practice's.
    """
    require_permission(call.actor, Permission.DELIVERIES_READ)
    delivery = _own(tx, command.delivery_id, call.actor)
    record_access(tx, call, "delivery.opened", delivery)
    return DeliveredMail(
        delivery=to_contract(delivery, call.now),
        subject=_opened(tx, sealer, delivery, "subject_sealed", delivery.subject_sealed),
        text=_opened(tx, sealer, delivery, "text_sealed", delivery.text_sealed),
    )


def client_of_delivery(
    tx: Transaction, delivery_id: UUID, actor: Actor, permission: Permission
) -> UUID | None:
    """Whose mail it is, for asking whether the actor may; None for none of the practice's.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    found = deliveries.find(tx, delivery_id, practice_id=own_practice(actor))
    return None if found is None else found.client_id


def delivery_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("delivery_not_found", "There is no such delivery.")


def resend_delivery(
    tx: Transaction, command: ResendDelivery, call: Call, *, now: datetime
) -> Resent:
    """Plan a mail of the same kind again, with a token of its own, from the facts of now.

    Raises:
        Forbidden: the actor may not.
        NotFound: ``delivery_not_found``, also for another practice's.
        Conflict: ``delivery_still_open``: it is on its way anyway.
    """
    require_permission(call.actor, Permission.DELIVERIES_RESEND)
    delivery = _own(tx, command.delivery_id, call.actor)
    if delivery.state in OPEN_STATES:
        raise Conflict("delivery_still_open", "It is still on its way.")
    again = NewDelivery(
        cause_id=new_id(),
        practice_id=delivery.practice_id,
        client_id=delivery.about,
        kind=delivery.kind,
        subject_id=delivery.subject_id,
        request_id=call.request_id,
        traceparent=call.traceparent,
        recipient=delivery.recipient,
        practitioner_id=delivery.practitioner_id,
    )
    fresh = adding.add(tx, again, now=now)
    if fresh is None:
        message = "A new cause cannot have had a delivery."
        raise RuntimeError(message)
    record_access(tx, call, "delivery.resent", delivery)
    return Resent(delivery_id=fresh)


def record_access(tx: Transaction, call: Call, act: str, delivery: Delivery) -> None:
    """Tell the access log, with this transaction, that the actor did something to a delivery."""
    ACCESS_LOG.record(
        tx,
        call,
        act,
        practice_id=own_practice(call.actor),
        client_id=delivery.about,
        subject_id=delivery.id,
        thing=Thing(kind=ThingKind.MAIL, title=delivery.kind, at=delivery.created_at),
        now=call.now,
    )


def forget_old_copies(tx: Transaction, *, kept_days: int, now: datetime) -> int:
    """Drop the copies that are past their retention; how many."""
    return deliveries.forget_copies(tx, sent_before=now - timedelta(days=kept_days))


def _own(tx: Transaction, delivery_id: UUID, actor: Actor) -> Delivery:
    delivery = deliveries.find(tx, delivery_id, practice_id=own_practice(actor))
    if delivery is None:
        raise delivery_not_found()
    return delivery


def _cursor(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise cursor_invalid() from None


def _opened(
    tx: Transaction, sealer: Sealer, delivery: Delivery, column: str, sealed: bytes | None
) -> str:
    """The text of a sealed copy; empty where none is kept, or it was erased."""
    if sealed is None:
        return ""
    try:
        return sealer.open(
            tx, delivery.about, sealed, table="delivery", column=column, row=delivery.id
        )
    except KeyErased:
        return ""
