"""How a mail stands is told in the same words wherever it is told."""

from datetime import timedelta

import msgspec
import pytest

from gateway.web.tokens import new_secret
from portal_contracts.notifications.rpc import DeliveryState, Recipient
from tests.kit.pages import Page

ARRIVED = "Every mail has arrived"
UNREACHABLE = "The mail server cannot be reached"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def mail(house):
    """Share a link with Anna whose mail stands otherwise than sent."""

    def make(state: DeliveryState, reason: str = "", **more):
        link = house.services.add_link(house.anna, new_secret())
        delivery_id = house.services.notifications.add(house.anna, link.id)
        restate(house, delivery_id, state=state, reason=reason, sent_at=None, **more)
        return delivery_id

    return make


def read(browser, path):
    answer = browser.open(path)
    return Page(answer.status, path, answer.headers, answer.html)


def restate(house, delivery_id, **changes):
    log = house.services.notifications.log
    practice, delivery = log[delivery_id]
    log[delivery_id] = (practice, msgspec.structs.replace(delivery, **changes))


def client_page(house):
    return f"/console/clients/{house.anna.id}"


def test_what_is_tried_again_is_told_on_today_in_the_log_and_at_its_link(house, doctor, mail):
    since = house.services.clock.now() - timedelta(hours=2)
    mail(DeliveryState.RETRYING, "mail_server_unreachable", created_at=since)
    for path in ("/console", "/console/mails?state=open", client_page(house)):
        page = read(doctor, path)
        assert UNREACHABLE in page.text, path
        assert "08:00" in page.text, path
        assert ARRIVED not in page.text, path
    today = read(doctor, "/console")
    assert "A mail to Anna Adler waits" in today.links
    assert "Since today, 08:00" in today.text
    assert "Portal link shared by e-mail not sent so far" in read(doctor, client_page(house)).text
    assert "Its mail waits since" in read(doctor, client_page(house)).text
    assert UNREACHABLE in read(doctor, f"{client_page(house)}/mails").text


def test_what_waits_for_a_moment_is_no_trouble_and_has_not_arrived(house, doctor, mail):
    mail(DeliveryState.WAITING, "in_line")
    today = read(doctor, "/console")
    assert ARRIVED not in today.text
    assert "A mail to Anna Adler waits" not in today.links
    assert "/console/mails?state=open" in today.links.values()
    assert "It goes out in a moment" in read(doctor, client_page(house)).text


def test_more_than_fit_a_page_go_out_soon_and_are_not_said_to_be_fewer(house, doctor, mail):
    for _ in range(51):
        mail(DeliveryState.WAITING, "in_line")
    assert "50+ mails go out in a moment" in read(doctor, "/console").text


@pytest.mark.parametrize("reason", ["held_up", "address_waits", "mail_server_timeout"])
def test_whatever_else_holds_a_mail_up_is_told(house, doctor, mail, reason):
    mail(DeliveryState.WAITING, reason)
    assert "A mail to Anna Adler waits" in read(doctor, "/console").links


def test_the_last_mails_of_a_long_queue_are_a_press_away(house, doctor, mail):
    for _ in range(7):
        mail(DeliveryState.RETRYING, "mail_server_unreachable")
    today = read(doctor, "/console")
    assert today.text.count("A mail to Anna Adler waits") == 5
    waiting = read(doctor, today.links["All mails that wait"])
    assert waiting.text.count(UNREACHABLE) == 7


def test_a_link_whose_mail_failed_does_not_simply_work(house, doctor, mail):
    failed = mail(DeliveryState.FAILED, "address_refused")
    page = read(doctor, client_page(house))
    assert "Its mail did not arrive" in page.text
    assert "does not know this address" in page.text
    again = doctor.open(f"/console/mails/{failed}")
    doctor.submit(again, f"/console/mails/{failed}/resend")
    newest = max(house.services.notifications.log)
    restate(house, newest, state=DeliveryState.SENT, reason="")
    assert "Its mail" not in read(doctor, client_page(house)).text


def test_a_link_that_came_with_a_form_tells_of_the_mail_of_the_form(house, doctor):
    link = house.services.add_link(house.anna, new_secret())
    form_mail = house.services.notifications.add(house.anna, link.client.id, "form_sent")
    restate(house, form_mail, state=DeliveryState.RETRYING, reason="mail_server_busy", sent_at=None)
    assert "Its mail" not in read(doctor, client_page(house)).text
    link.delivery_id = form_mail
    assert "Its mail waits since" in read(doctor, client_page(house)).text


def test_where_the_mail_log_is_away_nothing_is_said_to_have_arrived(house, doctor, mail):
    mail(DeliveryState.RETRYING, "mail_server_unreachable")
    house.services.down.add("notifications")
    assert ARRIVED not in read(doctor, "/console").text
    assert "cannot be said right now" in read(doctor, client_page(house)).text


def test_once_all_are_sent_today_says_so(house, doctor):
    house.services.add_mail(house.anna)
    assert ARRIVED in read(doctor, "/console").text


def test_a_mail_to_the_practice_is_not_said_to_be_to_the_client(house, doctor, mail):
    failed = mail(DeliveryState.FAILED, "address_refused", to=Recipient.PRACTITIONER)
    today = read(doctor, "/console")
    assert "A mail to the practice (about Anna Adler) did not arrive" in today.text
    assert read(doctor, f"/console/mails/{failed}").heading == (
        "Mail to the practice (about Anna Adler)"
    )
