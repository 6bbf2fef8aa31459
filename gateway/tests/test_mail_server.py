"""The mail server in the console: what is set, who may, and what a test mail tells."""

import pytest
from msgspec.structs import replace

from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, Invalid
from portal_contracts.notifications.mail_server import (
    MailSecurity,
    MailSender,
    MailServerFields,
    MailServerSaved,
    MailServerTest,
    StoredMailServer,
    TrialState,
)

PATH = "/console/settings/mail-server"
READ, SAVE = "notifications.read_mail_server", "notifications.save_mail_server"
TEST, SENDER = "notifications.send_test_mail", "notifications.read_mail_sender"
PASSWORD = "mail p4ssw0rd"
TYPED = {
    "host": "smtp.practice.example",
    "port": "465",
    "security": "tls",
    "user": "rivera",
    "password": PASSWORD,
    "sender_address": "rivera@practice.example",
    "sender_name": "Praxis Rivera",
}
FIELDS = MailServerFields(
    host="smtp.practice.example",
    port=465,
    security=MailSecurity.TLS,
    user="rivera",
    sender_address="rivera@practice.example",
    sender_name="Praxis Rivera",
)


@pytest.fixture
def answers(house, clock):
    """A practice whose mail server is its own affair, and has not been set."""
    nothing = StoredMailServer(
        by_environment=False, transport="practice", version=0, fields=None, has_password=False
    )
    house.services.answers |= {
        READ: nothing,
        SAVE: MailServerSaved(version=1),
        TEST: Done(),
        SENDER: MailSender(address=""),
    }
    return house.services.answers


@pytest.fixture
def owner(house, answers):
    return house.as_practitioner(house.doctor)


def stored(**changes):
    values = {
        "by_environment": False,
        "transport": "practice",
        "version": 3,
        "fields": FIELDS,
        "has_password": True,
    }
    return StoredMailServer(**(values | changes))


def test_saving_sends_the_fields_and_the_password_to_notifications_alone(house, owner):
    form = owner.open(PATH)
    assert 'value="dr@practice.example"' in form.html
    done = owner.submit(form, PATH, TYPED | {"do": "save"})
    assert (done.status, done.headers["location"]) == (303, PATH)
    [asked] = house.services.calls(SAVE)
    assert (asked.arguments.fields, asked.arguments.password) == (FIELDS, PASSWORD)
    assert asked.arguments.version == 0
    assert house.services.calls(TEST) == []


def test_saving_with_a_test_sends_one_and_shows_what_came_of_it(house, owner, answers, clock):
    form = owner.open(PATH)
    done = owner.submit(form, PATH, TYPED | {"do": "test", "to": "me@practice.example"})
    assert (done.status, done.headers["location"]) == (303, f"{PATH}#test-mail")
    [asked] = house.services.calls(TEST)
    assert asked.arguments.to == "me@practice.example"
    for state, reason, says in (
        (TrialState.ON_ITS_WAY, "", "on its way"),
        (TrialState.ACCEPTED, "", "has taken the test mail"),
        (TrialState.REFUSED, "mail_server_sign_in_failed", "does not accept user and password"),
        (TrialState.REFUSED, "sender_refused", "does not let this user send"),
        (TrialState.REFUSED, "mail_server_insecure", "offers no secure connection"),
        (TrialState.REFUSED, "mail_server_unreachable", "Nothing answers there"),
        (TrialState.REFUSED, "mail_server_timeout", "stopped answering"),
        (TrialState.REFUSED, "a_reason_of_later", "did not take the test mail"),
    ):
        test = MailServerTest(state=state, asked_at=clock.now(), reason=reason, status="535 5.7.8")
        answers[READ] = stored(test=test)
        assert says in owner.open(PATH).html


def test_the_password_is_never_shown_again(owner, answers):
    answers[READ] = stored()
    page = owner.open(PATH)
    assert "One is stored." in page.html
    assert page.form(PATH).fields["password"] == ""
    answers[SAVE] = Invalid("mail_server_fields", fields={"host": "host_invalid"})
    again = owner.submit(page, PATH, TYPED | {"host": "http://x", "do": "save"})
    assert (again.status, PASSWORD in again.html) == (422, False)
    assert again.form(PATH).fields["host"] == "http://x"
    assert "Enter a name like smtp.example.org" in again.html


@pytest.mark.parametrize(
    ("typed", "says"),
    [({"port": "many"}, "Enter a port from 1"), ({"security": "magic"}, "Choose a protection")],
)
def test_what_is_no_number_or_no_choice_is_told_by_its_field(owner, typed, says):
    page = owner.submit(owner.open(PATH), PATH, TYPED | typed | {"do": "save"})
    assert (page.status, says in page.html) == (422, True)


def test_of_two_owners_the_second_sees_both_and_loses_nothing(house, owner, answers):
    form = owner.open(PATH)
    answers[READ] = stored(fields=replace(FIELDS, host="other.practice.example"))
    answers[SAVE] = Conflict("stale_version")
    page = owner.submit(form, PATH, TYPED | {"do": "save"})
    assert page.status == 409
    assert "other.practice.example" in page.html
    assert page.form(PATH).fields["host"] == "smtp.practice.example"
    assert page.form(PATH).fields["version"] == "3"


def test_a_test_that_is_refused_leaves_what_was_saved(owner, answers):
    form = owner.open(PATH)
    answers[READ] = stored(version=1)
    answers[TEST] = Invalid("mail_server_fields", fields={"to": "test_address_invalid"})
    page = owner.submit(form, PATH, TYPED | {"do": "test", "to": "nobody"})
    assert (page.status, page.form(PATH).fields["version"]) == (422, "1")
    answers[TEST] = Forbidden("too_many_tries", retry_after_seconds=3600)
    page = owner.submit(page, PATH, TYPED | {"do": "test", "to": "me@practice.example"})
    assert "Too many tries" in page.html


def test_what_the_environment_says_is_shown_and_only_tried(house, owner, answers):
    answers[READ] = stored(by_environment=True, transport="smtp", version=0)
    page = owner.open(PATH)
    assert "smtp.practice.example:465" in page.html
    assert set(page.form(PATH).typed) == {"to"}
    done = owner.submit(page, PATH, {"do": "test", "to": "me@practice.example"})
    assert (done.status, house.services.calls(SAVE)) == (303, [])
    assert len(house.services.calls(TEST)) == 1


def test_it_is_for_owners(house, answers):
    desk = house.as_practitioner(house.assistant())
    assert desk.open(PATH).status == 403
    assert PATH not in desk.open("/console/settings").links


def test_sharing_does_not_say_that_a_mail_is_on_its_way_that_waits(house, owner, answers):
    share = f"/console/clients/{house.anna.id}/share"
    done = owner.submit(owner.open(share), share, {})
    assert "waits until the practice has a mail server" in owner.follow(done).html
    answers[SENDER] = MailSender(address="rivera@practice.example")
    done = owner.submit(owner.open(share), share, {})
    assert "is on its way by e-mail" in owner.follow(done).html


def test_today_says_that_mails_wait_until_one_is_set(house, owner, answers):
    house.services.add_mail(house.anna)
    assert PATH in owner.open("/console").links
    desk = house.as_practitioner(house.assistant())
    page = desk.open("/console")
    assert "The owner of the practice can set one" in page.html
    answers[SENDER] = MailSender(address="rivera@practice.example")
    assert "The owner of the practice can set one" not in desk.open("/console").html
