"""I3: each delivery that was not closed with a reason reached the server, under one Message-ID."""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from notifications.domain.outcome import OutcomeKind
from notifications.domain.reasons import Reason
from notifications.storage.tables import delivery, delivery_attempt
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState
from portal_runner.doctor.invariants.context import Context
from portal_runner.doctor.invariants.verdict import Verdict

_MESSAGE_ID = re.compile(r"<delivery\.([0-9a-f-]{36})@[^>]+>")
_HEADERS_BYTES = 16_384

REFUSED_FOR_GOOD = frozenset(
    {
        Reason.ADDRESS_REFUSED,
        Reason.ADDRESS_INVALID,
        Reason.ADDRESS_MISSING,
        Reason.ADDRESS_NEEDS_UTF8,
        Reason.MAIL_SERVER_REFUSED,
    }
)
"""Ends that no sender can change: the practice sees them in its mail log."""


class Accepted(msgspec.Struct):
    """A line that tells of one mail a server accepted."""

    message_id: str


def check(context: Context) -> Verdict:
    """Compare deliveries with their attempts, and with the mails that a server accepted."""
    verdict = Verdict("I3", "every mail went out, once")
    with context.look_into("notifications") as tx:
        columns = (delivery.c.id, delivery.c.state, delivery.c.reason, delivery.c.next_attempt_at)
        rows = tx.execute(select(*columns)).all()
        accepted = {
            row.delivery_id: row.times
            for row in tx.execute(
                select(delivery_attempt.c.delivery_id, func.count().label("times"))
                .where(delivery_attempt.c.outcome == OutcomeKind.ACCEPTED)
                .group_by(delivery_attempt.c.delivery_id)
            )
        }
    states = Counter(row.state for row in rows)
    verdict.counted = {"deliveries": len(rows)} | {
        str(state): states[state] for state in DeliveryState if states[state]
    }
    for row in rows:
        due = row.state in OPEN_STATES and row.next_attempt_at <= context.now
        if due and not context.allowed.due_mails:
            verdict.wrong.append(f"delivery {row.id} is due and was not sent")
        if row.state != DeliveryState.SENT and row.id in accepted:
            verdict.wrong.append(f"delivery {row.id} was accepted and is {row.state}")
        if row.state == DeliveryState.FAILED and row.reason not in REFUSED_FOR_GOOD:
            verdict.wrong.append(f"delivery {row.id} was given up: {row.reason}")
        if row.state == DeliveryState.SENT and accepted.get(row.id, 0) != 1:
            times = accepted.get(row.id, 0)
            verdict.wrong.append(f"delivery {row.id} is sent and was accepted {times} times")
    if context.mails is None:
        verdict.left_out.append("no mails were given")
    else:
        sent = {row.id for row in rows if row.state == DeliveryState.SENT}
        _compare(sent, Counter(_delivered(context.mails)), verdict, resent=context.allowed.resent)
    return verdict


def _compare(sent: set[UUID], mails: Counter[UUID], verdict: Verdict, *, resent: int) -> None:
    verdict.counted["mails"] = mails.total()
    verdict.wrong += [
        f"delivery {one} is sent and no mail has its Message-ID"
        for one in sorted(sent - set(mails))
    ]
    more = {one: times - 1 for one, times in mails.items() if times > 1}
    verdict.counted["sent again"] = sum(more.values())
    if sum(more.values()) > resent:
        verdict.wrong += [f"delivery {one} went out {mails[one]} times" for one in sorted(more)]


def _delivered(mails: Path) -> list[UUID]:
    """The deliveries whose mails lie there, once per mail; other mails are nobody's business."""
    if mails.is_dir():
        ids = [_message_id(path) for path in sorted(mails.glob("*.eml"))]
    else:
        lines = mails.read_bytes().splitlines()
        ids = [msgspec.json.decode(line, type=Accepted).message_id for line in lines if line]
    found = (_MESSAGE_ID.fullmatch(one.strip()) for one in ids)
    return [UUID(match[1]) for match in found if match]


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        headers = file.read(_HEADERS_BYTES)
    return str(email.message_from_bytes(headers, policy=email.policy.default)["Message-ID"] or "")
