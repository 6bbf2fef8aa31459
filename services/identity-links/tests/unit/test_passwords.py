"""Passwords: argon2id, and an unknown address that costs the same."""

from __future__ import annotations

import pytest

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


def test_a_short_password_is_refused():
    with pytest.raises(Invalid):
        hash_password("short")
