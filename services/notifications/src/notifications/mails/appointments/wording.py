"""What the mails about an appointment say around the news that each of them has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from gettext import NullTranslations

from notifications.domain.letters import Addressee, InvitationMethod, Wording
from notifications.mails.appointments import invitations
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup, day, terms, when, worded
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.overview import AppointmentFacts


@dataclass(frozen=True)
class News:
    """What is new.

    Attributes:
        subject: one line; ``%(day)s`` stands for the appointment's day.
        lead: the first sentence.
        before: when the recipient believed it was, for one that was moved.
    """

    subject: str
    lead: str
    before: datetime | None = None


Tell = Callable[[Occasion[AppointmentFacts], Lookup], News]


def words(
    tell: Tell,
    invitation: InvitationMethod | None,
    occasion: Occasion[AppointmentFacts],
    addressee: Addressee,
    texts: NullTranslations,
) -> Wording:
    """The mail with the news that `tell` gives, and with the invitation unless there is none."""
    _ = texts.gettext
    facts, news = occasion.facts, tell(occasion, _)
    cancelled = invitation == "CANCEL"
    details = _details(facts, news, addressee, _, cancelled=cancelled)
    wording = worded(
        addressee,
        _,
        subject=news.subject
        % {"day": day(facts.starts_at, addressee.timezone, addressee.language)},
        preheader=details[0][1],
        lead=news.lead,
        details=details,
        button=_button(addressee, _, cancelled=cancelled),
        notes=(*terms(facts, addressee, occasion.now), *_notes(facts, invitation, news, _)),
    )
    wording = replace(wording, told_starts_at=facts.starts_at)
    if invitation is None:
        return wording
    entry = invitations.invitation(invitation, occasion, addressee, texts)
    return replace(wording, invitation=entry)


def _details(
    facts: AppointmentFacts, news: News, addressee: Addressee, _: Lookup, *, cancelled: bool
) -> tuple[tuple[str, str], ...]:
    def told(instant: datetime) -> str:
        return when(instant, addressee, facts.timezone, _)

    if cancelled:
        return ((_("It was to be"), told(facts.starts_at)),)
    times: tuple[tuple[str, str], ...]
    if news.before is not None:
        times = ((_("New time"), told(facts.starts_at)), (_("Before"), told(news.before)))
    else:
        times = ((_("When"), told(facts.starts_at)),)
    where = invitations.place(facts.place, _)
    return (*times, (_("Where"), where)) if where else times


def _button(addressee: Addressee, _: Lookup, *, cancelled: bool) -> str:
    if not addressee.link:
        return ""
    to_client = not addressee.to_practitioner
    if to_client and cancelled:
        return _("Open my portal")
    return _("Open my appointment") if to_client else _("Open the appointment")


def _notes(
    facts: AppointmentFacts, invitation: InvitationMethod | None, news: News, _: Lookup
) -> tuple[str, ...]:
    if invitation == "CANCEL":
        return (_("The file that comes with this e-mail takes it out of your calendar."),)
    if invitation == "REQUEST" and news.before is not None:
        return (_("The file that comes with this e-mail moves it in your calendar."),)
    if invitation == "REQUEST":
        return (_("The file that comes with this e-mail puts it into your calendar."),)
    if facts.place.kind is PlaceKind.VIDEO:
        return (_("You join from your portal, with the button above."),)
    return ()
