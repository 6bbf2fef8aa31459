"""What a new device is asked for, and how often it may answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from identity_links.domain.second_check import (
    ANSWERS_BY_CLIENT,
    CODE_TRIES,
    Check,
    StoredCode,
    check_of,
)
from identity_links.domain.throttle import count_try
from portal_contracts.identity_links.rpc.targets import SecondCheck

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BORN, EMAIL = date(1985, 3, 27), "anna@example.org"


@pytest.mark.parametrize(
    ("born", "email", "check"),
    [
        (BORN, EMAIL, Check.DATE_OF_BIRTH),
        (BORN, "", Check.DATE_OF_BIRTH),
        (None, EMAIL, Check.CODE),
        (None, "", Check.IMPOSSIBLE),
    ],
)
def test_a_code_is_mailed_where_no_date_is_on_file(born, email, check):
    assert check_of(SecondCheck.DATE_OF_BIRTH, born, email) is check
    assert check_of(SecondCheck.NONE, born, email) is Check.NONE


def test_a_month_of_steady_guessing_hears_few_answers():
    tries, heard, now = None, 0, NOW
    while now < NOW + timedelta(days=30):
        blocked = tries is not None and tries.is_blocked(now)
        heard += not blocked
        tries = count_try(tries, ANSWERS_BY_CLIENT, now)
        now += timedelta(minutes=5)
    assert heard <= 36


def code(**facts):
    usual = {"mac": b"x", "expires_at": NOW + timedelta(minutes=10), "tries": 0}
    return StoredCode(id=UUID(int=1), link_id=UUID(int=2), requested_at=NOW, **(usual | facts))


def test_a_code_works_until_it_ends_or_was_tried_too_often():
    assert code().works(NOW + timedelta(minutes=9, seconds=59))
    assert not code().works(NOW + timedelta(minutes=10))
    assert code(tries=CODE_TRIES - 1).works(NOW)
    assert not code(tries=CODE_TRIES).works(NOW)


def test_a_mail_is_written_for_half_an_hour():
    waiting = code(mac=None, expires_at=None)
    assert waiting.is_awaited(NOW + timedelta(minutes=29))
    assert not waiting.is_awaited(NOW + timedelta(minutes=30))
    assert not code(tries=CODE_TRIES).is_awaited(NOW)


def test_a_code_is_not_shown():
    assert "mac" not in repr(code())
