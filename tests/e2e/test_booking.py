"""Hours, booking, moving and cancelling: console, portal, mails and invitations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from icalendar import Calendar

from tests.kit.portal.journeys import (
    add_service,
    book,
    invitation_of,
    only_id,
    open_last_day,
    press_move,
    press_time,
)

pytestmark = pytest.mark.timeout(240)


def event_of(mail):
    calendar = Calendar.from_ical(invitation_of(mail))
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def minutes_of(form):
    """The minutes at which its times begin."""
    return {start[14:16] for _, start in form.sent_by.values()}


def test_booked_moved_and_cancelled_each_with_its_mail(new_journey):
    ida = new_journey("Ida")
    _, service_id = add_service(ida.desk)
    appointment_id = book(ida.client, service_id, note="I come by train.")

    method, booked = event_of(ida.mail(1))
    assert (method, booked["SEQUENCE"]) == ("REQUEST", 0)
    assert ida.follow_mail(1).path == f"/appointments/{appointment_id}"

    form = open_last_day(ida.client, f"/appointments/{appointment_id}/move", at_least=4)
    page = press_move(ida.client, form, number=3)
    assert page.path.startswith(f"/appointments/{appointment_id}"), page.text
    method, moved = event_of(ida.mail(2))
    assert (method, moved["UID"]) == ("REQUEST", booked["UID"])
    assert moved["SEQUENCE"] > booked["SEQUENCE"]
    assert moved.start != booked.start

    ida.client.open(f"/appointments/{appointment_id}/cancel")
    ida.client.press("Cancel appointment")
    method, cancelled = event_of(ida.mail(3))
    assert (method, cancelled["STATUS"], cancelled["UID"]) == ("CANCEL", "CANCELLED", booked["UID"])
    assert cancelled["SEQUENCE"] > moved["SEQUENCE"]
    assert ida.follow_mail(3).path == f"/appointments/{appointment_id}"

    page = ida.desk.open(f"/console/appointments/{appointment_id}")
    assert "I come by train." in page.text
    assert "Cancelled" in page.text


def test_a_mail_of_an_appointment_says_when_and_no_more(new_journey):
    ida = new_journey("Ida")
    title, service_id = add_service(ida.desk, title="Couples therapy")
    book(ida.client, service_id, note="Our secret")
    raw = ida.mail(1).as_string()
    for word in ("Couples", "therapy", "Our secret", title):
        assert word not in raw


def test_the_practitioner_sets_hours_and_the_client_sees_them(new_journey):
    ida = new_journey("Ida")
    _, service_id = add_service(ida.desk)
    assert minutes_of(open_last_day(ida.client, f"/book/{service_id}")) == {"00", "30"}
    book(ida.client, service_id)
    ida.desk.open("/console/availability")
    later = {f"weekly-{day}-0-start": "09:15" for day in range(7)}
    # Others of the house have appointments before a quarter past nine, or hers is one.
    asked = ida.desk.press("Save hours", **later)
    if "would lie outside of these hours" in asked.text:
        asked = ida.desk.press("Save anyway")
    assert "Your hours are saved" in asked.text
    assert minutes_of(open_last_day(ida.client, f"/book/{service_id}")) == {"15", "45"}


def test_two_clients_take_one_time_and_the_other_keeps_what_she_wrote(new_journey):
    ida, eva = new_journey("Ida"), new_journey("Eva")
    _, service_id = add_service(ida.desk)
    form = open_last_day(eva.client, f"/book/{service_id}")
    book(ida.client, service_id)
    page = press_time(eva.client, form)
    assert "just booked" in page.text
    others = next(one for one in page.forms if "starts_at" in dict(one.sent_by.values()))
    assert len(others.sent_by) == 4
    page = press_time(eva.client, others)
    assert page.path.startswith("/book/hold/")
    assert eva.client.press("Confirm appointment").heading == "Booked"


def test_pressing_twice_books_once(new_journey):
    ida = new_journey("Ida")
    _, service_id = add_service(ida.desk)
    page = press_time(ida.client, open_last_day(ida.client, f"/book/{service_id}"))
    form = page.form("Confirm appointment")

    def press(_number):
        visitor = ida.portal.visitor()
        visitor.cookies, visitor.page = dict(ida.client.cookies), page
        return visitor.submit(form)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert {answer.heading for answer in answers} == {"Booked"}
    [booked] = {only_id(answer.path) for answer in answers}
    listed = ida.client.open("/appointments").links.values()
    assert {only_id(one) for one in listed if one.startswith("/appointments/")} == {booked}
    ida.mail(1)
    assert len(ida.portal.mails_to(ida.address)) == 2


def test_the_practitioner_books_and_cancels_for_a_client(new_journey):
    ida = new_journey("Ida")
    _, service_id = add_service(ida.desk)
    day = open_last_day(ida.client, f"/book/{service_id}")
    start = dict(day.sent_by.values())["starts_at"]
    address = f"/console/appointments/new?client_id={ida.client_id}&service_id={service_id}"
    ida.desk.open(f"{address}&day={start[:10]}")
    page = ida.desk.press("Book appointment", start=start)
    appointment_id = only_id(page.path)
    assert ida.follow_mail(1).path == f"/appointments/{appointment_id}"

    ida.desk.open(f"/console/appointments/{appointment_id}/cancel")
    ida.desk.press("Cancel appointment", reason="I am ill.")
    method, _ = event_of(ida.mail(2))
    assert method == "CANCEL"
    assert "I am ill." not in ida.mail(2).as_string()
