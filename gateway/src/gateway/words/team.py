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
    "works_for_missing": _("Choose at least one practitioner, or all of them."),
    "works_for_unknown": _("Choose from the practitioners of your practice."),
}

TEAM_ACTS: dict[str, str] = {
    "practitioner.deactivated": _("Deactivated an account of the team"),
    "practitioner.reactivated": _("Let an account of the team in again"),
    "practitioner.invited": _("Invited somebody into the team"),
    "invitation.withdrawn": _("Withdrew an invitation into the team"),
}

INVITATION_STATES: dict[str, str] = {
    "open": _("Open"),
    "expired": _("Expired"),
}
