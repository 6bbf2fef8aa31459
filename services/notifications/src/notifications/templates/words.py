"""What each kind of mail says.

Discreet by default: no word here tells that the practice is one of
psychotherapy. Every text is English in the source and looked up in
`locales/<language>.po`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time, get_timezone_location

from notifications.domain.letters import PortalLinkOccasion, Practice, TrialOccasion, Wording

LOCALES = {"en": "en_GB", "de": "de"}
"""Languages that mails are written in, and whose dates they print."""


def portal_link(occasion: PortalLinkOccasion, catalogue: NullTranslations) -> Wording:
    """The mail that brings a portal link: shared by the practice, or asked for."""
    _ = catalogue.gettext
    practice = {"practice": occasion.practice.name}
    if occasion.requested:
        lead = _("You asked for a new link to %(practice)s. Here it is: one click and you are in.")
        stray = _("If you did not ask for it, you can ignore this e-mail: nothing has changed.")
    else:
        lead = _(
            "Here is your personal link to %(practice)s. One click and you are in: "
            "there is no password to remember."
        )
        stray = _("If you were not expecting this e-mail, please let us know.")
    return Wording(
        language=occasion.language,
        subject=_("Your link to %(practice)s") % practice,
        preheader=_("One click opens your portal. No password needed."),
        greeting=_greeting(occasion.greeting_name, _),
        lead=(lead % practice,),
        button=_("Open my portal"),
        link=occasion.link,
        notes=(
            _until(occasion.expires_at, occasion.timezone, occasion.language, _)
            + " "
            + _("After that, the same link lets you ask for a new one."),
            _("Please keep it to yourself: whoever has this link can open your portal."),
            stray,
            *_questions(occasion.practice, _),
        ),
        sign_off=_("Sent automatically for %(practice)s.") % practice,
    )


def trial(occasion: TrialOccasion, catalogue: NullTranslations) -> Wording:
    """The mail by which an operator tries the mail settings."""
    _ = catalogue.gettext
    return Wording(
        language=occasion.language,
        subject=_("Trial e-mail from your portal"),
        preheader=_("If you can read this, mails arrive."),
        greeting=_greeting("", _),
        lead=(_("This e-mail was sent to try the mail settings of your portal. It arrived."),),
        notes=(_("There is nothing to do."),),
        sign_off=_("Sent automatically for %(practice)s.") % {"practice": occasion.practice.name},
    )


def _greeting(name: str, _: Callable[[str], str]) -> str:
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def _until(instant: datetime, timezone: str, language: str, _: Callable[[str], str]) -> str:
    """Until when the link works, on the recipient's own clock."""
    zone = _zone(timezone)
    locale = LOCALES[language]
    local = instant.astimezone(zone)
    return _("The link works until %(day)s, %(time)s (%(place)s time).") % {
        "day": format_date(local, "full", locale=locale),
        "time": format_time(local, "HH:mm", locale=locale),
        "place": get_timezone_location(zone, locale=locale, return_city=True),
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _questions(practice: Practice, _: Callable[[str], str]) -> tuple[str, ...]:
    if practice.email and practice.phone:
        text = _("Questions? Just reply to this e-mail, or call %(phone)s.")
    elif practice.email:
        text = _("Questions? Just reply to this e-mail.")
    elif practice.phone:
        text = _("Questions? Call %(phone)s.")
    else:
        return ()
    # A number is read in one piece, so it is not broken at the end of a line.
    return (text % {"phone": practice.phone.replace(" ", "\N{NO-BREAK SPACE}")},)
