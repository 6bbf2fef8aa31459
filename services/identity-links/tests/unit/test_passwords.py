"""Passwords: argon2id, and an unknown address that costs the same."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files

import pytest

from identity_links.domain import common_passwords
from identity_links.domain.passwords import check_password
from identity_links.operations.passwords import (
    HASHER,
    NOBODYS_HASH,
    hash_password,
    verify_password,
)
from portal_contracts.errors import Invalid


def test_only_the_right_password_fits_its_hash():
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "correct horse battery")
    assert not verify_password(stored, "correct horse batterz")


def test_two_hashes_of_one_password_differ():
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


def test_an_unknown_address_costs_what_a_known_one_costs():
    assert not HASHER.check_needs_rehash(NOBODYS_HASH)
    assert not verify_password(NOBODYS_HASH, "")


def test_what_is_no_hash_fits_no_password():
    assert not verify_password("-", "-")


NAMES = ("Dr. Zoë Rivera-Łukasz", "rivera@lindenhof.example", "Lindenhof Practice 3")


def refusal(password, names=NAMES):
    with pytest.raises(Invalid) as error:
        hash_password(password, names)
    assert error.value.code == "password"
    return error.value.fields["password"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x7#kQp!ae9z", "password_too_short"),
        ("correct horse battery " * 50, "password_too_long"),
        *((one, "password_common") for one in ("password1234", "Password!2026", "1q2w3e4r5t6y")),
        *((one, "password_common") for one in ("passwordpassword", "Qwerty123456", "!!iloveyou!!")),
        *((one, "password_common") for one in ("aaaaaaaaaaaa", "121212121212", "......??....")),
        *((one, "password_common") for one in ("abcdefghijkl", "123456789012", "zyxwvutsrqpo")),
        *((one, "password_is_a_name") for one in ("drzoerivera1", "Zoë-Rivera-26", "RIVERARIVERA")),
        *((one, "password_is_a_name") for one in ("rivera@lindenhof.example", "lukasz99rivera")),
        *((one, "password_is_a_name") for one in ("Lindenhof Practice", "practice3lindenhof")),
    ],
)
def test_what_everybody_would_try_first_is_no_password(password, code):
    assert refusal(password) == code


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "839201746502",
        "rivera and the sea",
        "ααβγδεζηθικλμ",
        "Lindenhof, where the fox sleeps",
        "x7#kQp!ae9zz",
    ],
)
def test_nothing_but_length_and_what_is_known_of_it_is_asked_of_a_password(password):
    check_password(password, NAMES)
    check_password(password)


def test_the_list_of_common_passwords_is_the_one_that_was_published():
    folder = files(common_passwords)
    told = tomllib.loads((folder / "source.toml").read_text("utf-8"))
    held = (folder / told["file"]).read_bytes()
    assert hashlib.sha256(held).hexdigest() == told["sha256"]
    assert "Django" in (folder / told["licence_file"]).read_text("utf-8")
    assert len(common_passwords.common_passwords()) > 10_000
