"""`kill -9` of scheduling while a client confirms, of forms while she sends: once, and for all."""

from __future__ import annotations

import pytest

from portal_chassis.testing.pages import Form, Page
from portal_chassis.testing.waiting import eventually
from portal_runner.testing.health import RECOVERY_SECONDS, wait_until_healthy
from portal_runner.testing.journeys import (
    Journey,
    add_service,
    begin_journey,
    invitation_of,
    only_id,
    open_last_day,
    press_time,
)

pytestmark = pytest.mark.timeout(240)

MOMENTS = (0.0, 0.02, 0.06)
"""Seconds between the press and the kill."""


@pytest.fixture
def ida(portal_stack) -> Journey:
    return begin_journey(portal_stack, "Ida")


def press_until_acknowledged(journey: Journey, form: Form) -> tuple[Page, int]:
    """The same form, and so the same key, until it is answered; how often it was not."""
    unknown = 0

    def press() -> Page | None:
        nonlocal unknown
        page = journey.client.submit(form)
        if page.status == 200:
            return page
        assert page.status == 503, f"{page.status}: {page.text}"
        unknown += 1
        return None

    return eventually(press, within=RECOVERY_SECONDS, every=0.5), unknown


def test_an_appointment_is_confirmed_exactly_once(ida, kill_soon, portal_stack, capsys) -> None:
    _, service_id = add_service(ida.desk)
    booked, unknown = set(), 0
    for moment in MOMENTS:
        press_time(ida.client, open_last_day(ida.client, f"/book/{service_id}"))
        form = ida.client.page.form("Confirm appointment")
        former = portal_stack.pids["scheduling-1"]
        kill_soon("scheduling-1", moment)
        page, missed = press_until_acknowledged(ida, form)
        booked.add(only_id(page.path))
        unknown += missed
        eventually(lambda: portal_stack.pids["scheduling-1"] not in {former, None}, within=30)  # noqa: B023
        wait_until_healthy(portal_stack)
    ida.mail(len(MOMENTS))
    shown = ida.client.open("/appointments").text.count("Confirmed")
    mails = portal_stack.mails_to(ida.address)[1:]
    told = {invitation_of(mail).partition("UID:")[2].partition("@")[0] for mail in mails}
    with capsys.disabled():
        print(
            f"\nscheduling killed in mid-booking: attempted {len(MOMENTS)} · acknowledged "
            f"{len(booked)} · unknown {unknown} · lost {len(booked - told)} · "
            f"duplicated {shown - len(booked)}"
        )
    assert len(booked) == shown == len(MOMENTS)
    assert told == booked


def test_a_form_is_sent_exactly_once(ida, kill_soon, portal_stack, capsys) -> None:
    page = ida.desk.open("/console/forms/templates")
    template_id = only_id(page.links["Generalised Anxiety (GAD-7)"])
    answers = {f"q_gad{number}": "several_days" for number in range(1, 8)}
    unknown = 0
    for number, moment in enumerate(MOMENTS):
        ida.desk.open(f"{ida.her_page}/forms/send")
        ida.desk.press("Send form", template=template_id)
        form_path = ida.follow_mail(number + 1).path
        ida.client.open(f"{form_path}/1")
        page = ida.client.press("Next step", **answers)
        form = next(one for one in page.forms if any("Send to" in label for label in one.buttons))
        former = portal_stack.pids["forms-1"]
        kill_soon("forms-1", moment)
        page, missed = press_until_acknowledged(ida, form)
        assert page.path == f"{form_path}/sent"
        unknown += missed
        eventually(lambda: portal_stack.pids["forms-1"] not in {former, None}, within=30)  # noqa: B023
        wait_until_healthy(portal_stack)
    text = ida.desk.open(f"{ida.her_page}/forms").text
    with capsys.disabled():
        print(
            f"\nforms killed in mid-sending: attempted {len(MOMENTS)} · acknowledged "
            f"{len(MOMENTS)} · unknown {unknown} · lost {len(MOMENTS) - text.count('To review')}"
        )
    assert text.count("To review") == len(MOMENTS)
