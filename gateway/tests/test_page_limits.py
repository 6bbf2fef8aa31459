"""Pages beyond a limit: a calm page, what was typed is kept, and nobody else is touched."""

import json

import pytest

from gateway.api.bearers import PORTAL_BEARER_PREFIX, is_bearer
from gateway.config import GatewaySettings
from gateway.routes import all_routes
from gateway.web.allowance import MOST_NAMES, Allowance
from gateway.web.limits import PageLimits
from gateway.web.routing import Door
from tests.kit.gateway.browser import NAVIGATION

NEW = "/console/clients/new"
TYPED = {"name": "Carla Cramer", "email": "carla@mail.example", "remark": "two\nlines"}


def test_an_allowance_is_used_at_once_and_then_comes_back_evenly():
    allowance = Allowance(60)
    assert [allowance.use("a", 0.0) for _ in range(61)] == [0] * 60 + [1]
    assert allowance.use("b", 0.0) == 0
    assert allowance.use("a", 0.5) == 1
    assert [allowance.use("a", 1.0), allowance.use("a", 1.0)] == [0, 1]
    assert [allowance.use("a", 120.0) for _ in range(61)] == [0] * 60 + [1]


def test_looking_uses_nothing():
    allowance = Allowance(1)
    assert [allowance.wait("a", 0.0), allowance.use("a", 0.0)] == [0, 0]
    assert [allowance.wait("a", 0.0), allowance.wait("a", 30.0)] == [60, 30]


def test_it_remembers_so_many_names_and_no_more():
    allowance = Allowance(1)
    for name in range(MOST_NAMES + 5):
        allowance.use(name, 0.0)
    assert len(allowance) == MOST_NAMES
    assert allowance.use(0, 0.0) == 0
    assert allowance.use(MOST_NAMES, 0.0) > 0


@pytest.fixture
def house(build, time_of_limits):
    return build(pages_per_device=5, pages_per_address=12, unknown_links_per_address=3)


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


def test_a_device_beyond_its_pages_gets_a_calm_one_and_no_service_is_asked(house, doctor):
    for _ in range(5):
        assert doctor.open("/console/clients").status == 200
    calls = len(house.services.asked)
    page = doctor.open("/console/clients?status=archived")
    assert page.status == 429
    assert 1 <= int(page.headers["retry-after"]) <= 12
    assert "A short break, please" in page.html
    assert "/console/clients?status=archived" in page.links
    assert len(house.services.asked) == calls


def test_another_device_of_the_same_office_goes_on(house, doctor):
    for _ in range(6):
        doctor.open("/console/clients")
    assert house.as_practitioner(house.doctor).open("/console/clients").status == 200


def test_an_address_beyond_its_pages_waits_whatever_device_it_names(house):
    statuses = [house.as_client(house.anna).open("/home").status for _ in range(13)]
    assert statuses == [200] * 12 + [429]
    assert house.browser().open("/").status == 429


def test_a_form_beyond_the_limit_is_kept_to_be_sent_again(house, doctor):
    form = doctor.open(NEW)
    for _ in range(4):
        doctor.open("/console/clients")
    page = doctor.submit(form, NEW, TYPED)
    assert page.status == 429
    assert page.headers["retry-after"]
    assert "What you entered is kept" in page.html
    kept = page.form(NEW).fields
    assert kept["idempotency_key"] == form.form(NEW).fields["idempotency_key"]
    assert {name: kept[name].replace("\r\n", "\n") for name in TYPED} == TYPED


def test_a_password_is_not_kept(house):
    browser = house.browser()
    form = browser.open("/console/sign-in")
    for _ in range(11):
        browser.open("/")
    page = browser.submit(form, "/console/sign-in", {"email": "a@b.example", "password": "geheim"})
    assert page.status == 429
    assert "geheim" not in page.html


