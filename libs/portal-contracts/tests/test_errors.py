"""The refusals that cross a service boundary."""

from __future__ import annotations

import pytest

from portal_contracts.errors import ERRORS, Conflict, Invalid, PortalError, Unavailable


def test_an_error_is_found_by_the_name_it_travels_under():
    assert set(ERRORS) == {"NotFound", "Conflict", "Invalid", "Forbidden", "Unavailable"}
    assert all(ERRORS[kind].kind == kind for kind in ERRORS)


@pytest.mark.parametrize("error", ERRORS.values())
def test_one_except_clause_takes_every_refusal(error):
    with pytest.raises(PortalError) as caught:
        raise error("some_code", "Some sentence.")
    assert caught.value.code == "some_code"
    assert str(caught.value) == "some_code: Some sentence."


def test_bad_input_names_every_field_at_once():
    fields = {"email": "malformed", "name": "missing"}
    error = Invalid("client_invalid", fields=fields)
    fields.clear()
    assert error.fields == {"email": "malformed", "name": "missing"}


def test_a_refusal_without_a_sentence_is_its_code():
    assert str(Conflict("stale_version")) == "stale_version"


def test_a_refusal_may_say_when_to_ask_again():
    assert Unavailable("busy", retry_after_seconds=5).retry_after_seconds == 5
    assert Unavailable("busy").retry_after_seconds is None
