"""A client's browser that books: it presses what the pages show, on either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from bench.peers.monolith_server import Monolith
from tests.kit.pages import Form
from tests.kit.portal.portals import Portal
from tests.kit.visitor import REDIRECTS, Visitor

CONFIRM = "Confirm appointment"
NOTE = "I come by train."


@dataclass(frozen=True)
class BookingClient:
    """Whoever books.

    Attributes:
        visitor: the browser, signed in.
        times: the form that holds a time.
    """

    visitor: Visitor
    times: Form

    def hold(self, start: datetime) -> Form:
        """Choose a time and open the page of the hold; the form that confirms it.

        Raises:
            RuntimeError: the time was not held.
        """
        address = self._post(self.times, {"starts_at": f"{start:%Y-%m-%dT%H:%M:%SZ}"})
        if "/book/hold/" not in address:
            raise RuntimeError(f"{start} was not held: {address}")
        return self.visitor.request("GET", address).form(CONFIRM)

    def confirm(self, form: Form) -> None:
        """Book what is held.

        Raises:
            RuntimeError: it was not booked.
        """
        address = self._post(form, {"policy_accepted": "1", "note": NOTE})
        if "/appointments/" not in address:
            raise RuntimeError(f"it was not booked: {address}")

    def _post(self, form: Form, values: dict[str, str]) -> str:
        """Where the answer leads."""
        marks = {
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Site": "same-origin",
            "Origin": self.visitor.base_url,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode(form.fields | values)
        answer = self.visitor.request("POST", form.action, body=body, headers=marks)
        if answer.status not in REDIRECTS:
            raise RuntimeError(f"{answer.status} of {form.action}: {answer.title}")
        return answer.headers["location"]


def client_of_portal(portal: Portal, service_id: UUID, month: date) -> BookingClient:
    """The demo client of the portal, who looks at a month with free times."""
    visitor = portal.visitor()
    visitor.open(portal.demo_link)
    return BookingClient(visitor, _times(visitor, service_id, month))


def client_of_monolith(monolith: Monolith, service_id: UUID, month: date) -> BookingClient:
    """The same client of the monolith."""
    visitor = Visitor(f"http://127.0.0.1:{monolith.port}")
    visitor.cookies = dict(part.split("=", 1) for part in monolith.cookie.split("; "))
    return BookingClient(visitor, _times(visitor, service_id, month))


def _times(visitor: Visitor, service_id: UUID, month: date) -> Form:
    page = visitor.open(f"/book/{service_id}?month={month:%Y-%m}")
    return next(one for one in page.forms if one.action == f"/book/{service_id}/hold")
