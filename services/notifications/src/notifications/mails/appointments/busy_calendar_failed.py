"""The mail that tells a practitioner that a calendar kept elsewhere has not been read for a day."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import worded
from portal_contracts.calls import Nothing
from portal_contracts.envelope import Event
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.portal_addresses import BUSY_CALENDARS_PATH
from portal_contracts.scheduling.events import BusyCalendarFailed


def _plan(event: Event[BusyCalendarFailed]) -> Plan:
    return Plan(event.data.busy_calendar_id, event.data.practitioner_id)


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    return worded(
        addressee,
        _,
        subject=_("One of your other calendars cannot be read"),
        preheader=_("Its busy times may be out of date."),
        lead=_(
            "A calendar that you keep elsewhere has not been readable for a day. The busy times "
            "last read from it still count; what you have entered there since is not known here, "
            "so clients may book over it."
        ),
        button=_("See my calendars"),
        notes=(
            _(
                "If its address was changed or reset there, remove it here and add the new one. "
                "We keep trying, and write no further mail about it until it was read again."
            ),
        ),
    )


MAIL: Mail[Nothing] = Mail(
    kind="busy_calendar_failed",
    to=Recipient.PRACTITIONER,
    cause=Cause(BusyCalendarFailed, _plan),
    page=BUSY_CALENDARS_PATH,
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
