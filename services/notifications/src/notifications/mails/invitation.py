"""The mail that invites somebody into a practice's team."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import Addressee, Wording
from notifications.mails.mail import Brings, Cause, Mail, Occasion, Plan
from notifications.templates.phrases import greeting, questions, sign_off, works_until
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.events import PractitionerInvited
from portal_contracts.notifications.rpc import Recipient


def _words(_occasion: Occasion[Nothing], addressee: Addressee, texts: NullTranslations) -> Wording:
    _ = texts.gettext
    practice = {"practice": addressee.practice.name, "name": addressee.invited_by}
    if addressee.invited_by:
        lead = _("%(name)s invites you to work with %(practice)s in its practice console.")
    else:
        lead = _("You are invited to work with %(practice)s in its practice console.")
    return Wording(
        language=addressee.language,
        subject=_("An invitation to %(practice)s") % practice,
        preheader=_("Choose a password, and you are in."),
        greeting=greeting(addressee.greeting_name, _),
        lead=(lead % practice, _("Choose a password there, and you are in.")),
        button=_("Accept the invitation"),
        link=addressee.link,
        notes=(
            *filter(None, [works_until(addressee, _)]),
            _("It is for you alone: whoever opens it first can make the account."),
            _("If you do not know the practice, you can ignore this e-mail: nothing happens."),
            *questions(addressee.practice, _),
        ),
        sign_off=sign_off(addressee.practice, _),
    )


MAIL = Mail(
    kind="invitation",
    to=Recipient.PRACTITIONER,
    cause=Cause(PractitionerInvited, lambda event: Plan(event.data.invitation_id)),
    brings=Brings.INVITATION,
    asks=None,
    not_wanted=lambda _occasion: None,
    words=_words,
    sample=lambda _now: Nothing(),
)
