"""Mails about forms, and about something new to read."""

from __future__ import annotations

from gettext import NullTranslations

from babel.dates import format_date

from notifications.domain.kinds import Kind
from notifications.domain.letters import FormOccasion, SummaryOccasion, Wording
from notifications.templates.words.phrases import LOCALES, Lookup, greeting, notes, sign_off


def form(occasion: FormOccasion, catalogue: NullTranslations) -> Wording:
    """A mail about a form: to its client, or to the practitioner who sent it."""
    _ = catalogue.gettext
    subject, preheader, lead = _form_news(occasion.kind, _)
    practice = {"practice": occasion.practice.name}
    to_client = occasion.kind is Kind.FORM_SENT
    return Wording(
        language=occasion.language,
        subject=subject,
        preheader=preheader,
        greeting=greeting(occasion.greeting_name, _),
        lead=(lead % practice,),
        details=_form_details(occasion, catalogue) if to_client else (),
        button=_("Start now") if to_client else _("Open it"),
        link=occasion.link,
        notes=notes(occasion, _),
        sign_off=sign_off(occasion.practice, _),
    )


def summary(occasion: SummaryOccasion, catalogue: NullTranslations) -> Wording:
    """The mail that there is something new to read."""
    _ = catalogue.gettext
    lead = _("There is something new for you from %(practice)s. You can read it in your portal.")
    return Wording(
        language=occasion.language,
        subject=_("Something new in your portal"),
        preheader=_("There is something new for you to read."),
        greeting=greeting(occasion.greeting_name, _),
        lead=(lead % {"practice": occasion.practice.name},),
        button=_("Read it"),
        link=occasion.link,
        notes=notes(occasion, _),
        sign_off=sign_off(occasion.practice, _),
    )


def _form_news(kind: Kind, _: Lookup) -> tuple[str, str, str]:
    """Subject, preheader and first sentence."""
    if kind is Kind.FORM_SUBMITTED:
        return (
            _("Something you sent was filled in"),
            _("It is ready for you in your portal."),
            _("A client has filled in what you sent. It is ready for you in your portal."),
        )
    if kind is Kind.FORM_ALERT:
        return (
            _("Please look into your portal soon"),
            _("Something asks for your attention."),
            _(
                "Something a client has entered asks for your attention. "
                "Please look at it as soon as you can."
            ),
        )
    return (
        _("There is something for you to fill in"),
        _("You can do it on your phone, and pause whenever you like."),
        _(
            "%(practice)s has sent you something to fill in. You can do it on your phone "
            "or computer, and pause whenever you like: what you have entered is kept."
        ),
    )


def _form_details(
    occasion: FormOccasion, catalogue: NullTranslations
) -> tuple[tuple[str, str], ...]:
    _ = catalogue.gettext
    minutes = occasion.minutes
    takes = catalogue.ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes)
    details = [(_("Takes"), takes % {"minutes": minutes})] if minutes else []
    if occasion.due_on is not None:
        due = format_date(occasion.due_on, "full", locale=LOCALES[occasion.language])
        details.append((_("Please finish by"), due))
    return tuple(details)
