"""The same time as usual, offered to a client who books again."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import require_client
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.scheduling.rpc.usual_times import FindUsualTime, UsualTime
from scheduling.domain.usual_time import LOOKED_AT, next_usual_start, searched, usual_time
from scheduling.operations.bookable_services import require_service, service_not_found
from scheduling.operations.slot_calendar import load_calendar
from scheduling.storage import appointments


def find_usual_time(
    tx: Transaction, command: FindUsualTime, actor: Actor, *, now: datetime
) -> UsualTime:
    """The next start at the client's usual time, from the calendar that holding it asks.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``service_not_found``: also one the client may not book.
    """
    client = require_client(actor)
    service = require_service(tx, command.service_id, client.practice_id)
    if not service.offers_to(client.id):
        raise service_not_found()
    calendar = load_calendar(tx, service, around=searched(now), now=now, client=client)
    zone = calendar.availability.zone
    nothing = UsualTime(starts_at=None, timezone=zone.key)
    if not service.fields.usual_time:
        return nothing
    had = appointments.last_of_service(tx, client, service.id, limit=LOOKED_AT)
    usual = usual_time([one.starts_at for one in had], zone)
    if usual is None:
        return nothing
    return UsualTime(starts_at=next_usual_start(calendar, *usual), timezone=zone.key)