def test_what_another_site_sends_beyond_the_limit_is_not_offered_to_be_sent(house, doctor):
    for _ in range(5):
        doctor.open("/console/clients")
    page = doctor.post(NEW, TYPED, {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"})
    assert page.status == 429
    assert "Carla" not in page.html


def test_a_script_that_saves_is_told_when_to_try_again(house, doctor):
    for _ in range(5):
        doctor.open("/console/clients")
    page = doctor.post(NEW, TYPED, {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"})
    assert page.status == 429
    assert page.headers["content-type"].startswith("application/problem+json")
    assert page.headers["retry-after"]
    assert json.loads(page.html)["code"] == "too_many_requests"


def test_a_part_of_a_page_beyond_the_limit_opens_the_page_that_says_so(house, doctor):
    for _ in range(5):
        doctor.open("/console/clients")
    page = doctor.open("/console/clients?search=a", NAVIGATION | {"HX-Request": "true"})
    assert page.status == 429
    assert page.headers["hx-redirect"] == "/console/clients?search=a"


def test_who_guesses_links_is_stopped_sooner_and_other_pages_still_open(house, token):
    house.services.add_link(house.anna, token)
    assert house.browser().open(f"/p/{token}").status == 303
    for number in range(3):
        assert house.browser().open(f"/p/lk_{number}").status == 404
    page = house.browser().open(f"/p/{token}")
    assert page.status == 429
    assert token not in page.html
    assert page.headers["referrer-policy"] == "strict-origin"
    assert house.browser().open("/").status == 200


def test_links_that_are_good_are_opened_as_often_as_pages(house, token):
    house.services.add_link(house.anna, token)
    statuses = {house.browser().open(f"/p/{token}").status for _ in range(10)}
    assert statuses == {303}


def test_files_health_and_what_the_api_counts_itself_are_not_counted(house):
    browser = house.browser()
    for path in ("/static/x/portal.css", "/brand/x.css", "/health/live", "/metrics") * 5:
        assert browser.open(path).status != 429
    program = {"Authorization": f"Bearer {PORTAL_BEARER_PREFIX}{'a' * 43}"}
    for _ in range(15):
        assert browser.open("/api/v1/clients", headers=program).status == 401
    assert browser.open("/").status == 200


def test_what_of_the_api_is_open_to_all_is_counted(house):
    for _ in range(12):
        assert house.browser().open("/api/v1/openapi.json").status == 200
    page = house.browser().open("/api/v1/openapi.json")
    assert page.status == 429
    assert page.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}])
def test_who_asks_the_api_without_a_bearer_is_counted_and_then_asks_no_service(house, header):
    for _ in range(12):
        assert house.browser().open("/api/v1/clients", headers=header).status == 401
    calls = len(house.services.asked)
    page = house.browser().open("/api/v1/clients", headers=header)
    assert page.status == 429
    assert page.headers["content-type"].startswith("application/problem+json")
    assert len(house.services.asked) == calls


def test_addresses_that_there_are_not_are_counted(house):
    for number in range(12):
        assert house.browser().open(f"/nothing/{number}").status == 404
    assert house.browser().open("/").status == 429


def test_what_is_refused_is_logged_by_its_pattern(house, doctor, capsys):
    for _ in range(6):
        doctor.open(f"/console/clients/{house.anna.id}")
    line = capsys.readouterr().out.splitlines()[-1]
    assert "route=/console/clients/{client_id:uuid} status=429" in line
    assert str(house.anna.id) not in line


def test_one_subscriber_of_ipv6_is_one_address(house):
    class Address:
        def __init__(self, text):
            self.address, self.console_secret, self.client_secret = text, None, None

    limits = PageLimits(GatewaySettings(pages_per_address=2), frozenset(), is_bearer)
    waits = [limits._wait("/", Address(f"2001:db8:1:{number}::1"), 0.0) for number in range(3)]
    assert waits[:2] == [0, 0]
    assert waits[2] > 0
    assert limits._wait("/", Address("2001:db8:2::1"), 0.0) == 0
    assert {limits._wait("/", Address(""), 0.0) for _ in range(9)} == {0}


def test_everything_behind_a_cookie_is_counted(house):
    limits = PageLimits(house.settings, frozenset(), is_bearer)
    for route in all_routes(dev=True):
        if route.door is Door.PAGE and route.fields is not None and route.owner != "nobody":
            assert limits._counts(route.pattern), route.pattern
