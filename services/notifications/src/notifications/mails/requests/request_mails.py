"""What the mails about a request share: when they are wanted, and what they say around the news.

None of them holds an invitation: until it is approved, nothing stands in anybody's calendar. An
approved one is confirmed, and told as every appointment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from gettext import NullTranslations
from typing import Any

from msgspec.structs import replace

from notifications.domain.letters import Addressee, Wording
from notifications.domain.reasons import Reason
from notifications.mails.appointments import appointment_facts
from notifications.mails.appointments.invitations import place
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import Lookup, day, when, worded
from portal_contracts.envelope import Event
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.overview import AppointmentFacts

RequestEvent = (
    AppointmentRequested | AppointmentDeclined | AppointmentExpired | AppointmentWithdrawn
)


@dataclass(frozen=True)
class RequestNews:
    """What is new.

    Attributes:
        subject: one line; ``%(day)s`` stands for the day that was asked for.
        lead: the first sentence.
        button: what the button is called.
        answer_by: what the row is called that tells until when it is answered; empty for none.
        notes: quieter lines after the button.
    """

    subject: str
    lead: str
    button: str
    answer_by: str = ""
    notes: tuple[str, ...] = ()


Tell = Callable[[Occasion[AppointmentFacts], Lookup], RequestNews]


def request_mail(
    kind: str, to: Recipient, event: type[RequestEvent], status: AppointmentStatus, tell: Tell
) -> Mail[AppointmentFacts]:
    """The mail of this kind: `event` plans it, and it is wanted while the request has `status`."""
    to_client = to is Recipient.CLIENT
    return Mail(
        kind=kind,
        to=to,
        cause=Cause(event, _for_client if to_client else _for_practitioner),
        target=TargetKind.APPOINTMENT,
        page=appointment_facts.PAGE,
        asks=appointment_facts.asks,
        not_wanted=partial(_not_wanted, status),
        words=partial(_words, tell),
        sample=partial(_sample, status),
    )


def _for_client(event: Event[RequestEvent]) -> Plan:
    return Plan(event.data.appointment_id)


def _for_practitioner(event: Event[RequestEvent]) -> Plan:
    return Plan(event.data.appointment_id, event.data.practitioner_id)


def _not_wanted(status: AppointmentStatus, occasion: Occasion[AppointmentFacts]) -> Reason | None:
    """Why it is not told: it was answered since, or would be over by now."""
    if occasion.facts.status is not status:
        return Reason.APPOINTMENT_CHANGED
    return Reason.APPOINTMENT_PAST if occasion.facts.starts_at <= occasion.now else None


def _words(
    tell: Tell,
    occasion: Occasion[AppointmentFacts],
    addressee: Addressee,
    texts: NullTranslations,
) -> Wording:
    _ = texts.gettext
    facts, news = occasion.facts, tell(occasion, _)

    def told(instant: datetime) -> str:
        return when(instant, addressee, facts.timezone, _)

    details = [(_("When"), told(facts.starts_at))]
    if where := place(facts.place, _):
        details.append((_("Where"), where))
    if news.answer_by and facts.answer_by is not None:
        details.append((news.answer_by, told(facts.answer_by)))
    named = {"day": day(facts.starts_at, addressee.timezone, addressee.language)}
    return worded(
        addressee,
        _,
        subject=news.subject % named,
        preheader=details[0][1],
        lead=news.lead,
        details=tuple(details),
        button=news.button if addressee.link else "",
        notes=news.notes,
    )


def _sample(status: AppointmentStatus, now: datetime) -> Any:
    facts = appointment_facts.sample(now)
    answer_by = now + timedelta(days=1) if status is AppointmentStatus.REQUESTED else None
    return replace(facts, status=status, answer_by=answer_by, was_requested=True)
