"""The ten acts of a day, from Today: none of them takes more than three presses.

A press is a click, a key that does something, or a choice; what is typed does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from portal_chassis.clock import Clock
from tests.kit.browser import PATIENCE_MS
from tests.kit.portal.journeys import Journey, add_service, begin_journey
from tests.kit.portal.portals import Portal

pytestmark = pytest.mark.timeout(120)

MOST = 3
DESK = {"width": 1280, "height": 800}
ZONE = ZoneInfo("Europe/Berlin")


@dataclass
class Desk:
    """A practitioner at a desk whose presses are counted."""

    page: Page
    client: str
    presses: int = 0

    def press(self, what: str | Locator) -> None:
        """Click the first of these that is there."""
        self.presses += 1
        (self.page.locator(what) if isinstance(what, str) else what).first.click()

    def key(self, name: str) -> None:
        """Press a key that does something."""
        self.presses += 1
        self.page.keyboard.press(name)

    def type(self, field: str, text: str) -> None:
        """Type into a field, which does not count."""
        self.page.locator(f"[name={field}]").first.fill(text)

    def is_told(self, words: str) -> None:
        """The page says that it is done."""
        expect(self.page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def books(journey: Journey, service_id: str, at: datetime) -> bool:
    """Book a few minutes for the journey's client; not where another appointment stands."""
    of = f"client_id={journey.client_id}&service_id={service_id}&day={at.date().isoformat()}"
    journey.desk.open(f"/console/appointments/new?{of}")
    own = {"start": "own", "on": at.date().isoformat(), "at": f"{at:%H:%M}", "minutes": "5"}
    page = journey.desk.press("Book appointment", **own)
    if any("Book anyway" in form.buttons for form in page.forms):
        page = journey.desk.press("Book anyway")
    return page.path.startswith("/console/appointments/0")


@pytest.fixture(scope="module")
def client(portal_in_one_process: Portal) -> str:
    """A client who comes next, and had two sessions that nobody has written about: her name."""
    tess = begin_journey(portal_in_one_process, f"Tess{uuid4().hex[:8]}")
    now = Clock().now().astimezone(ZONE)
    for number in (2, 1):
        began = now - timedelta(minutes=2 * number)
        tess.desk.open(f"{tess.client_page}/sessions/new")
        tess.desk.press(
            "Record session",
            title=f"Talk {number}",
            on=began.date().isoformat(),
            at=f"{began:%H:%M}",
            minutes="1",
        )
    _, service_id = add_service(tess.desk)
    # The soonest times are those that the tests before have booked.
    assert any(
        books(tess, service_id, now + timedelta(minutes=wait)) for wait in range(10, 720, 10)
    )
    return tess.desk.open(tess.client_page).title.partition(" · ")[0]


@pytest.fixture(scope="module")
def page(portal_in_one_process: Portal, chromium: Browser, client: str) -> Iterator[Page]:
    """The console in a browser, signed in."""
    page = chromium.new_page(viewport=DESK)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{portal_in_one_process.base_url}/console")
    page.get_by_label("E-mail").fill(portal_in_one_process.demo["email"])
    page.get_by_label("Password", exact=True).fill(portal_in_one_process.demo["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console")
    yield page
    page.close()


@pytest.fixture
def desk(portal_in_one_process: Portal, page: Page, client: str) -> Desk:
    page.goto(f"{portal_in_one_process.base_url}/console")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    return Desk(page, client)


def line(desk: Desk) -> Locator:
    """What Today has of the client."""
    return desk.page.locator("li", has_text=desk.client)


def book(desk: Desk) -> None:
    desk.press("#new-appointment")
    desk.type("client", desk.client)
    expect(desk.page.get_by_role("radio", name=desk.client)).to_be_checked()
    desk.press(desk.page.locator("#when .time-option"))
    desk.press("#book")
    desk.is_told("The appointment is booked")


def move(desk: Desk) -> None:
    desk.press(line(desk).locator("[id^=move-]"))
    desk.press(desk.page.locator(".time-option:not(:has(.meta))"))
    desk.press("#move")
    desk.is_told("The appointment is moved")


def no_show(desk: Desk) -> None:
    desk.press(line(desk).locator("[id^=no-show-]"))
    desk.is_told("The session is marked as not attended")


def write_and_share(desk: Desk) -> None:
    desk.press(line(desk).locator("[id^=write-]"))
    desk.type("summary", "We spoke of the lighthouse.")
    desk.press("#share")
    desk.press("#share-now")
    desk.is_told("The summary is shared")


def send_a_form(desk: Desk) -> None:
    desk.press("#send-form")
    desk.type("client", desk.client)
    expect(desk.page.get_by_role("radio", name=desk.client)).to_be_checked()
    desk.press(desk.page.locator("label", has=desk.page.locator("[name=template]")))
    desk.press("#send-now")
    desk.is_told("The form is sent")


def approve(desk: Desk) -> None:
    desk.press("[id^=approve-]")
    desk.is_told("The request is approved")


def add_a_client_and_share(desk: Desk) -> None:
    desk.press("#new-client")
    desk.type("name", f"New {uuid4().hex[:8]}")
    desk.type("email", f"{uuid4().hex}@example.org")
    desk.press("#save-and-share")
    desk.press("#share-now")
    desk.is_told("on its way")


def set_a_day_off(desk: Desk) -> None:
    desk.press("#day-off")
    first = desk.page.locator("[name=first_on]").input_value()
    desk.type("first_on", (date.fromisoformat(first) + timedelta(days=150)).isoformat())
    desk.press("#save")
    desk.is_told("The day off is saved")


def find_the_last_phq9(desk: Desk) -> None:
    desk.key("/")
    desk.page.keyboard.type("Anna Berg")
    desk.key("Enter")
    desk.press(desk.page.get_by_role("link", name=re.compile("PHQ-9")))
    expect(desk.page.get_by_role("heading", name="Score")).to_be_visible()


def send_a_mail_again(desk: Desk) -> None:
    desk.press("[id^=resend-]")
    desk.is_told("on its way again")
    expect(desk.page.locator("[id^=resend-]")).to_have_count(0)


ACTS = [
    book,
    move,
    no_show,
    write_and_share,
    send_a_form,
    approve,
    add_a_client_and_share,
    set_a_day_off,
    find_the_last_phq9,
    send_a_mail_again,
]


@pytest.mark.parametrize("act", ACTS, ids=[act.__name__ for act in ACTS])
def test_an_act_of_the_day_takes_three_presses_at_most(
    desk: Desk, act: Callable[[Desk], None]
) -> None:
    act(desk)
    assert desk.presses <= MOST


def test_today_is_gone_through_by_keyboard_alone(desk: Desk) -> None:
    """What waits comes before the line of the day; nothing is passed over or hidden."""
    page = desk.page
    page.locator("main").focus()
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => [document.activeElement.id, document.activeElement.checkVisibility(), "
            "!!document.activeElement.closest('main')]"
        )
        if not focused[2]:
            break
        assert focused[1], focused
        seen.append(focused[0])
    links = page.locator("main :is(a[href], button:not([hidden]), summary)")
    ids = [one for one in links.evaluate_all("all => all.map((one) => one.id)") if one]
    assert seen == ids
    assert seen.index("to-calendar") > min(seen.index(one) for one in seen if "write-" in one)
    page.locator(f"#{next(one for one in seen if one.startswith('write-'))}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/sessions/**")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []
