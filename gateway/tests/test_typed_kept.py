"""What a person typed survives a refusal, a conflict, and a service that is away."""

import pytest

TYPED = {
    "name": "Carla Cramer",
    "email": "carla@mail.example",
    "phone": "+49 30 55",
    "tags": "new, weekly",
    "remark": "two\nlines & <b>",
    "date_of_birth": "1990-12-03",
}
NEW = "/console/clients/new"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


def typed_fields(page, action=None):
    fields = page.form(action).fields if action else page.forms[0].fields
    return {name: fields.get(name, "").replace("\r\n", "\n") for name in TYPED}


def client_names(house):
    return [client.fields.name for client in house.services.identity.clients.values()]


def test_a_service_that_is_away_keeps_the_form_and_a_retry_adds_once(house, doctor):
    house.services.down.add("identity_links.add_client")
    page = doctor.submit(doctor.open(NEW), NEW, TYPED)
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert typed_fields(page, NEW) == TYPED
    house.services.down.clear()
    assert doctor.submit(page, NEW).status == 303
    assert client_names(house).count("Carla Cramer") == 1


def test_a_lost_reply_and_a_retry_add_one_client(house, doctor):
    house.services.lost_replies.add("identity_links.add_client")
    page = doctor.submit(doctor.open(NEW), NEW, TYPED)
    assert page.status == 503
    assert client_names(house).count("Carla Cramer") == 1
    house.services.lost_replies.clear()
    assert doctor.submit(page, NEW).status == 303
    assert client_names(house).count("Carla Cramer") == 1


def test_when_nobody_knows_who_asks_the_fields_are_kept_to_be_sent_again(house, doctor):
    form = doctor.open(NEW)
    house.services.down.add("identity_links")
    page = doctor.submit(form, NEW, TYPED)
    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert typed_fields(page, NEW) == TYPED
    house.services.down.clear()
    assert doctor.submit(page, NEW).status == 303
    assert client_names(house).count("Carla Cramer") == 1


def test_a_double_click_adds_one_client(house, doctor):
    fields = doctor.open(NEW).form(NEW).fields | TYPED
    pages = [doctor.post(NEW, fields) for _ in range(3)]
    assert len({page.headers["location"] for page in pages}) == 1
    assert client_names(house).count("Carla Cramer") == 1


def test_what_is_pasted_is_taken_without_what_cannot_be_seen(house, doctor):
    pasted = {
        "name": "\u2068Carla\u2069 Cramer \U0001fae9",
        "email": "carla@\u200bmail.example",
        "phone": "\u202a+49 30 55\u202c",
        "remark": "My story\x0bpasted\x00",
    }
    assert doctor.submit(doctor.open(NEW), NEW, TYPED | pasted).status == 303
    fields = next(
        one.fields for one in house.services.identity.clients.values() if "Carla" in one.fields.name
    )
    assert (fields.name, fields.email) == ("Carla Cramer \U0001fae9", "carla@mail.example")
    assert (fields.phone, fields.tags) == ("+49 30 55", ["new", "weekly"])


def test_wrong_fields_are_all_named_and_the_rest_is_kept(house, doctor):
    typed = TYPED | {"name": "", "email": "nonsense"}
    page = doctor.submit(doctor.open(NEW), NEW, typed)
    assert page.status == 422
    assert typed_fields(page, NEW) == typed
    assert {"#field-name", "#field-email"} <= set(page.links)
    assert page.html.index("<title>Error:")


def test_a_date_that_is_none_is_named_with_what_is_missing(house, doctor):
    page = doctor.submit(doctor.open(NEW), NEW, TYPED | {"name": "", "date_of_birth": "1990-02-31"})
    assert page.status == 422
    assert {"#field-name", "#field-date_of_birth"} <= set(page.links)
    assert page.form(NEW).fields["date_of_birth"] == "1990-02-31"


