"""The second check of a new device: a date of birth that is on file, or a code that is mailed.

The raw code exists while its mail is written, in the answer of `prepare_entry_code`, and in the
answer of whoever types it. It is stored as a keyed hash.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from identity_links.domain.access import Access, Act, note, refused
from identity_links.domain.attribution import Attribution
from identity_links.domain.networks import counted_network
from identity_links.domain.people import PortalLink
from identity_links.domain.second_check import (
    ANSWERS_BY_CLIENT,
    CODE_LIVES,
    CODES_BY_BROWSER,
    CODES_BY_CLIENT,
    WRONG,
    Check,
    answers_key,
    browser_key,
    codes_key,
)
from identity_links.messages import standing
from identity_links.messages.mail_facts import entry_code_facts
from identity_links.operations.authority import not_found
from identity_links.storage import access_log, entry_codes, links, throttle
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, ActorKind, Caller
from portal_contracts.identity_links.events import EntryCodeRequested
from portal_contracts.identity_links.rpc.entering import Entry, EntryOutcome, RedeemLink
from portal_contracts.identity_links.rpc.entry_codes import (
    EntryCodeFacts,
    PrepareEntryCode,
    SendEntryCode,
)
from portal_contracts.identity_links.rpc.targets import CODE_DIGITS, LinkState
from portal_contracts.permissions import require_kind

log = structlog.get_logger(__name__)


def judge(
    tx: Transaction,
    link: PortalLink,
    command: RedeemLink,
    visitor: Attribution,
    *,
    sealer: Sealer,
    now: datetime,
) -> EntryOutcome:
    """What the second check says to a new device that nothing else stands in the way of.

    An answer is counted before it is looked at, for the client over all links, so that no burst
    gets past the limit. A wrong one is logged as a refused ``device.entered``, and one that
    locks the client as ``second_check.locked``; a right one takes the count back.
    """
    check = link.check
    if check is Check.NONE:
        return EntryOutcome.ENTERED
    if check is Check.IMPOSSIBLE:
        return EntryOutcome.CANNOT_CHECK
    unanswered = _unanswered(tx, link, check, command, now)
    key = answers_key(link.client.id)
    if unanswered is not None:
        locked = throttle.wait_seconds(tx, key, now) > 0
        return EntryOutcome.TOO_MANY_TRIES if locked else unanswered
    if throttle.count_try(tx, key, ANSWERS_BY_CLIENT, now):
        return EntryOutcome.TOO_MANY_TRIES
    if _is_right(tx, link, check, command, sealer):
        throttle.forget(tx, key)
        return EntryOutcome.ENTERED
    _log_wrong(tx, link, WRONG[check], visitor, now)
    return WRONG[check]


def wait_seconds(tx: Transaction, client_id: UUID, now: datetime) -> int:
    """Seconds until the next answer for a client is heard; 0 when it is heard now."""
    return throttle.wait_seconds(tx, answers_key(client_id), now)


def unlock(tx: Transaction, client_id: UUID) -> None:
    """Count a client's wrong answers anew: whoever gave them cannot any more."""
    throttle.forget(tx, answers_key(client_id))


def send_entry_code(
    tx: Transaction, command: SendEntryCode, caller: Caller, *, now: datetime
) -> Entry:
    """Have the code mailed to the client that a browser needs; publishes `EntryCodeRequested`.

    It takes the place of the one that this browser asked for before. Logged as
    ``entry_code.requested``. Whatever stands in the way is a reply, as of `redeem_link`; asking
    again too soon mails nothing and leaves the code as it is.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    link = links.by_token(tx, command.token_hash, lock=True)
    state = LinkState.UNKNOWN if link is None else link.state(now)
    if link is None or state is not LinkState.LIVE:
        access_log.count_refusal(tx, counted_network(visitor.address), now)
        return Entry(outcome=EntryOutcome.DEAD, standing=standing(link, state))
    outcome, wait = _send(tx, link, command.browser_hash, visitor, now)
    return Entry(outcome=outcome, standing=standing(link, state), retry_after_seconds=wait or None)


def prepare_entry_code(
    tx: Transaction, command: PrepareEntryCode, caller: Caller, *, sealer: Sealer, now: datetime
) -> EntryCodeFacts:
    """Make the code for one sending attempt, and tell what its mail is written from.

    One that was made for an attempt before works no more: it need not have arrived.

    Raises:
        Forbidden: ``not_allowed``: only services mail codes.
        NotFound: ``not_found``: nobody waits for it any more.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    stored = entry_codes.to_mail(tx, command.code_id)
    if stored is None or not stored.is_awaited(now):
        raise not_found()
    link = links.by_id(tx, stored.link_id)
    if link is None or link.state(now) is not LinkState.LIVE or link.check is not Check.CODE:
        raise not_found()
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    expires_at = now + CODE_LIVES
    mac = _mac(tx, link, stored.id, code, sealer)
    entry_codes.make(tx, stored.id, mac=mac, expires_at=expires_at)
    return entry_code_facts(link, code, expires_at)


