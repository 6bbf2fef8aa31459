"""The mails about a series: booked, moved, some of it off, all of it off; one for each act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from notifications.domain.letters import InvitationMethod
from notifications.domain.reasons import Reason
from notifications.mails.appointments import series_facts
from notifications.mails.appointments.changes import Teller
from notifications.mails.appointments.series_wording import SeriesNews, TellSeries, words
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import Lookup
from portal_contracts.envelope import Event
from portal_contracts.identity_links.rpc.targets import TargetKind
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.scheduling.events import SeriesBooked, SeriesCancelled, SeriesMoved
from portal_contracts.scheduling.rpc.series import SeriesFacts

Act = SeriesBooked | SeriesMoved | SeriesCancelled
NotWanted = Callable[[Occasion[SeriesFacts]], Reason | None]


def _confirmed(occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    confirmed = _("Your appointments are confirmed.")
    written = _("Your practice wrote you a few words: they are in your portal.")
    return SeriesNews(
        _("Your appointments from %(day)s on"),
        f"{confirmed} {written}" if occasion.facts.has_message else confirmed,
        first=True,
    )


def _moved(occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    if series_facts.never_heard_of(occasion):
        return _confirmed(occasion, _)
    return SeriesNews(
        _("Your appointments have new times from %(day)s on"),
        _("Your appointments have new times. The ones before stay as they are."),
    )


def _shortened(_occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("Some of your appointments are cancelled"),
        _("Your appointments now end earlier. These stay:"),
    )


def _cancelled(_occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("Your appointments are cancelled"),
        _("Your appointments are cancelled and will not take place."),
        stands=False,
    )


def _received(_occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("New appointments from %(day)s on"),
        _("Appointments that repeat were booked in your calendar. Your portal shows with whom."),
        first=True,
    )


def _rearranged(occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    if series_facts.never_heard_of(occasion):
        return _received(occasion, _)
    return SeriesNews(
        _("Appointments have new times from %(day)s on"),
        _("Appointments that repeat were moved in your calendar. Your portal shows which."),
    )


def _called_off(occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("Appointments are cancelled"),
        _and_what_stays(
            _("Appointments that repeat were cancelled in your calendar. Your portal shows which."),
            occasion.facts,
            _,
        ),
        stands=occasion.facts.to_come > 0,
    )


def _followed(_occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("Appointments have new times from %(day)s on"),
        _("You moved appointments that repeat. This e-mail moves them in your calendar too."),
    )


def _taken_out(occasion: Occasion[SeriesFacts], _: Lookup) -> SeriesNews:
    return SeriesNews(
        _("Appointments are cancelled"),
        _and_what_stays(
            _("You cancelled appointments. This e-mail takes them out of your calendar too."),
            occasion.facts,
            _,
        ),
        stands=occasion.facts.to_come > 0,
    )


def _and_what_stays(cancelled: str, facts: SeriesFacts, _: Lookup) -> str:
    """The details below are about what is left, so that nobody takes it for what was cancelled."""
    stay = _("These stay:")
    return f"{cancelled} {stay}" if facts.to_come > 0 else cancelled


def _mail(
    kind: str,
    event: type[Act],
    plan: Callable[[Event[Any]], Plan | None],
    tell: TellSeries,
    *,
    to: Recipient = Recipient.PRACTITIONER,
    not_wanted: NotWanted = series_facts.overtaken,
    invitation: InvitationMethod = "REQUEST",
    own_change: bool = False,
) -> Mail[SeriesFacts]:
    return Mail(
        kind=kind,
        to=to,
        cause=Cause(event, plan),
        target=TargetKind.HOME,
        page=series_facts.PAGE,
        asks=series_facts.asks,
        not_wanted=not_wanted,
        words=partial(words, tell),
        sample=series_facts.sample if invitation == "REQUEST" else series_facts.sample_cancelled,
        invitation=invitation,
        also_told=series_facts.also_told,
        own_change=own_change,
        to_archived=to is Recipient.CLIENT and event is not SeriesBooked,
    )


def _for_client(event: Event[Any]) -> Plan:
    data: Act = event.data
    return Plan(
        data.series_id,
        sequence=data.acts,
        undoable=True,
        without_mail=data.without_mail,
        told_starts_at=_told_otherwise(data),
    )


def _told_otherwise(data: Act) -> datetime | None:
    """The start that a client knows of who is told without a mail.

    None where some of it stays: then she knows of it as before.
    """
    if not isinstance(data, SeriesCancelled):
        return data.occurrences[0].starts_at
    return None if data.left else data.cancelled[0].starts_at


def _for_client_who_keeps_some(event: Event[Any]) -> Plan | None:
    return _for_client(event) if event.data.left else None


def _for_client_who_keeps_none(event: Event[Any]) -> Plan | None:
    return None if event.data.left else _for_client(event)


def _for_practitioner(teller: Teller, event: Event[Act]) -> Plan | None:
    data, own = event.data, event.actor.id == event.data.practitioner_id
    if own is not (teller is Teller.THEMSELVES):
        return None
    return Plan(data.series_id, data.practitioner_id, data.acts, undoable=True, follows_another=own)


_by_others: Final = partial(_for_practitioner, Teller.OTHERS)
_by_themselves: Final = partial(_for_practitioner, Teller.THEMSELVES)

FOR_CLIENTS: Final = (
    _mail("series_confirmed", SeriesBooked, _for_client, _confirmed, to=Recipient.CLIENT),
    _mail("series_moved", SeriesMoved, _for_client, _moved, to=Recipient.CLIENT),
    _mail(
        "series_shortened",
        SeriesCancelled,
        _for_client_who_keeps_some,
        _shortened,
        to=Recipient.CLIENT,
    ),
    _mail(
        "series_cancelled",
        SeriesCancelled,
        _for_client_who_keeps_none,
        _cancelled,
        to=Recipient.CLIENT,
        not_wanted=series_facts.cancelled_in_vain,
        invitation="CANCEL",
    ),
)
FOR_PRACTITIONERS: Final = (
    _mail("booked_series", SeriesBooked, _by_others, _received),
    _mail("booked_series_moved", SeriesMoved, _by_others, _rearranged),
    _mail(
        "booked_series_cancelled",
        SeriesCancelled,
        _by_others,
        _called_off,
        not_wanted=series_facts.cancelled_in_vain,
    ),
)
FOR_CALENDARS: Final = (
    _mail(
        "calendar_series_moved",
        SeriesMoved,
        _by_themselves,
        _followed,
        not_wanted=series_facts.unseen,
        own_change=True,
    ),
    _mail(
        "calendar_series_cancelled",
        SeriesCancelled,
        _by_themselves,
        _taken_out,
        not_wanted=series_facts.unseen,
        own_change=True,
    ),
)
