"""Parts that stand alone: settings, colours, files, languages, addresses, headers of a request."""

from types import SimpleNamespace

import falcon.testing
import pytest

from gateway.anyone.theme import page_before
from gateway.config import GatewaySettings
from gateway.web import brand
from gateway.web.addresses import client_address, is_person_navigating, user_agent
from gateway.web.static_files import TYPES, StaticFiles
from gateway.web.tokens import derived_link_token, derived_secret, is_link_token, new_secret, sha256
from gateway.words.language import language_from_header
from portal_chassis.variables import SettingsError, load_settings
from tests.kit.gateway.browser import NAVIGATION


def request(headers=None, method="GET", remote="192.0.2.7"):
    environ = falcon.testing.create_environ(
        headers=headers or {}, method=method, remote_addr=remote
    )
    return falcon.Request(environ)


# --- settings ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_PUBLIC_URL", "http://portal.practice.example"),
        ("PORTAL_PUBLIC_URL", "portal.practice.example"),
        ("PORTAL_PUBLIC_URL", "https://portal.practice.example/path"),
        ("GATEWAY_TRUSTED_PROXIES", "-1"),
        ("GATEWAY_BODY_LIMIT_BYTES", "1"),
        ("GATEWAY_REQUEST_SECONDS", "soon"),
    ],
)
def test_a_wrong_setting_is_named_by_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings(GatewaySettings)


def test_the_mailbox_of_a_try_out_is_for_this_machine(tmp_path):
    with pytest.raises(SettingsError, match="GATEWAY_DEV_MAIL_FOLDER"):
        load_settings(
            GatewaySettings, public_url="https://portal.example", dev_mail_folder=tmp_path
        )


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8000", "portal.localhost"])
def test_plain_http_is_for_this_machine(host):
    assert not GatewaySettings(public_url=f"http://{host}").https


# --- colours -------------------------------------------------------------------


ACCENTS = ["#000000", "#ffffff", "#ffff00", "#0000ff", "#2f6f5e", "#ff0000", "#808080", "#00ff88"]


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_accent_reads_in_light_and_dark(accent):
    sheet = brand.stylesheet(accent)
    values = {
        name.strip(): [
            brand.parse_colour(c.strip()) for c in rest.split("(")[1].split(")")[0].split(",")
        ]
        for name, rest in (line.split(":", 1) for line in sheet.splitlines() if "--" in line)
    }
    surfaces = (brand.LIGHT_SURFACE, brand.DARK_SURFACE)
    for side, surface in enumerate(surfaces):
        assert brand.contrast(values["--accent"][side], surface) >= 4.5
        assert brand.contrast(values["--accent-strong"][side], surface) >= 4.5
        assert brand.contrast(values["--on-accent"][side], values["--accent"][side]) >= 4.5
        assert brand.contrast(values["--on-accent"][side], values["--accent-strong"][side]) >= 4.5
        assert brand.contrast(values["--accent-strong"][side], values["--accent-soft"][side]) >= 4.5


def test_contrast_is_that_of_the_standard():
    assert brand.contrast(brand.WHITE, brand.BLACK) == pytest.approx(21)
    grey = brand.parse_colour("#767676")
    assert brand.contrast(grey, brand.WHITE) == pytest.approx(4.54, abs=0.01)


def test_the_stylesheet_of_a_practice_is_kept_for_ever(house):
    browser = house.as_client(house.anna)
    url = brand.brand_url(house.practice.card.accent)
    assert url in browser.open("/home").html
    page = browser.open(url)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/css")
    assert "immutable" in page.headers["cache-control"]
    assert "light-dark(" in page.html


@pytest.mark.parametrize("name", ["2f6f5e.css", "2f6f5e-000000000000.css", "x", "2f6f5e-.css"])
def test_other_stylesheets_do_not_exist(house, name):
    assert house.browser().open(f"/brand/{name}").status == 404


def test_an_accent_that_is_no_colour_has_no_stylesheet():
    for accent in ("", "red", "#fff", "#12345g", "#2f6f5e;}", "url(x)"):
        assert brand.brand_url(accent) is None


# --- files ---------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("export const a = 1;")
    (tmp_path / "portal.css").write_text("body {}")
    (tmp_path / "secret.toml").write_text("x = 1")
    (tmp_path / ".hidden.js").write_text("no")
    return tmp_path


def test_only_known_kinds_of_files_are_public(folder):
    assert StaticFiles(folder).names == {"js/a.js", "portal.css"}


def test_the_fingerprint_changes_with_any_content_or_name(folder):
    prints = {StaticFiles(folder).fingerprint}
    (folder / "js" / "a.js").write_text("export const a = 2;")
    prints.add(StaticFiles(folder).fingerprint)
    (folder / "js" / "a.js").rename(folder / "js" / "b.js")
    prints.add(StaticFiles(folder).fingerprint)
    assert len(prints) == 3


