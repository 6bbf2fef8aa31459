"""A client's new e-mail address in the console: what a change says and does, and confirming it."""

import pytest

from portal_contracts.identity_links.rpc.targets import LinkState
from tests.kit.gateway.browser import NAVIGATION

NEW = "anna@new.example"


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def desk(house):
    return house.as_practitioner(house.assistant())


@pytest.fixture
def client_path(house):
    return f"/console/clients/{house.anna.id}"


def change(browser, client_path, **fields):
    edit = f"{client_path}/edit"
    return browser.submit(browser.open(edit), edit, {"email": NEW} | fields)


def actions(page):
    return {form.action for form in page.forms}


def test_an_assistant_is_offered_no_link_to_copy_and_told_why(house, desk, client_path):
    page = desk.open(client_path)
    assert f"{client_path}/share" in page.links
    assert not {f"{client_path}/links/{kind}" for kind in ("copy", "qr")} & actions(page)
    assert "Links are mailed to the client" in page.html
    form = page.forms[0]
    for kind in ("copy", "qr"):
        refused = desk.post(f"{client_path}/links/{kind}", form.fields)
        assert refused.status == 403
        assert "/p/lk_" not in refused.html
    assert not house.services.calls("identity_links.create_link")


def test_another_address_signs_devices_out_unless_the_box_is_empty(house, doctor, client_path):
    phone = house.as_client(house.anna)
    fields = doctor.open(f"{client_path}/edit").form(f"{client_path}/edit").fields
    assert fields["end_devices"] == "1"
    kept = {name: value for name, value in fields.items() if name != "end_devices"}
    doctor.post(f"{client_path}/edit", kept | {"email": NEW})
    assert phone.open("/home").status == 200
    change(doctor, client_path, email="anna@third.example")
    assert phone.open("/home").status == 303


def test_a_new_client_s_form_asks_nothing_about_devices(house, doctor):
    assert "end_devices" not in doctor.open("/console/clients/new").html


def test_a_change_by_the_desk_waits_and_is_confirmed_by_one_button(
    house, desk, doctor, client_path
):
    assert "until a colleague has confirmed it" in desk.open(f"{client_path}/edit").html
    page = desk.follow(change(desk, client_path))
    assert "New address by Dr Rivera, waiting for confirmation" in page.html
    assert f"{client_path}/address/confirm" not in actions(page)
    assert f"{client_path}/address/restore" in actions(page)
    today = doctor.open("/console")
    assert "Addresses to confirm" in today.html
    assert client_path in today.links
    assert "Every mail has arrived" not in today.html
    page = doctor.open(client_path)
    done = doctor.submit(page, f"{client_path}/address/confirm")
    after = doctor.follow(done)
    assert "The address is confirmed" in after.html
    assert f"{client_path}/address/confirm" not in actions(after)
    assert "Addresses to confirm" not in doctor.open("/console").html


def test_the_former_address_is_put_back(house, desk, client_path):
    page = desk.follow(change(desk, client_path))
    desk.submit(page, f"{client_path}/address/restore")
    assert house.anna.fields.email == "anna@mail.example"
    assert house.anna.waiting is None


def test_an_address_that_changed_again_meanwhile_is_not_confirmed(house, desk, doctor, client_path):
    change(desk, client_path)
    seen = doctor.open(client_path)
    change(desk, client_path, email="anna@third.example")
    refused = doctor.submit(seen, f"{client_path}/address/confirm")
    assert refused.status == 409
    # There is no form here that holds any entries.
    assert "Your entries are below" not in refused.html
    assert "reload the page" in refused.html
    assert house.anna.waiting is not None


def test_no_link_is_mailed_while_it_waits(house, desk, doctor, client_path):
    share = doctor.open(f"{client_path}/share")
    change(desk, client_path)
    refused = doctor.submit(share, f"{client_path}/share")
    assert refused.status == 409
    assert "waits to be confirmed" in refused.html
    page = doctor.open(f"{client_path}/share")
    assert f"{client_path}/share" not in actions(page)
    assert NEW not in page.html
    assert not house.services.notifications.log


def test_the_page_of_a_revoked_link_names_nobody_and_offers_a_new_one(house, token):
    link = house.services.add_link(house.anna, token)
    link.state = LinkState.REVOKED
    page = house.browser().open(f"/p/{token}", NAVIGATION)
    assert page.status == 410
    assert "•••" not in page.html
    assert "Anna" not in page.html
    assert f"/p/{token}/renew" in actions(page)
