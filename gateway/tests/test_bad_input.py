"""Whatever arrives, the answer is a 4xx in words, never a failure."""

from urllib.parse import quote

import falcon.testing
import pytest

from tests.kit.gateway.browser import NAVIGATION

JUNK = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066reversed",
    "😀" * 300,
    "Zalgo" + "\u0301" * 500,
    "'; DROP TABLE client; --",
    "{{ 7 * 7 }}",
    "%s%n%x",
    "../../../etc/passwd",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\r\nSet-Cookie: a=b",
    "A" * 20_000,
    "\ufeff",
    "\uffff",
    "NaN",
    "1e999",
    "-0",
    "0x10",
    "٣",
]


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


def percent(text):
    return quote(text.encode("utf-8", "surrogatepass"))


def post_raw(house, browser, path, body, **environ):
    """A body as it is, over the wire."""
    headers = {
        "Sec-Fetch-Site": "same-origin",
        "Accept": "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        **environ.pop("headers", {}),
    }
    return falcon.testing.TestClient(house.app).simulate_post(
        path, body=body, headers=headers, cookies=browser.cookies, **environ
    )


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:24])
def test_junk_in_every_place_of_an_address(house, doctor, token, junk):
    anna = house.as_client(house.anna)
    text = percent(junk)
    for path in (
        f"/p/{text}",
        f"/p/lk_{text}",
        f"/console/clients/{text}",
        f"/console/mails/{text}",
        f"/static/{text}/{text}",
        f"/brand/{text}",
        f"/{text}",
        f"/console/clients?search={text}",
        f"/console/clients?sort={text}&status={text}&cursor={text}",
        f"/console/mails?state={text}&client={text}",
        f"/link-requests?wait={text}",
        f"/signed-out?ended={text}",
        f"/contact?cursor={text}",
        f"/?{text}={text}",
    ):
        browser = anna if path.startswith("/contact") else doctor
        page = browser.open(path)
        assert page.status < 500, path
        assert junk not in page.html or junk.isalnum() or "<" not in junk


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:24])
def test_junk_in_every_field_of_a_form(house, doctor, junk):
    text = percent(junk)
    for path in ("/console/clients/new", f"/console/clients/{house.anna.id}/edit"):
        fields = doctor.open(path).form(path).fields
        for name in fields:
            if name == "csrf":
                continue
            parts = [f"{key}={quote(value)}" for key, value in fields.items() if key != name]
            result = post_raw(house, doctor, path, "&".join([*parts, f"{name}={text}"]))
            assert result.status_code < 500, (path, name)
            assert "<script>alert" not in result.text
            assert "onerror=alert" not in result.text.replace("&lt;img src=x onerror=alert", "")


# No server lets a line break into a header.
HEADER_JUNK = [junk for junk in JUNK if "\n" not in junk]


@pytest.mark.parametrize("junk", HEADER_JUNK, ids=lambda junk: ascii(junk)[:24])
def test_junk_in_headers_and_cookies(house, junk):
    raw = junk.encode("utf-8", "surrogatepass").decode("latin-1")
    names = ("Accept", "Accept-Language", "Cookie", "Referer", "User-Agent", "Origin", "Host")
    names += ("X-Request-Id", "X-Forwarded-For", "Sec-Fetch-Mode", "Purpose", "HX-Request")
    for name in names:
        page = house.browser().open("/", NAVIGATION | {name: raw})
        assert page.status < 500, name
    for cookie in ("lk_device", "lk_console", "lk_csrf", "lk_theme", "lk_flash"):
        header = NAVIGATION | {"Cookie": f"{cookie}={raw}"}
        assert house.browser().open("/console/sign-in", header).status < 500, cookie


def token_of(browser):
    return browser.open("/").forms[0].fields["csrf"]


def test_a_body_over_the_limit_is_not_read(build):
    house = build(body_limit_bytes=1024)
    browser = house.browser()
    csrf = token_of(browser)
    result = post_raw(house, browser, "/theme", f"csrf={csrf}&theme={'x' * 2000}")
    assert result.status_code == 413


def test_a_length_that_lies_is_refused(house):
    browser = house.browser()
    body = f"csrf={token_of(browser)}&theme=dark"
    for length, status in ((str(len(body) + 10), "400"), ("-1", "400"), ("x", "400"), ("5", "403")):
        environ = falcon.testing.create_environ(
            "/theme",
            method="POST",
            body=body,
            headers={
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
            },
        )
        environ["CONTENT_LENGTH"] = length
        answered = falcon.testing.StartResponseMock()
        house.app(environ, answered)
        assert answered.status.startswith(status), length
        assert "lk_theme" not in repr(answered.headers)


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", "x/y"]
)
def test_only_a_form_is_read(house, content_type):
    browser = house.browser()
    browser.open("/")
    body = '{"a":' * 100_000
    result = post_raw(
        house, browser, "/theme", body[:100_000], headers={"Content-Type": content_type}
    )
    assert result.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b"csrf=%ff%fe",
        b"csrf=\xff\xfe",
        b"csrf=%ed%a0%80",
        b"csrf=a%00b",
        b"&".join(b"a%d=1" % n for n in range(500)),
        b"&".join(b"a%d=1" % n for n in range(6000)),
        b"=" * 1000,
        b"&" * 1000,
        b"%" * 1000,
        b"csrf[]=1&csrf[a]=2",
    ],
)
def test_a_form_that_cannot_be_read_is_refused(house, body):
    browser = house.browser()
    browser.open("/")
    assert post_raw(house, browser, "/theme", body).status_code in (403, 413)


