"""The mail that brings the code which a new device is asked for."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import Brings, Cause, Mail, Occasion, Plan
from notifications.templates.phrases import greeting, questions, sign_off
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.events import EntryCodeRequested
from portal_contracts.notifications.rpc import Recipient


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    practice = {"practice": addressee.practice.name}
    return Wording(
        language=addressee.language,
        subject=_("Your code for %(practice)s") % practice,
        preheader=_("It works for ten minutes."),
        greeting=greeting(addressee.greeting_name, _),
        lead=(
            _("You are opening your portal at %(practice)s on a new device. Enter this code there:")
            % practice,
        ),
        details=((_("Code"), addressee.code),),
        notes=(
            _("It works for ten minutes, once, and only in the browser that asked for it."),
            _("If that was not you, do not pass the code on, and please tell your practice."),
            *questions(addressee.practice, _),
        ),
        sign_off=sign_off(addressee.practice, _),
        secret=addressee.code,
    )


MAIL = Mail(
    kind="entry_code",
    to=Recipient.CLIENT,
    cause=Cause(EntryCodeRequested, lambda event: Plan(event.data.code_id)),
    brings=Brings.CODE,
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
