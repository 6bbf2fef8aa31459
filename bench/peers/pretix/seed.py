"""Fills pretix: ``python seed.py``, in its environment; prints the paths of its pages as JSON.

An event series with two hundred dates in a month, and a paid order of one ticket: what
in pretix comes closest to the portal's month and home.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from decimal import Decimal

import django
from django.utils.timezone import now

DATES, DAYS = 200, 28


def main(month: str) -> None:
    """Make all in the month that is named, as ``2026-12``."""
    django.setup()
    from django_scopes import scopes_disabled

    with scopes_disabled():
        print(json.dumps(_fill(datetime.fromisoformat(f"{month}-01T08:00:00+00:00"))))


def _fill(first: datetime) -> dict[str, str]:
    from pretix.base.models import Event, Item, Organizer, Quota, SubEvent

    organizer = Organizer.objects.create(name="Lindenhof Practice", slug="lindenhof")
    event = Event.objects.create(
        organizer=organizer,
        name="Individual session",
        slug="session",
        date_from=first,
        currency="EUR",
        has_subevents=True,
        live=True,
        plugins="",
    )
    event.set_defaults()
    event.settings.timezone = "Europe/Berlin"
    item = Item.objects.create(event=event, name="Session", default_price=Decimal(110))
    dates = []
    for number in range(DATES):
        at = first + timedelta(days=number % DAYS, hours=number // DAYS)
        date = SubEvent.objects.create(
            event=event,
            name="Individual session",
            date_from=at,
            date_to=at + timedelta(minutes=50),
            active=True,
        )
        quota = Quota.objects.create(event=event, name="One", size=1, subevent=date)
        quota.items.add(item)
        dates.append(date)
    order = _order(event, item, dates[0])
    return {
        "home": f"/lindenhof/session/order/{order.code}/{order.secret}/",
        "month": f"/lindenhof/session/?date={first:%Y-%m}&style=calendar",
    }


def _order(event: object, item: object, date: object) -> object:
    from pretix.base.models import Order, OrderPosition

    order = Order.objects.create(
        event=event,
        code="BENCH",
        email="anna.berg@example.org",
        status=Order.STATUS_PAID,
        datetime=now(),
        expires=now() + timedelta(days=14),
        total=Decimal(110),
        locale="en",
        sales_channel=event.organizer.sales_channels.get(identifier="web"),
    )
    OrderPosition.objects.create(
        order=order,
        item=item,
        subevent=date,
        price=Decimal(110),
        attendee_name_parts={"full_name": "Anna Berg", "_scheme": "full"},
        positionid=1,
    )
    order.create_transactions()
    return order


if __name__ == "__main__":
    main(sys.argv[1])
