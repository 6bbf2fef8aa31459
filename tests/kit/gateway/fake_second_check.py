"""identity-links in memory: the second check of a new device."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from identity_links.domain.access import Act
from identity_links.domain.second_check import (
    ANSWERS_BY_CLIENT,
    CODE_LIVES,
    CODES_BY_BROWSER,
    CODES_BY_CLIENT,
    WRONG,
    Check,
    StoredCode,
    check_of,
)
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.identity_links.rpc.entering import (
    Entry,
    EntryOutcome,
    LinkStanding,
    RedeemLink,
)
from portal_contracts.identity_links.rpc.entry_codes import SendEntryCode
from portal_contracts.identity_links.rpc.targets import LinkState, SecondCheck
from tests.kit.gateway.fake_access import FakeAccessLog
from tests.kit.gateway.state import FakeClient, FakeLink

CODE = "031415"
"""Every code that is mailed."""


@dataclass
class FakeSecondCheck(FakeAccessLog):
    """What a new device is asked for. A code is mailed at once."""

    codes: dict[tuple[UUID, str], StoredCode] = field(default_factory=dict)

    def send_entry_code(self, command: SendEntryCode, _actor: Actor) -> Entry:
        """Have it mailed."""
        self.come_from(command.address)
        link, now = self.by_hash(command.token_hash), self.clock.now()
        if link is None or link.standing(now) is not LinkState.LIVE:
            return Entry(outcome=EntryOutcome.DEAD, standing=self.standing(link))
        outcome, wait = self._send(link, command.browser_hash, now)
        return Entry(
            outcome=outcome, standing=self.standing(link), retry_after_seconds=wait or None
        )

    def by_hash(self, token_hash: str) -> FakeLink | None:
        """The link of a token."""
        return next((link for link in self.links.values() if token_hash in link.hashes), None)

    def standing(
        self, link: FakeLink | None, state: LinkState | None = None, *, inside: bool = False
    ) -> LinkStanding:
        """How a link stands; of the client only where no check comes, or it was passed."""
        if link is None:
            return LinkStanding(state=LinkState.UNKNOWN)
        practice, client = link.client.practice, link.client
        told: dict[str, Any] = {}
        state = state or link.standing(self.clock.now())
        asks = practice.policy.second_check is not SecondCheck.NONE
        if inside or not (asks or state is LinkState.REVOKED):
            told = {
                "client_id": client.id,
                "first_name": client.greeting_name,
                "email_masked": client.email_masked or None,
                "target": link.target,
            }
        return LinkStanding(
            state=state,
            practice=practice.card,
            language=client.fields.language,
            entry=practice.policy.entry,
            single_use=practice.policy.single_use,
            **told,
        )

    def judge(self, link: FakeLink, command: RedeemLink) -> EntryOutcome:
        """What the check says to a device that nothing else stands in the way of."""
        check, now = _check(link), self.clock.now()
        if check is Check.NONE:
            return EntryOutcome.ENTERED
        if check is Check.IMPOSSIBLE:
            return EntryOutcome.CANNOT_CHECK
        unanswered = self._unanswered(link, check, command, now)
        if unanswered is not None:
            return EntryOutcome.TOO_MANY_TRIES if self.wait_of(link.client) else unanswered
        if self.limits.count_try(_answers(link.client), ANSWERS_BY_CLIENT, now):
            return EntryOutcome.TOO_MANY_TRIES
        if self._is_right(link, check, command):
            self.limits.forget(_answers(link.client))
            self.codes.pop((link.id, command.browser_hash or ""), None)
            return EntryOutcome.ENTERED
        if self.wait_of(link.client):
            self.note_by_nobody(Act.SECOND_CHECK_LOCKED, link.client)
        return WRONG[check]

    def wait_of(self, client: FakeClient) -> int:
        """Seconds until an answer for a client is heard."""
        return self.limits.wait_seconds(_answers(client), self.clock.now())

    def unlock(self, client: FakeClient) -> None:
        """Count anew."""
        self.limits.forget(_answers(client))

    def _unanswered(
        self, link: FakeLink, check: Check, command: RedeemLink, now: datetime
    ) -> EntryOutcome | None:
        if check is Check.DATE_OF_BIRTH:
            return EntryOutcome.NEEDS_DATE_OF_BIRTH if command.date_of_birth is None else None
        state = self._of_browser(link, command.browser_hash or "", now)
        if command.code is None:
            return state
        return None if state is EntryOutcome.CODE_SENT else EntryOutcome.CODE_ENDED

    def _of_browser(self, link: FakeLink, browser_hash: str, now: datetime) -> EntryOutcome:
        code = self.codes.get((link.id, browser_hash))
        works = code is not None and code.works(now)
        return EntryOutcome.CODE_SENT if works else EntryOutcome.NEEDS_CODE

    def _is_right(self, link: FakeLink, check: Check, command: RedeemLink) -> bool:
        if check is Check.DATE_OF_BIRTH:
            return command.date_of_birth == link.client.born
        return command.code == CODE

    def _send(self, link: FakeLink, browser_hash: str, now: datetime) -> tuple[EntryOutcome, int]:
        unasked = {
            Check.NONE: EntryOutcome.NEEDS_BUTTON,
            Check.DATE_OF_BIRTH: EntryOutcome.NEEDS_DATE_OF_BIRTH,
            Check.IMPOSSIBLE: EntryOutcome.CANNOT_CHECK,
        }.get(_check(link))
        if unasked is not None:
            return unasked, 0
        if wait := self.wait_of(link.client):
            return EntryOutcome.TOO_MANY_TRIES, wait
        asks = f"entry_code {link.id} {browser_hash}"
        wait = self.limits.count_try(asks, CODES_BY_BROWSER, now) or self.limits.count_use(
            f"entry_codes {link.client.id}", CODES_BY_CLIENT, now
        )
        if wait:
            return self._of_browser(link, browser_hash, now), wait
        self.codes[link.id, browser_hash] = StoredCode(
            id=new_id(),
            link_id=link.id,
            requested_at=now,
            mac=None,
            expires_at=now + CODE_LIVES,
            tries=0,
        )
        self.note_by_nobody(Act.CODE_REQUESTED, link.client)
        self.mail(link.client, link.id, "entry_code")
        return EntryOutcome.CODE_SENT, self.limits.wait_seconds(asks, now)


def _check(link: FakeLink) -> Check:
    client = link.client
    email = "" if client.waiting else client.fields.email
    return check_of(client.practice.policy.second_check, client.born, email)


def _answers(client: FakeClient) -> str:
    return f"second_check {client.id}"
