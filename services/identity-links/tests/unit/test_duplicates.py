"""Two clients who may be one person."""

from __future__ import annotations

from datetime import date

import pytest

from identity_links.domain.duplicates import alike
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.duplicates import Alike

BORN = date(1985, 3, 27)


def client(name="Anna Müller", email="", **fields):
    return ClientFields(name=name, email=email, **fields)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (client(email="Anna@Example.org"), client("Ben", email="anna@example.org"), [Alike.EMAIL]),
        (client(email=" anna@EXAMPLE.org "), client(email="anna@example.org"), [Alike.EMAIL]),
        (client(email="anna@example.org"), client(email="anna@example.com"), []),
        (client(), client(), []),
        (client(phone="+49 171 2345678"), client(phone="0171/2345678"), [Alike.PHONE]),
        (client(phone="0049 171 2345678"), client(phone="+49 (0)171 234 5678"), [Alike.PHONE]),
        (client(phone="+49 171 2345678"), client(phone="+43 171 2345678"), []),
        (client(phone="0171 2345678"), client(phone="0171 23456789"), []),
        (
            client(date_of_birth=BORN),
            client("MUELLER, Anna", date_of_birth=BORN),
            [Alike.NAME_AND_BIRTH],
        ),
        (
            client("Sinéad O’Brien", date_of_birth=BORN),
            client("sinead obrien", date_of_birth=BORN),
            [Alike.NAME_AND_BIRTH],
        ),
        (client(date_of_birth=BORN), client("Anna Maier", date_of_birth=BORN), []),
        (client(date_of_birth=BORN), client(date_of_birth=date(1985, 3, 28)), []),
        (client(date_of_birth=BORN), client(), []),
        (
            client(email="a@x.example", phone="030 1234567", date_of_birth=BORN),
            client(email="A@x.example", phone="+49 30 1234567", date_of_birth=BORN),
            [Alike.EMAIL, Alike.PHONE, Alike.NAME_AND_BIRTH],
        ),
    ],
)
def test_what_two_clients_have_in_common(one, other, same):
    assert alike(one, other) == alike(other, one) == same