def test_bytes_that_are_no_utf_8_lose_nothing_else(house, doctor):
    path = "/console/clients/new"
    fields = doctor.open(path).form(path).fields
    sent = {name: quote(value) for name, value in fields.items()}
    sent |= {"name": "Carla%FF", "remark": "one%0Btwo%ED%A0%80", "email": "nonsense"}
    body = "&".join(f"{name}={value}" for name, value in sent.items())
    result = post_raw(house, doctor, path, body)
    assert result.status_code == 422
    assert 'value="Carla\ufffd"' in result.text
    assert "one\ntwo" in result.text


def test_a_form_without_an_idempotency_key_changes_nothing(house, doctor):
    path = "/console/clients/new"
    fields = doctor.open(path).form(path).fields
    before = len(house.services.identity.clients)
    for key in ("", "short", "x" * 65, "spaces in it are not fine"):
        page = doctor.post(
            path, fields | {"name": "C", "email": "c@mail.example", "idempotency_key": key}
        )
        assert page.status == 422
    assert len(house.services.identity.clients) == before


def test_the_same_key_for_something_else_is_refused_in_words(house, doctor):
    path = "/console/clients/new"
    fields = doctor.open(path).form(path).fields
    assert doctor.post(path, fields | {"name": "C", "email": "c@mail.example"}).status == 303
    page = doctor.post(path, fields | {"name": "D", "email": "c@mail.example"})
    assert page.status == 422
    assert page.form(path).fields["name"] == "D"


def test_a_name_is_shown_as_text_wherever_it_stands(house, token):
    nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    client = house.services.add_client(house.practice, nasty, email="x@mail.example")
    house.services.add_schedule(client, nasty)
    house.services.add_form(client, house.doctor, nasty)
    house.services.add_mail(client)
    house.services.add_link(client, token)
    doctor, browser = house.as_practitioner(house.doctor), house.as_client(client)
    base = f"/console/clients/{client.id}"
    pages = [
        doctor.open(path) for path in (base, f"{base}/edit", f"{base}/share", f"{base}/archive")
    ]
    pages += [
        doctor.open(path) for path in ("/console/clients", "/console/mails", f"{base}/preview")
    ]
    pages += [browser.open(path) for path in ("/home", "/forms", "/appointments", "/sessions")]
    pages += [house.browser().open(f"/p/{token}", {"Accept": "text/html"})]
    for page in pages:
        assert page.status == 200
        assert "<script>alert" not in page.html
        assert "<img src=x" not in page.html


def test_no_address_leads_out_of_the_portal(house):
    for path in ("//evil.example", "//evil.example/home", "/\\evil.example", "/%2f%2fevil.example"):
        answer = falcon.testing.TestClient(house.app).simulate_get(path, headers=NAVIGATION)
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "evil.example" not in answer.text


def test_next_is_not_followed(house):
    browser = house.browser()
    path = "/console/sign-in?next=//evil.example"
    page = browser.submit(
        browser.open(path),
        "/console/sign-in",
        {
            "email": "dr@practice.example",
            "password": "correct horse battery",
            "next": "https://evil.example",
        },
    )
    assert page.headers["location"] == "/console"


ODD = [
    *(
        "a@b",
        "a@b:80",
        "localhost:x",
        "localhost:99999",
        ":",
        "[",
        "[::1",
        "[::1]:x",
        "]",
        "@",
        "%",
    ),
    *("a b", "localhost,localhost", "\xff\xfe", "x" * 5000, "/", "?", "#", "http://", "\x0b", ""),
    *("0x7f.1", "127.0.0.1.", "localhost\x00", '"', "=", ";", "W/", '"a', "*", "1e9", "-1", "٣"),
]
HEADERS = [
    *("Host", "Cookie", "Referer", "Origin", "Accept", "Accept-Language", "Content-Type"),
    *("If-None-Match", "If-Match", "If-Modified-Since", "Range", "Date"),
    *("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Request-Id", "Traceparent"),
    *("HX-Request", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Authorization", "Idempotency-Key"),
    *("User-Agent", "Expect", "Connection", "Upgrade", "Accept-Encoding", "Via", "TE"),
]


@pytest.mark.parametrize("name", HEADERS)
def test_odd_words_in_any_header_are_no_failure(build, tmp_path, name):
    house = build(dev_mail_folder=tmp_path, trusted_proxies=1, metrics_token="a" * 20)
    client = falcon.testing.TestClient(house.app)
    paths = ("/", "/dev/mail", "/robots.txt", "/api/v1/clients", "/theme", "/console/sign-in")
    for word in ODD:
        environ = {f"HTTP_{name.upper().replace('-', '_')}": word.encode().decode("latin-1")}
        if name == "Content-Type":
            environ = {"CONTENT_TYPE": word.encode().decode("latin-1")}
        for path in (*paths, "/metrics", "/static/x/portal.css"):
            for method in ("GET", "POST"):
                answer = client.simulate_request(method, path, extras=environ)
                assert answer.status_code < 500, (path, method, word)


@pytest.mark.parametrize("host", ["a@localhost", "localhost@evil.example", "evil.example"])
def test_the_mails_of_a_try_out_are_shown_under_names_of_this_machine_alone(build, tmp_path, host):
    house = build(dev_mail_folder=tmp_path)
    client = falcon.testing.TestClient(house.app)
    expected = {"a@localhost": (200, 404)}.get(host, (404,))
    assert client.simulate_get("/dev/mail", headers={"Host": host}).status_code in expected
