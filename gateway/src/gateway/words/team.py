"""Words for a practice's team: what an account and an invitation are refused for, and acts."""

from __future__ import annotations

from gateway.words.extraction import _

TEAM_ERRORS: dict[str, str] = {
    "already_invited": _(
        "An invitation to this address is open. Send it again or withdraw it, in the list of "
        "invitations."
    ),
    "email_taken": _("There is an account with this address already."),
    "invitation_limit_reached": _(
        "You have as many open invitations as there can be. Withdraw one first."
    ),
    "invitation_over": _("This invitation cannot be accepted any more."),
    "last_owner": _("This is the last owner of the practice. Make somebody else an owner first."),
    "hand_over_fields": _("Some of this does not fit. Please check it."),
    "same_practitioner": _("Choose somebody else to hand over to."),
    "practitioner_unknown": _("Choose a practitioner of your practice whose account is in use."),
    "still_in": _(
        "You take over a colleague’s clients yourself only once that account is deactivated."
    ),
    "role_unknown": _("Choose a role from the list."),
    "works_for_missing": _("Choose at least one practitioner, or all of them."),
    "works_for_unknown": _("Choose from the practitioners of your practice."),
}

TEAM_ACTS: dict[str, str] = {
    "practitioner.deactivated": _("Deactivated an account of the team"),
    "practitioner.reactivated": _("Let an account of the team in again"),
    "practitioner.handed_over": _("Handed a practitioner’s clients and appointments over"),
    "practitioner.invited": _("Invited somebody into the team"),
    "invitation.withdrawn": _("Withdrew an invitation into the team"),
}

INVITATION_STATES: dict[str, str] = {
    "open": _("Open"),
    "expired": _("Expired"),
}

NO_INVITATION: dict[str, str] = {
    "accepted": _("This invitation was accepted"),
    "expired": _("This invitation has expired"),
    "withdrawn": _("This invitation was withdrawn"),
    "replaced": _("There is a newer invitation"),
    "open": _("There is an account with this address already"),
    "unknown": _("This address does not work"),
}
"""Headings of the page that an invitation leads to which nobody can accept; open: it is taken."""

WHY_NO_INVITATION: dict[str, str] = {
    "accepted": _(
        "Its address works only once. Sign in with your e-mail address and the password you chose."
    ),
    "expired": _("It worked for seven days. Ask whoever invited you to send it again."),
    "withdrawn": _("If you think that this is a mistake, ask whoever invited you."),
    "replaced": _("It was sent again. Open the address in the latest e-mail."),
    "open": _(
        "One address is one account. Sign in with it, or ask whoever invited you to use another "
        "address."
    ),
    "unknown": _("Perhaps a part of it is missing. Copy it whole from the e-mail."),
}

IN_THE_WAY: dict[str, str] = {
    "taken": _("The time is taken there, so it stays where it is."),
    "outside_hours": _("It lies outside the hours there."),
}

TEAM_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "invitation_state": (INVITATION_STATES, INVITATION_STATES["expired"]),
    "no_invitation": (NO_INVITATION, NO_INVITATION["unknown"]),
    "why_no_invitation": (WHY_NO_INVITATION, WHY_NO_INVITATION["unknown"]),
    "in_the_way": (IN_THE_WAY, IN_THE_WAY["outside_hours"]),
}
