"""A form is sent, filled in with a pause, sent back and read."""

from __future__ import annotations

import pytest

from tests.kit.portal.journeys import only_id
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)

ALL_DAYS = {f"q_gad{number}": "several_days" for number in range(1, 8)}


@pytest.fixture
def sent(new_journey):
    """A client to whom the GAD-7 was sent."""
    ida = new_journey("Ida")
    page = ida.desk.open("/console/forms/templates")
    template_id = only_id(page.links["Generalised Anxiety (GAD-7)"])
    ida.desk.open(f"{ida.client_page}/forms/send")
    ida.desk.press("Send form", template=template_id)
    return ida


def sending(page):
    """The form that sends the answers."""
    return next(one for one in page.forms if any("Send to" in label for label in one.buttons))


def first_page(visitor, form_path):
    return visitor.open(f"{form_path}/1")


def test_sent_filled_in_left_resumed_sent_back_and_read(sent):
    ida = sent
    mail = ida.mail(1)
    assert "Anxiety" not in mail.as_string()
    visitor = ida.portal.visitor()
    page = visitor.open(ida.portal.portal_link_in(mail))
    form_path = page.path
    assert form_path.startswith("/forms/")
    assert page.heading == "Generalised Anxiety (GAD-7)"

    first_page(visitor, form_path)
    visitor.press("Save and leave", q_gad1="several_days", q_gad2="nearly_every_day")
    other_device = ida.portal.visitor()
    other_device.open(ida.portal.portal_link_in(mail))
    page = first_page(other_device, form_path)
    form = page.form("Next step")
    assert (form.fields["q_gad1"], form.fields["q_gad2"]) == ("several_days", "nearly_every_day")

    page = other_device.press("Next step", **(ALL_DAYS | {"q_gad2": "nearly_every_day"}))
    assert page.path == f"{form_path}/check", page.text
    page = other_device.submit(sending(page))
    assert page.path == f"{form_path}/sent"

    practitioner = ida.portal.demo["email"]
    ida.portal.wait_for_mails(practitioner)
    page = ida.desk.open(f"/console/forms/requests/{only_id(form_path)}")
    assert "9" in page.text
    ida.desk.press("Mark as reviewed")
    assert "Reviewed" in ida.desk.open(f"{ida.client_page}/forms").text


def test_what_is_missing_is_said_all_at_once_and_nothing_is_lost(sent):
    ida = sent
    page = ida.follow_mail(1)
    form_path = page.path
    first_page(ida.client, form_path)
    page = ida.client.press("Next step", q_gad1="several_days")
    assert page.title.startswith("Error:")
    assert page.form("Next step").fields["q_gad1"] == "several_days"
    page = ida.client.open(f"{form_path}/check")
    page = ida.client.submit(sending(page))
    assert page.status == 422
    assert page.path == f"{form_path}/check"
    assert len([label for label in page.links if label.startswith("Change")]) >= 6


def test_two_windows_and_the_older_one_is_asked(sent):
    ida = sent
    form_path = ida.follow_mail(1).path
    page = first_page(ida.client, form_path)
    older = page.form("Next step")
    ida.client.press("Save and leave", q_gad1="nearly_every_day")
    page = ida.client.submit(older, q_gad1="not_at_all", q_gad3="several_days")
    assert page.status == 409
    page = ida.client.press("Keep mine")
    form = first_page(ida.client, form_path).form("Next step")
    assert (form.fields["q_gad1"], form.fields["q_gad3"]) == ("not_at_all", "several_days")


def test_sending_twice_is_sending_once(sent):
    ida = sent
    form_path = ida.follow_mail(1).path
    first_page(ida.client, form_path)
    page = ida.client.press("Next step", **ALL_DAYS)
    form = sending(page)
    first, second = ida.client.submit(form), ida.client.submit(form)
    assert first.path == second.path == f"{form_path}/sent"
    text = ida.desk.open(f"{ida.client_page}/forms").text
    assert text.count("Generalised Anxiety (GAD-7)") == 1


def test_unlocked_corrected_sent_again_and_both_are_read_and_exported(sent):
    ida = sent
    form_path = ida.follow_mail(1).path
    first_page(ida.client, form_path)
    ida.client.submit(sending(ida.client.press("Next step", **ALL_DAYS)))
    request_page = f"/console/forms/requests/{only_id(form_path)}"
    ida.desk.open(f"{request_page}/unlock")
    ida.desk.press("Unlock", reason="Please look at the first one again.")

    mail = ida.mail(2)
    assert "first one" not in mail.as_string()
    page = ida.follow_mail(2)
    assert "Please look at the first one again." in page.text
    first_page(ida.client, form_path)
    page = ida.client.press("Next step", **(ALL_DAYS | {"q_gad1": "not_at_all"}))
    assert ida.client.submit(sending(page)).path == f"{form_path}/sent"

    page = ida.desk.open(request_page)
    assert "6 of 21" in page.text
    page = ida.desk.open(page.links["Submission 1"])
    assert "This is submission 1 of 2" in page.text
    assert "7 of 21" in page.text

    templates = ida.desk.open("/console/forms/templates")
    template = templates.links["Generalised Anxiety (GAD-7)"]
    ida.desk.open(f"{template}/export")
    file = ida.desk.press("Download", kind="csv", names="yes")
    assert file.status == 200
    assert file.text.count(only_id(form_path)) == 2
    log = f"{ida.client_page}/access"
    eventually(lambda: "exported the answers to the form" in ida.desk.open(log).text)
