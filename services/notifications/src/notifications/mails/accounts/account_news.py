"""What happened to an account, or was opened in the practice: told at once to whom it concerns.

No address in them does anything by itself: the button opens a page of the console, signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from gettext import NullTranslations
from typing import Any, Final

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import Cause, Mail, Occasion, Plan
from notifications.templates.phrases import Lookup, worded
from portal_contracts.calls import Nothing
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import AccountChange, AccountChanged
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.portal_addresses import ACCOUNT_PATH

Tell = Callable[[Lookup], tuple[str, str]]
"""Subject and lead."""


def cause_of(change: AccountChange) -> Cause[AccountChanged]:
    """The event that tells of one kind of change."""

    def plan(event: Event[AccountChanged]) -> Plan | None:
        data = event.data
        return Plan(data.subject_id, data.practitioner_id) if data.change is change else None

    return Cause(AccountChanged, plan)


def about_account(addressee: Addressee, _: Lookup) -> str:
    """What mail programs show beside the subject."""
    return _("It is about your account at %(practice)s.") % {"practice": addressee.practice.name}


def _about_practice(addressee: Addressee, _: Lookup) -> str:
    return _("It is about %(practice)s.") % {"practice": addressee.practice.name}


def not_you(_: Lookup) -> tuple[str, ...]:
    """What to do about a change that somebody else made."""
    return (
        _(
            "If that was not you, sign in, change your password and end the devices you do not "
            "know. If you cannot sign in any more, ask an owner of your practice for help."
        ),
    )


@dataclass(frozen=True)
class _About:
    """What a mail is about: what is said beside its subject, its button's page, what is below."""

    preheader: Callable[[Addressee, Lookup], str]
    page: str
    button: Callable[[Lookup], str]
    notes: Callable[[Lookup], tuple[str, ...]]


_ACCOUNT: Final = _About(about_account, ACCOUNT_PATH, lambda _: _("Open my account"), not_you)
_EMERGENCY: Final = _About(
    _about_practice,
    "/console/clients",
    lambda _: _("Open the console"),
    lambda _: (_("Who it was, whom it concerns and why stands in the access log."),),
)
_PRACTICE: Final = _About(
    _about_practice,
    "/console/clients",
    lambda _: _("Open the console"),
    lambda _: (_("Who it was and when stands in the access log."),),
)


def _news(change: AccountChange, tell: Tell, about: _About = _ACCOUNT) -> Mail[Nothing]:
    return Mail(
        kind=change.value,
        to=Recipient.PRACTITIONER,
        cause=cause_of(change),
        page=about.page,
        asks=None,
        not_wanted=lambda _occasion: None,
        words=partial(_words, tell, about),
        sample=lambda _now: Nothing(),
    )


def _words(
    tell: Tell,
    about: _About,
    _occasion: Occasion[Any],
    addressee: Addressee,
    texts: NullTranslations,
) -> Wording:
    _ = texts.gettext
    subject, lead = tell(_)
    return worded(
        addressee,
        _,
        subject=subject,
        preheader=about.preheader(addressee, _),
        lead=lead,
        button=about.button(_),
        notes=about.notes(_),
    )


MAILS: Final[tuple[Mail[Nothing], ...]] = (
    _news(
        AccountChange.PASSWORD_CHANGED,
        lambda _: (
            _("Your password was changed"),
            _("The password of your account was changed, and your other devices were signed out."),
        ),
    ),
    _news(
        AccountChange.SECOND_FACTOR_ON,
        lambda _: (
            _("Two-step sign-in is on"),
            _("From now on, signing in to your account takes a code of your app as well."),
        ),
    ),
    _news(
        AccountChange.SECOND_FACTOR_OFF,
        lambda _: (
            _("Two-step sign-in is off"),
            _("From now on, signing in to your account takes the password alone."),
        ),
    ),
    _news(
        AccountChange.SECOND_FACTOR_RESET,
        lambda _: (
            _("Your two-step sign-in was reset"),
            _(
                "Your practice reset the two-step sign-in of your account. Signing in takes the "
                "password alone until you set it up again."
            ),
        ),
    ),
    _news(
        AccountChange.COLLEAGUE_RESET,
        lambda _: (
            _("You reset a colleague’s two-step sign-in"),
            _(
                "From your account, the two-step sign-in of a colleague was reset. Signing in "
                "there takes the password alone until it is set up again."
            ),
        ),
    ),
    _news(
        AccountChange.RECOVERY_CODE_USED,
        lambda _: (
            _("A recovery code was used"),
            _(
                "One of the recovery codes of your account was used instead of a code of your app. "
                "It works no more."
            ),
        ),
    ),
    _news(
        AccountChange.EMERGENCY_ACCESS,
        lambda _: (
            _("Something was opened in an emergency"),
            _(
                "An owner of your practice opened, in an emergency, what is kept of a client and "
                "is not theirs to see otherwise. It is open for an hour at most."
            ),
        ),
        _EMERGENCY,
    ),
    _news(
        AccountChange.EVERYONE_SHOWN,
        lambda _: (
            _("All clients are shown to everyone"),
            _(
                "An owner chose that every practitioner of your practice sees all its clients from "
                "now on. Private notes stay their author’s."
            ),
        ),
        _PRACTICE,
    ),
)
