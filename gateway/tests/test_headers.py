"""What every answer carries, whatever it is."""

import pytest

from tests.kit.gateway.browser import NAVIGATION

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)


@pytest.fixture(params=["http", "https"])
def house_by_scheme(request, build):
    if request.param == "https":
        return build(public_url="https://portal.practice.example")
    return build()


def responses(house_by_scheme, token):
    """One answer of each kind: pages, redirects, refusals, errors."""
    house_by_scheme.services.add_link(house_by_scheme.anna, token)
    anna, doctor = (
        house_by_scheme.as_client(house_by_scheme.anna),
        house_by_scheme.as_practitioner(house_by_scheme.doctor),
    )
    nobody = house_by_scheme.browser()
    yield nobody.open("/")
    yield nobody.open("/no-such-page")
    yield nobody.open("/console")
    yield nobody.post("/theme", {})
    yield nobody.open("/health/live")
    yield nobody.open("/home", {"Accept": "application/json"})
    yield nobody.open(f"/p/{token}", {"Accept": "text/html"})
    yield nobody.open("/p/x")
    yield nobody.open("/p/x/y/z")
    yield house_by_scheme.browser().open(f"/p/{token}")
    yield nobody.open("/home", method="PUT")
    yield anna.open("/home")
    yield doctor.open("/console/clients")
    house_by_scheme.services.down.add("identity_links")
    yield anna.open("/home")
    house_by_scheme.services.down.clear()
    house_by_scheme.services.identity.resolve_device = None
    yield anna.open("/home")


def test_every_answer_carries_them(house_by_scheme, token):
    statuses = set()
    for page in responses(house_by_scheme, token):
        statuses.add(page.status)
        headers = page.headers
        assert headers["content-security-policy"] == CSP
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == (
            "strict-origin" if page.path.startswith("/p/") else "same-origin"
        )
        assert ("strict-transport-security" in headers) is house_by_scheme.settings.https
        assert headers["x-request-id"]
    assert {200, 303, 401, 403, 404, 405, 500, 503} <= statuses


def test_over_https_cookies_carry_the_host_prefix_and_secure(build, token):
    house_by_scheme = build(public_url="https://portal.practice.example")
    house_by_scheme.services.add_link(house_by_scheme.anna, token)
    browser = house_by_scheme.browser()
    page = browser.open(f"/p/{token}")
    assert set(page.cookies) == {"__Host-lk_device", "__Host-lk_csrf"}
    for cookie in page.cookies.values():
        assert cookie.secure
        assert cookie.http_only
        assert cookie.path == "/"
        assert cookie.same_site == "Lax"
        assert cookie.domain is None
    assert browser.follow(page).status == 200


def test_over_http_on_this_machine_names_are_plain(house, token):
    house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{token}")
    assert set(page.cookies) == {"lk_device", "lk_csrf"}
    assert not page.cookies["lk_device"].secure


def test_a_cookie_sent_twice_is_not_believed(house):
    secret = house.as_client(house.anna).cookies["lk_device"]
    headers = NAVIGATION | {"Cookie": f"lk_device={secret}; lk_device={'x' * 43}"}
    assert house.browser().open("/home", headers).status == 303


def test_the_host_header_is_not_believed(house, token):
    house.services.add_link(house.anna, token)
    doctor = house.as_practitioner(house.doctor)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in ("/console", f"/console/clients/{house.anna.id}", "/home", "/"):
        page = doctor.open(path, NAVIGATION | evil)
        assert "evil.example" not in page.html + repr(dict(page.headers))
    page = house.browser().open(f"/p/{token}", NAVIGATION | evil)
    assert page.headers["location"] == "/home"


def test_pages_name_their_language(house):
    browser = house.browser()
    page = browser.open("/", NAVIGATION | {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert page.headers["content-language"] == "de"
    assert '<html lang="de"' in page.html


def test_nothing_is_inline_that_the_policy_forbids(house):
    anna, doctor = house.as_client(house.anna), house.as_practitioner(house.doctor)
    for page in (anna.open("/home"), anna.open("/contact"), doctor.open("/console/clients/new")):
        assert "<style" not in page.html
        assert " style=" not in page.html
        assert "javascript:" not in page.html
        assert " onclick" not in page.html
        assert "<script>" not in page.html