def test_someone_quicker_is_told_and_what_was_typed_is_kept(house, doctor):
    edit = f"/console/clients/{house.anna.id}/edit"
    slow = doctor.open(edit)
    doctor.submit(doctor.open(edit), edit, {"phone": "+49 30 11"})
    page = doctor.submit(slow, edit, {"phone": "+49 30 22", "pronouns": "she/her"})
    assert page.status == 409
    assert page.form(edit).fields["phone"] == "+49 30 22"
    assert "changed this while you were writing" in page.html
    assert house.anna.fields.phone == "+49 30 11"
    assert doctor.submit(page, edit).status == 303
    assert (house.anna.fields.phone, house.anna.fields.pronouns) == ("+49 30 22", "she/her")


def test_editing_while_the_service_is_away_keeps_what_was_typed(house, doctor):
    edit = f"/console/clients/{house.anna.id}/edit"
    form = doctor.open(edit)
    for down in ("identity_links.edit_client", "identity_links"):
        house.services.down = {down}
        page = doctor.submit(form, edit, TYPED)
        assert page.status == 503
        assert typed_fields(page, edit) == TYPED
    house.services.down = set()
    assert doctor.submit(page, edit).status == 303
    assert house.anna.fields.name == "Carla Cramer"


def test_whoever_was_signed_out_meanwhile_signs_in_elsewhere_and_sends_it_again(house, doctor):
    form = doctor.open(NEW)
    house.services.identity.devices.clear()
    page = doctor.submit(form, NEW, TYPED)
    assert page.status == 401
    assert typed_fields(page, NEW) == TYPED
    assert "/console/sign-in" in page.links
    elsewhere = doctor.open("/console/sign-in")
    typed = {"email": "dr@practice.example", "password": "correct horse battery"}
    doctor.submit(elsewhere, "/console/sign-in", typed)
    assert doctor.submit(page, NEW).status == 303
    assert client_names(house).count("Carla Cramer") == 1


def test_sign_in_keeps_the_address_and_never_the_password(house):
    browser = house.browser()
    path = "/console/sign-in"
    typed = {"email": "dr@practice.example", "password": "correct horse battery"}
    form = browser.open(path)
    house.services.down.add("identity_links")
    page = browser.submit(form, path, typed)
    assert page.status == 503
    assert page.form(path).fields["email"] == typed["email"]
    assert typed["password"] not in page.html


def test_a_password_is_not_written_into_the_page_that_offers_a_retry(house, doctor):
    from gateway.web.submitted import Submitted

    form = Submitted([("email", "a"), ("password", "b"), ("csrf", "c"), ("idempotency_key", "d")])
    assert form.repeatable() == [("email", "a"), ("idempotency_key", "d")]


def test_entering_while_the_service_is_away_can_be_tried_again_at_the_same_address(house, token):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    house.services.down.add("identity_links")
    page = browser.open(f"/p/{token}")
    assert page.status == 503
    assert token not in page.html
    [form] = [form for form in page.forms if form.action == f"/p/{token}"]
    assert form.method == "get"


def test_the_button_pressed_while_the_service_is_away_can_be_pressed_again(house, token):
    house.practice.set(single_use=True)
    house.services.add_link(house.anna, token)
    browser = house.browser()
    button = browser.open(f"/p/{token}")
    house.services.lost_replies.add("identity_links.redeem_link")
    page = browser.submit(button, f"/p/{token}")
    assert page.status == 503
    assert token not in page.html
    house.services.lost_replies.clear()
    entry = browser.submit(page, f"/p/{token}")
    assert (entry.status, entry.headers["location"]) == (303, "/home")
    assert browser.follow(entry).status == 200


def test_asking_for_a_link_while_the_service_is_away_keeps_the_address(house):
    browser = house.browser()
    form = browser.open("/")
    house.services.down.add("identity_links")
    page = browser.submit(form, "/link-requests", {"email": "anna@mail.example"})
    assert page.status == 503
    assert page.form("/link-requests").fields["email"] == "anna@mail.example"
