"""The mail that brings a portal link, and the operator's trial."""

from __future__ import annotations

from gettext import NullTranslations

from notifications.domain.letters import PortalLinkOccasion, TrialOccasion, Wording
from notifications.templates.words.phrases import greeting, questions, sign_off, until


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
    ends = occasion.link_ends_at
    works = (
        ()
        if ends is None
        else (
            until(ends, occasion.timezone, occasion.language, _)
            + " "
            + _("After that, the same link lets you ask for a new one."),
        )
    )
    return Wording(
        language=occasion.language,
        subject=_("Your link to %(practice)s") % practice,
        preheader=_("One click opens your portal. No password needed."),
        greeting=greeting(occasion.greeting_name, _),
        lead=(lead % practice,),
        button=_("Open my portal"),
        link=occasion.link,
        notes=(
            *works,
            _("Please keep it to yourself: whoever has this link can open your portal."),
            stray,
            *questions(occasion.practice, _),
        ),
        sign_off=sign_off(occasion.practice, _),
    )


def trial(occasion: TrialOccasion, catalogue: NullTranslations) -> Wording:
    """The mail by which an operator tries the mail settings."""
    _ = catalogue.gettext
    return Wording(
        language=occasion.language,
        subject=_("Trial e-mail from your portal"),
        preheader=_("If you can read this, mails arrive."),
        greeting=greeting("", _),
        lead=(_("This e-mail was sent to try the mail settings of your portal. It arrived."),),
        notes=(_("There is nothing to do."),),
        sign_off=sign_off(occasion.practice, _),
    )