def test_a_page_may_not_name_a_file_that_is_not_there(folder):
    with pytest.raises(KeyError):
        StaticFiles(folder).url("gone.css")


def test_files_are_kept_for_ever_under_their_fingerprint_only(house):
    browser = house.browser()
    files = house.app._router.find("/static/x/y")[0].wiring.static
    page = browser.open(files.url("portal.css"))
    assert page.status == 200
    assert "immutable" in page.headers["cache-control"]
    old = browser.open("/static/0000000000000000/portal.css")
    assert (old.status, old.headers["cache-control"]) == (200, "no-cache")
    tag = {"If-None-Match": page.headers["etag"]}
    assert browser.open(files.url("portal.css"), tag).status == 304
    for name in files.names:
        served = browser.open(files.url(name))
        assert served.status == 200
        assert served.headers["content-type"] == TYPES["." + name.rsplit(".", 1)[1]]
    for name in ("../app.py", "..%2fapp.py", "gone.css", "vendor/vendor.toml", ""):
        assert browser.open(f"/static/{files.fingerprint}/{name}").status == 404


# --- languages -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-CH,de;q=0.9", "de"),
        ("en;q=0.4, de;q=0.6", "de"),
        ("fr, es;q=0.9", "en"),
        ("fr, de;q=0.1", "de"),
        ("de;q=0", "en"),
        ("de;q=NaN, en;q=0.1", "en"),
        ("de;q=5", "en"),
        (",;=,;q=", "en"),
        ("DE", "de"),
    ],
)
def test_the_best_of_our_languages_is_taken(header, language):
    assert language_from_header(header) == language


# --- where a request comes from -----------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.7"),
        (1, None, "192.0.2.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (3, "198.51.100.1", "192.0.2.7"),
        (1, "nonsense", ""),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        # Some proxies name the port as well; without it nobody's limit would hold.
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "[::ffff:198.51.100.1]:4711", "198.51.100.1"),
        (1, "198.51.100.1:", ""),
        (1, "198.51.100.1:nonsense", ""),
    ],
)
def test_only_trusted_proxies_say_where_from(proxies, forwarded, address):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(request(headers), proxies) == address


def test_a_user_agent_is_printable_and_short():
    assert user_agent(SimpleNamespace(user_agent="a\x07b\x9b" + "c" * 400)) == "ab" + "c" * 298
    assert user_agent(SimpleNamespace(user_agent=None)) == ""


def test_a_post_is_no_navigation():
    assert is_person_navigating(request(NAVIGATION))
    assert not is_person_navigating(request(NAVIGATION, method="POST"))
    assert not is_person_navigating(request(NAVIGATION, method="HEAD"))
    assert not is_person_navigating(request())


# --- secrets -----------------------------------------------------------------------


def test_secrets_have_256_bits_and_link_tokens_their_shape():
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(new_secret()) == 43
    assert is_link_token(derived_link_token("key", "purpose"))
    assert len(sha256("x")) == 64


def test_derived_secrets_repeat_for_the_same_and_only_for_the_same():
    assert derived_secret("key", "a") == derived_secret("key", "a")
    assert len({derived_secret(key, what) for key in "xy" for what in "ab"}) == 4


# --- the theme ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        (None, "/"),
        ("http://localhost:8000/home", "/home"),
        (
            "http://localhost:8000/console/clients?search=a&sort=name",
            "/console/clients?search=a&sort=name",
        ),
        ("http://localhost:8000/p/lk_secret", "/"),
        ("http://localhost:8000//evil.example", "/"),
        ("http://localhost:8000/\\evil.example", "/"),
        ('http://localhost:8000/home?x="<>', "/home"),
        ("http://evil.example/home", "/"),
        ("http://localhost:8000.evil.example/home", "/"),
        ("http://[", "/"),
        ("/home", "/"),
    ],
)
def test_choosing_a_theme_leads_back_to_a_page_of_ours(referer, path):
    assert page_before(referer, "http://localhost:8000") == path


def test_a_referer_of_any_length_is_read_at_once():
    assert (
        page_before("http://localhost:8000/" + "a" * 60_000 + "!", "http://localhost:8000") == "/"
    )


def test_the_theme_is_kept_and_rendered(house):
    browser = house.browser()
    page = browser.submit(browser.open("/"), "/theme", {"theme": "dark"})
    assert page.status == 303
    assert 'data-theme="dark"' in browser.open("/").html
    assert browser.submit(browser.open("/"), "/theme", {"theme": "pink"}).status == 422
    browser.cookies["lk_theme"] = '"><script>'
    assert 'data-theme="system"' in browser.open("/").html
