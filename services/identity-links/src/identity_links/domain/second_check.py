"""The second check: what a new device is asked for before it sees anything of the client.

Wrong answers are counted for the client, over all links and devices, since a date of birth has
few possible values. Only who holds a link that works gets to answer at all, so a stranger
without one cannot lock a client out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from identity_links.domain.throttle import DAY, HOUR, Backoff, Window, throttle_key
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.targets import SecondCheck

ANSWERS_BY_CLIENT = Backoff(waits=(0, 0, 0, 0, HOUR, 4 * HOUR, DAY), forgets_after=30 * DAY)
"""Five wrong answers, then an hour, four, and one answer a day: some thirty in the longest
month in which a link works, of hundreds of days that a year has."""

CODES_BY_BROWSER = Backoff(waits=(60, 60, 120, 300, 900, HOUR), forgets_after=DAY)
"""Another code after 60 s, later ones further apart."""

CODES_BY_CLIENT = Window(uses=10, seconds=HOUR)
"""Mails with codes to one client, whoever asks."""

CODE_LIVES = timedelta(minutes=10)
"""From when its mail is written."""

CODE_IS_AWAITED = timedelta(minutes=30)
"""After asking for a code somebody waits for so long; a mail that is later brings none."""

CODE_TRIES = 5


class Check(StrEnum):
    """What a client is asked for."""

    NONE = "none"
    DATE_OF_BIRTH = "date_of_birth"
    CODE = "code"
    IMPOSSIBLE = "impossible"


def check_of(asked: SecondCheck, date_of_birth: date | None, email: str) -> Check:
    """What a new device of a client is asked for.

    A code is mailed where no date of birth is on file. Without an address either there is
    nothing to ask for: letting the client in without a check would turn it off for exactly
    those whose record is incomplete.
    """
    if asked is SecondCheck.NONE:
        return Check.NONE
    if date_of_birth is not None:
        return Check.DATE_OF_BIRTH
    return Check.CODE if email else Check.IMPOSSIBLE


WRONG = {
    Check.DATE_OF_BIRTH: EntryOutcome.WRONG_DATE_OF_BIRTH,
    Check.CODE: EntryOutcome.WRONG_CODE,
}
"""What comes of a wrong answer."""


@dataclass(frozen=True, kw_only=True)
class StoredCode:
    """A code that a browser has asked for.

    Attributes:
        id: its id, also that of its mail's subject.
        link_id: the link that it helps to enter by.
        requested_at: aware UTC.
        mac: the keyed hash of the code; None until its mail is written.
        expires_at: aware UTC; None until then.
        tries: wrong answers so far.
    """

    id: UUID
    link_id: UUID
    requested_at: datetime
    mac: bytes | None = field(repr=False)
    expires_at: datetime | None
    tries: int

    def is_awaited(self, now: datetime) -> bool:
        """Whether its mail is to be written now."""
        return self.tries < CODE_TRIES and now < self.requested_at + CODE_IS_AWAITED

    def works(self, now: datetime) -> bool:
        """Whether an answer is looked at: also while the mail is on its way."""
        ends_at = self.expires_at or self.requested_at + CODE_IS_AWAITED
        return self.tries < CODE_TRIES and now < ends_at


def answers_key(client_id: UUID) -> str:
    """Under what wrong answers are counted."""
    return throttle_key("second_check", str(client_id))


def browser_key(link_id: UUID, browser_hash: str) -> str:
    """Under what a browser's asking for codes is counted."""
    return throttle_key("entry_code_by_browser", f"{link_id} {browser_hash}")


def codes_key(client_id: UUID) -> str:
    """Under what a client's mails with codes are counted."""
    return throttle_key("entry_code_by_client", str(client_id))