def _unanswered(
    tx: Transaction, link: PortalLink, check: Check, command: RedeemLink, now: datetime
) -> EntryOutcome | None:
    """What is asked where nothing was answered that could be looked at; else None."""
    if check is Check.DATE_OF_BIRTH:
        return EntryOutcome.NEEDS_DATE_OF_BIRTH if command.date_of_birth is None else None
    stored = None
    if command.browser_hash is not None:
        stored = entry_codes.of_browser(tx, link.id, command.browser_hash)
    works = stored is not None and stored.works(now)
    if command.code is None:
        return EntryOutcome.CODE_SENT if works else EntryOutcome.NEEDS_CODE
    return None if works else EntryOutcome.CODE_ENDED


def _is_right(
    tx: Transaction, link: PortalLink, check: Check, command: RedeemLink, sealer: Sealer
) -> bool:
    if check is Check.DATE_OF_BIRTH:
        return command.date_of_birth == link.client.date_of_birth
    browser_hash, code = command.browser_hash or "", command.code or ""
    stored = entry_codes.of_browser(tx, link.id, browser_hash)
    if stored is None:
        return False
    mac = _mac(tx, link, stored.id, code, sealer)
    if stored.mac is not None and hmac.compare_digest(mac, stored.mac):
        entry_codes.use(tx, link.id, browser_hash)
        return True
    entry_codes.count_wrong(tx, stored.id)
    return False


def _mac(tx: Transaction, link: PortalLink, code_id: UUID, code: str, sealer: Sealer) -> bytes:
    return sealer.mac(tx, link.client.id, code, table="entry_code", column="mac", row=code_id)


def _log_wrong(
    tx: Transaction, link: PortalLink, reason: EntryOutcome, visitor: Attribution, now: datetime
) -> None:
    tried = _note(link, Act.DEVICE_ENTERED, visitor, now)
    rows = [refused(tried, reason)]
    if wait_seconds(tx, link.client.id, now):
        rows.append(replace(tried, act=Act.SECOND_CHECK_LOCKED))
        log.warning("second_check_locked", client_id=str(link.client.id), link_id=str(link.id))
    access_log.append(tx, *rows)


def _note(link: PortalLink, act: Act, visitor: Attribution, now: datetime) -> Access:
    return note(visitor, act, link.practice.id, now, client_id=link.client.id, subject_id=link.id)


def _send(
    tx: Transaction, link: PortalLink, browser_hash: str, visitor: Attribution, now: datetime
) -> tuple[EntryOutcome, int]:
    """What comes of asking for a code, and when asking again makes sense."""
    unasked = {
        Check.NONE: EntryOutcome.NEEDS_BUTTON,
        Check.DATE_OF_BIRTH: EntryOutcome.NEEDS_DATE_OF_BIRTH,
        Check.IMPOSSIBLE: EntryOutcome.CANNOT_CHECK,
    }.get(link.check)
    if unasked is not None:
        return unasked, 0
    if wait := wait_seconds(tx, link.client.id, now):
        return EntryOutcome.TOO_MANY_TRIES, wait
    asks = browser_key(link.id, browser_hash)
    if wait := throttle.count_try(tx, asks, CODES_BY_BROWSER, now):
        return _still(tx, link, browser_hash, now), wait
    if wait := throttle.count_use(tx, codes_key(link.client.id), CODES_BY_CLIENT, now):
        return _still(tx, link, browser_hash, now), wait
    code_id = new_id()
    entry_codes.request(tx, code_id, link_id=link.id, browser_hash=browser_hash, now=now)
    outbox.record(
        tx,
        EntryCodeRequested(code_id=code_id, client_id=link.client.id),
        practice_id=link.practice.id,
        aggregate=("entry_code", code_id),
        actor=NOBODY,
        request_id=visitor.request_id,
        now=now,
    )
    access_log.append(tx, _note(link, Act.CODE_REQUESTED, visitor, now))
    log.info("entry_code_requested", code_id=str(code_id), link_id=str(link.id))
    return EntryOutcome.CODE_SENT, throttle.wait_seconds(tx, asks, now)


def _still(tx: Transaction, link: PortalLink, browser_hash: str, now: datetime) -> EntryOutcome:
    """How a browser stands that may have no other code yet."""
    stored = entry_codes.of_browser(tx, link.id, browser_hash)
    works = stored is not None and stored.works(now)
    return EntryOutcome.CODE_SENT if works else EntryOutcome.NEEDS_CODE
