"""The journey as tests walk it: a client of their own, a practitioner, a service to book."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from email.message import EmailMessage

from tests.kit.pages import Form, Page
from tests.kit.portal.portals import Portal
from tests.kit.visitor import Visitor

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OPEN_ALL_WEEK = {
    f"weekly-{day}-{row}-{end}": time
    for day in range(7)
    for row, (start, until) in enumerate((("08:00", "20:00"), ("", "")))
    for end, time in (("start", start), ("end", until))
}
"""Hours that any test can book in, whatever day it runs on."""


@dataclass
class Journey:
    """One client in the portal, and the practitioner at the console.

    Attributes:
        portal: where.
        address: the client's; the mails go there.
        client_id: the client's.
        desk: the practitioner, signed in.
        client: the client, signed in to the portal.
    """

    portal: Portal
    address: str
    client_id: str
    desk: Visitor
    client: Visitor

    @property
    def client_page(self) -> str:
        """The client's page in the console."""
        return f"/console/clients/{self.client_id}"

    def mail(self, number: int) -> EmailMessage:
        """The client's mail of this number, from 0, waited for."""
        return self.portal.wait_for_mails(self.address, count=number + 1)[number]

    def follow_mail(self, number: int) -> Page:
        """What the link of that mail opens on a new device."""
        return self.portal.visitor().open(self.portal.portal_link_in(self.mail(number)))

    def template(self, title: str) -> str:
        """The id of one of the practice's form templates."""
        return only_id(self.desk.open("/console/forms/templates").links[title])


def only_id(address: str) -> str:
    """The id in an address."""
    found = UUID.findall(address)
    assert found, address
    return str(found[0])


def invitation_of(mail: EmailMessage) -> str:
    """The calendar part of a mail, unfolded."""
    [part, *_] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return str(part.get_content()).replace("\r\n", "\n").replace("\n ", "")


def begin_journey(portal: Portal, name: str, **fields: str) -> Journey:
    """A new client who has entered by the link that was shared."""
    address = f"{name.lower()}.{uuid.uuid4().hex[:8]}@example.org"
    desk = portal.practitioner()
    desk.open("/console/clients/new")
    page = desk.press("Add client", name=f"{name} Journey", email=address, **fields)
    client_id = only_id(page.path)
    desk.follow("Share link")
    desk.press("Share link")
    [mail] = portal.wait_for_mails(address)
    client = portal.visitor()
    assert client.open(portal.portal_link_in(mail)).path == "/home"
    return Journey(portal, address, client_id, desk, client)


def add_service(desk: Visitor, **fields: str) -> tuple[str, str]:
    """A service for clients to book, in hours without a free day: its title and its id."""
    desk.open("/console/availability")
    desk.press("Save hours", **OPEN_ALL_WEEK)
    title = f"{fields.pop('title', 'Talk')} {uuid.uuid4().hex[:6]}"
    desk.open("/console/services/new")
    wanted = {
        "title": title,
        "minutes": "30",
        "place_kind": "address",
        "place": "Lindenstraße 12, Berlin",
        "self_scheduling": "1",
        "min_notice_minutes": "0",
        "cancel_notice_minutes": "0",
        "move_notice_minutes": "0",
    }
    page = desk.press("Add service", **(wanted | fields))
    assert page.path.startswith("/console/services"), page.text
    return title, only_id(desk.open("/console/services").links[title])


def open_last_day(visitor: Visitor, address: str, *, at_least: int = 1) -> Form:
    """The form with the times of the latest day that has `at_least` so many.

    Of the month after the one that `address` shows, where there is one: at the end of a
    month its last days are few, and the tests before have booked on them.
    """
    page = visitor.open(address)
    following = [link for label, link in page.links.items() if label.startswith("Next month")]
    if following:
        page = visitor.open(following[0])
    days = [link for link in page.links.values() if "day=" in link and "#times" in link]
    for day in reversed(days):
        page = visitor.open(day)
        form = _times_of_day(page)
        if form is not None and len(form.sent_by) >= at_least:
            return form
    raise AssertionError(page.text)


def _times_of_day(page: Page) -> Form | None:
    """The form with the times of the chosen day: it stands below the one with the soonest ones."""
    forms = [one for one in page.forms if "starts_at" in dict(one.sent_by.values())]
    return forms[1] if len(forms) > 1 else None


def press_time(visitor: Visitor, form: Form, number: int = 0) -> Page:
    """Press one of the times of `form`, the first one unless told."""
    name, value = list(form.sent_by.values())[number]
    form.fields[name] = value
    return visitor.submit(form)


def press_move(visitor: Visitor, form: Form, number: int = 0) -> Page:
    """Press one of the times of `form`, and *Move* on the page that shows both."""
    press_time(visitor, form, number)
    return visitor.press("Move")


def book(visitor: Visitor, service_id: str, *, note: str = "") -> str:
    """Book the first time of the latest day in sight; the appointment's id."""
    page = press_time(visitor, open_last_day(visitor, f"/book/{service_id}"))
    assert page.path.startswith("/book/hold/"), page.text
    page = visitor.press("Confirm appointment", note=note)
    assert page.heading == "Booked", page.text
    return only_id(page.path)
