"""Logos and portraits: handed in with a form, shown from an address that never changes."""

from io import BytesIO
from unittest.mock import Mock

import pytest
from PIL import Image

from gateway.console.settings.sections import ACCOUNT, FACE
from gateway.web.practitioner_names import PractitionerNames
from gateway.words.practice_filters import picture_of
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS

LOGO = f"{FACE.address}/logo"
PORTRAIT = f"{ACCOUNT.address}/picture"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(colour="teal"):
    out = BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


def hand_in(browser, page, action, content, **fields):
    """Send the form as a browser does that has a file for it."""
    edge = "a-line-that-is-in-no-file"
    form = page.form(action).fields | fields
    form.pop("picture", None)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="picture"; filename="logo.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])
    return browser.post_body(action, body, f"multipart/form-data; boundary={edge}")


def test_a_logo_is_shown_to_whoever_enters_and_to_the_practice(house, doctor):
    shown = hand_in(doctor, doctor.open(FACE.address), LOGO, png())
    assert (shown.status, shown.headers["location"]) == (303, FACE.address)
    address = f"/brand/{house.practice.logo}"
    for browser, path in ((doctor, FACE.address), (house.as_client(house.anna), "/home")):
        assert f'src="{address}"' in browser.open(path).html
    answer = house.browser().open(address)
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "brand" not in house.browser().open("/console/sign-in").html


def test_a_logo_is_taken_away(house, doctor):
    hand_in(doctor, doctor.open(FACE.address), LOGO, png())
    hand_in(doctor, doctor.open(FACE.address), LOGO, b"", do="remove")
    assert house.practice.logo == ""
    assert "/brand/" + "0" * 64 not in doctor.open(FACE.address).html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first"),
        (SVG, "SVG is not taken"),
        (b"<!doctype html><script>alert(1)</script>", "SVG is not taken"),
        (png()[:60], "cannot be read"),
        (bytes(1_000_001), "too large"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(house, doctor, content, words):
    page = hand_in(doctor, doctor.open(LOGO), LOGO, content)
    assert page.status == 422
    assert words in page.html
    assert house.practice.logo == ""


def test_fifty_megabytes_are_refused_with_a_page(house, doctor):
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": "52428800",
        "sec-fetch-site": "same-origin",
        "accept": "text/html",
    }
    page = doctor.open(LOGO, headers, "POST")
    assert page.status == 413
    assert "too large" in page.html


def test_a_form_with_files_is_taken_where_files_are_alone(doctor):
    page = doctor.open(FACE.address)
    refused = hand_in(doctor, page, FACE.address, png())
    assert refused.status == 415


def test_a_form_of_another_site_sets_no_logo(house, doctor):
    page = doctor.open(FACE.address)
    assert hand_in(doctor, page, LOGO, png(), csrf="x" * 40).status == 403
    assert house.practice.logo == ""


def test_a_portrait_is_the_practitioners_own(house, doctor):
    assistant = house.as_practitioner(house.assistant())
    hand_in(assistant, assistant.open(PORTRAIT), PORTRAIT, png("gold"))
    assert assistant.open(LOGO).status == 403
    contact = house.as_client(house.anna).open("/contact").html
    [person] = [
        one for one in house.services.identity.practitioners.values() if one.role is Role.ASSISTANT
    ]
    assert f'src="/brand/{person.picture}"' in contact
    assert house.doctor.picture == ""


def test_whoever_books_sees_with_whom(house, doctor):
    hand_in(doctor, doctor.open(PORTRAIT), PORTRAIT, png("gold"))
    cards = house.services.call(LIST_PRACTITIONERS, Nothing(), actor=house.anna.actor)
    names = PractitionerNames(Mock(get=lambda: cards)).get()
    assert names == {house.doctor.id: "Dr Rivera"}
    assert picture_of(names[house.doctor.id]) == house.doctor.picture != ""
    assert picture_of("Dr Rivera") == ""


def test_a_picture_that_is_not_there_is_not_found(house):
    assert house.browser().open(f"/brand/{'0' * 64}.webp").status == 404
    assert house.browser().open("/brand/../etc/passwd.webp").status == 404
