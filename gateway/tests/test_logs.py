"""What is logged: routes, codes and numbers; no token, no name, no address of a person."""

import pytest


@pytest.fixture
def quiet(capsys):
    return lambda: "".join(capsys.readouterr())


def test_no_secret_and_no_person_stands_in_the_log(house, token, quiet):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    browser.open(f"/p/{token}", {"Accept": "text/html"})
    browser.open(f"/p/{token}")
    browser.open("/home")
    browser.open(f"/p/{token}/nowhere")
    house.services.down.add("identity_links")
    browser.open(f"/p/{token}")
    browser.post(f"/p/{token}/renew", {"csrf": "x"})
    house.services.down.clear()
    doctor = house.as_practitioner(house.doctor)
    doctor.open("/console/clients?search=anna")
    page = doctor.open("/console/clients/new")
    doctor.submit(page, "/console/clients/new", {"name": "Carla", "email": "carla@mail.example"})
    logged = quiet()
    assert "request" in logged
    for secret in (token, browser.cookies.get("lk_device", token), doctor.cookies["lk_console"]):
        assert secret not in logged
    for person in ("anna", "Anna", "Carla", "carla@"):
        assert person not in logged


def test_every_line_of_a_request_carries_its_id(house, quiet):
    page = house.as_client(house.anna).open("/home")
    lines = [line for line in quiet().splitlines() if "request" in line]
    assert lines
    assert all(page.headers["x-request-id"] in line for line in lines)
