"""E-mail addresses and IP addresses: one spelling, one key, one mask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_links.domain.email_addresses import email_key, mask_email, normalise_email
from identity_links.domain.networks import counted_network, normalise_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  Anna.Schmidt@EXAMPLE.org ", "Anna.Schmidt@example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@clinic.test", "anna@clinic.test"),
        ("anna+portal@example.org", "anna+portal@example.org"),
    ],
)
def test_an_address_is_stored_in_one_spelling(typed, stored):
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@example",
        "anna@@example.org",
        "anna@example.org\nBcc: all@example.org",
        "anna\x1f adler@example.org",
        "Anna <anna@example.org>",
        "änna@example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_what_cannot_be_mailed_to_is_no_address(typed):
    assert normalise_email(typed) is None


def test_case_does_not_tell_addresses_apart():
    assert email_key("Anna@Example.org") == email_key("anna@example.ORG")


def test_a_mask_shows_one_letter_and_the_domain():
    assert mask_email("anna@example.org") == "a•••@example.org"
    assert mask_email("a@example.org") == "a•••@example.org"


@given(local=st.from_regex(r"[a-z]{2,30}", fullmatch=True))
def test_a_mask_hides_length_and_rest(local):
    assert mask_email(f"{local}@example.org") == f"{local[0]}•••@example.org"


@pytest.mark.parametrize(
    ("given_", "written"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
        ("not an address", ""),
        ("192.0.2.7\x00", ""),
    ],
)
def test_an_ip_address_is_written_in_its_usual_spelling(given_, written):
    assert normalise_address(given_) == written


def test_one_subscriber_s_ipv6_addresses_count_together():
    assert counted_network("2001:db8:1:2::a") == counted_network("2001:db8:1:3:4:5:6:7")
    assert counted_network("2001:db8:2::a") != counted_network("2001:db8:1::a")
    assert counted_network("192.0.2.7") == "192.0.2.7"
    assert counted_network("garbage") == counted_network("") == "unknown"


@given(text=st.text(max_size=60))
def test_nothing_that_is_no_address_is_written_down(text):
    assert normalise_address(normalise_address(text)) == normalise_address(text)
