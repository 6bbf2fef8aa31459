"""Pages and files are compressed where a browser takes it, and what holds a secret never is."""

from __future__ import annotations

import gzip
import zlib

import falcon.testing
import pytest
from falcon.testing import TestClient

from gateway.web.compression import LONGEST_PADDING_BYTES, padded, takes_gzip
from gateway.web.pages import HERE
from gateway.web.static_files import StaticFiles
from portal_contracts.portal_addresses import INVITATION_PATH
from tests.kit.gateway.browser import NAVIGATION

GZIP = NAVIGATION | {"Accept-Encoding": "gzip, deflate, br, zstd"}


def test_a_page_is_compressed_for_who_takes_it_and_is_the_same_page(house):
    anna = house.as_client(house.anna)
    plain = anna.open("/home")
    assert "content-encoding" not in plain.headers
    packed = anna.open("/home", GZIP)
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept-Encoding" in packed.headers["vary"]
    assert len(packed.body) == int(packed.headers["content-length"]) < len(plain.body) / 2
    assert "<h1" in packed.html
    assert len(packed.html) == len(plain.html)


def test_a_compressed_page_has_another_length_each_time():
    body = b"<p>the same page</p>" * 200
    lengths = {len(padded(body)) for _ in range(200)}
    assert len(lengths) > LONGEST_PADDING_BYTES / 2
    assert max(lengths) - min(lengths) <= LONGEST_PADDING_BYTES
    assert zlib.decompress(padded(body), 16 + zlib.MAX_WBITS) == body


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip ; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("br", False),
        ("", False),
    ],
)
def test_only_who_says_so_gets_gzip(header, takes):
    environ = falcon.testing.create_environ(headers={"Accept-Encoding": header})
    assert takes_gzip(falcon.Request(environ)) is takes


def secret_pages(house, token):
    """Pages that hold a secret: who opens them, and where."""
    doctor = house.as_practitioner(house.doctor)
    yield "the key of a second factor", doctor, "/console/settings/account/second-factor"
    house.services.add_link(house.anna, token)
    yield "the page of a link", house.browser(), f"/p/{token}"
    form = house.services.forms.add(house.anna.id, house.doctor.id)
    yield "the key of drafts", house.as_client(house.anna), f"/forms/{form.id}/1"
    yield "an invitation", house.browser(), f"{INVITATION_PATH}/{token}"


def test_a_page_that_holds_a_secret_is_never_compressed(house, token):
    for name, browser, path in secret_pages(house, token):
        page = browser.open(path, {"Accept": "text/html", "Accept-Encoding": "gzip"})
        assert len(page.body) > 1000, name
        assert "content-encoding" not in page.headers, name


def test_what_answers_a_form_is_never_compressed(house):
    doctor = house.as_practitioner(house.doctor)
    form = doctor.open(f"/console/clients/{house.anna.id}")
    copy = f"/console/clients/{house.anna.id}/links/copy"
    page = doctor.post(copy, form.form(copy).fields, GZIP | {"Sec-Fetch-Site": "same-origin"})
    assert "/p/lk_" in page.html
    assert "content-encoding" not in page.headers


def test_answers_to_programs_keep_the_bytes_their_etag_speaks_of(house):
    page = house.browser().open("/api/v1/openapi.json", {"Accept-Encoding": "gzip"})
    assert page.status == 200
    assert page.headers["etag"]
    assert "content-encoding" not in page.headers


def test_a_file_is_served_compressed_with_a_tag_of_its_own(house):
    files = StaticFiles(HERE / "static")
    asked = TestClient(house.app)
    address = files.url("portal.css")
    plain = asked.simulate_get(address)
    packed = asked.simulate_get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    for answer, headers in ((plain, {}), (packed, {"Accept-Encoding": "gzip"})):
        again = asked.simulate_get(
            address, headers=headers | {"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304
        assert again.headers["etag"] == answer.headers["etag"]
