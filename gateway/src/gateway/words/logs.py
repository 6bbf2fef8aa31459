"""Words for what is written down: the access log, the mail log, and portal links."""

from __future__ import annotations

from gateway.words.extraction import _
from gateway.words.forms import FORM_ACTS
from gateway.words.team import TEAM_ACTS
from portal_contracts.notifications.mail_kinds import MAIL_KINDS

ACT_FALLBACK = _("Something was done")

ACTS: dict[str, str] = {
    "sign_in": _("Signed in to the console"),
    "sign_in.failed": _("Sign-in to the console failed"),
    "device.entered": _("Opened the portal with a link"),
    "entry_code.requested": _("Had a code mailed for a new device"),
    "second_check.locked": _(
        "Too many answers to the second check did not match: locked for a while"
    ),
    "device.ended": _("Signed out"),
    "device.revoked": _("Ended a signed-in device"),
    "api_token.created": _("Made an API token"),
    "api_token.revoked": _("Revoked an API token"),
    "link.shared": _("Shared the portal link by e-mail"),
    "link.requested": _("Asked for a new portal link"),
    "link.created": _("Made a portal link to copy or to scan"),
    "link.revoked": _("Revoked portal links"),
    "client.added": _("Added the client"),
    "client.edited": _("Changed the client details"),
    "client.opened": _("Opened the client details"),
    "client.address_changed": _("Changed the e-mail address"),
    "client.address_confirmed": _("Confirmed the new e-mail address"),
    "client.address_restored": _("Put the former e-mail address back"),
    "client.archived": _("Archived the client"),
    "client.erased": _("Erased the client"),
    "client.activated": _("Made the client active again"),
    "delivery.opened": _("Read an e-mail that was sent"),
    "delivery.resent": _("Sent an e-mail again"),
    "mail_server.changed": _("Changed the mail server"),
    "mail_server.tested": _("Sent a test mail"),
    "busy_calendar.added": _("Added a calendar that is kept elsewhere"),
    "busy_calendar.removed": _("Removed a calendar that is kept elsewhere"),
    "password.changed": _("Changed a password"),
    "emergency.opened": _("Opened in an emergency"),
    "emergency.closed": _("Closed what was opened in an emergency"),
    "password.reset_requested": _("Asked for a new password by e-mail"),
    "second_factor.on": _("Switched on two-step sign-in"),
    "second_factor.off": _("Switched off two-step sign-in"),
    "second_factor.reset": _("Reset two-step sign-in"),
    "recovery_code.used": _("Used a recovery code"),
    "recovery_codes.renewed": _("Made new recovery codes"),
    "practice.added": _("Set up the practice"),
    "practice.changed": _("Changed the practice"),
    "caseload.shared": _("Shared the client with a colleague"),
    "caseload.withdrawn": _("Ended a colleague’s view of the client"),
    "caseload.handed_over": _("Handed the client over to another practitioner"),
    "practitioner.added": _("Added a practitioner"),
    "practitioner.changed": _("Changed a practitioner"),
    **TEAM_ACTS,
    "request.refused": _("Tried to open a page"),
    "summary.opened": _("Summary opened"),
    "summary.saved": _("Summary saved"),
    "summary.shared": _("Summary shared with the client"),
    "summary.unshared": _("Summary taken back"),
    "note.opened": _("Private note opened"),
    "note.saved": _("Private note saved"),
    "session.recorded": _("Session recorded"),
    "session.marked": _("Noted how a session went"),
    "appointment.booked": _("Appointment booked"),
    "appointment.moved": _("Appointment moved"),
    "appointment.cancelled": _("Appointment cancelled"),
    "appointment.requested": _("Appointment requested"),
    "appointment.approved": _("Request approved"),
    "appointment.declined": _("Request declined"),
    "appointment.withdrawn": _("Request withdrawn"),
    "appointment.handed_over": _("Appointment handed over"),
    "series.booked": _("Series of appointments booked"),
    "series.moved": _("Series of appointments moved"),
    "series.cancelled": _("Series of appointments cancelled"),
    "appointment.joined": _("Joined an appointment by video"),
    "appointment.opened": _("Read the note of an appointment"),
    **FORM_ACTS,
    # What services report of a refused call begins with the call's name.
    "open_summary": _("Summary opened"),
    "open_summary_version": _("Summary opened"),
    "read_summary": _("Summary opened"),
    "save_summary": _("Summary saved"),
    "share_summary": _("Summary shared with the client"),
    "unshare_summary": _("Summary taken back"),
    "open_note": _("Private note opened"),
    "open_note_version": _("Private note opened"),
    "save_note": _("Private note saved"),
    "get_session": _("Opened a session"),
    "get_appointment": _("Opened an appointment"),
    "get_own_appointment": _("Opened an appointment"),
    "open_meeting": _("Joined an appointment by video"),
    "open_form": _("Opened a form"),
    "draft_key": _("Asked for the key of what was typed"),
    "save_answers": _("Filled in a form"),
    "save_section": _("Filled in a form"),
    "submit_form": _("Form sent back"),
    "open_answers": _("Answers opened"),
    "list_deliveries": _("Opened the list of e-mails"),
    "open_delivery": _("Read an e-mail that was sent"),
    "resend_delivery": _("Sent an e-mail again"),
    "read_mail_server": _("Opened the settings of the mail server"),
    "save_mail_server": _("Changed the mail server"),
    "send_test_mail": _("Sent a test mail"),
    "list_busy_calendars": _("Opened the calendars that are kept elsewhere"),
    "get_busy_calendar": _("Opened the calendars that are kept elsewhere"),
    "add_busy_calendar": _("Added a calendar that is kept elsewhere"),
    "fetch_busy_calendar": _("Had a calendar read that is kept elsewhere"),
    "remove_busy_calendar": _("Removed a calendar that is kept elsewhere"),
}

REASON_FALLBACK = _("The mail server did not accept it.")

REASONS: dict[str, str] = {
    # It waits, and is tried again.
    "mail_server_unreachable": _("The mail server cannot be reached. We keep trying."),
    "mail_server_missing": _("No mail server is set yet. It goes out once one is."),
    "mail_server_forbidden": _(
        "Whoever runs the portal lets no mail server be there. We keep trying."
    ),
    "mail_server_insecure": _("The mail server offers no secure connection. We keep trying."),
    "mail_server_sign_in_failed": _("The mail server did not accept our sign-in. We keep trying."),
    "mail_server_timeout": _("The mail server did not answer in time. We keep trying."),
    "mail_server_busy": _("The mail server asked to try later."),
    "sender_refused": _("The mail server does not let this practice send. We keep trying."),
    "mail_folder_unwritable": _("The folder for mails cannot be written. We keep trying."),
    "service_unavailable": _("The details of the mail could not be read. We keep trying."),
    "internal_error": _("Something went wrong on our side. We keep trying."),
    "address_waits": _("The e-mail address is new and waits to be confirmed."),
    "undo_time": _("It goes out in a moment: until then it can still be taken back."),
    "in_line": _("It goes out in a moment."),
    "held_up": _("It should have gone out by now. Your administrator can find out why it did not."),
    # It failed.
    "address_refused": _("The mail server does not know this address."),
    "address_invalid": _("The e-mail address is not valid."),
    "address_missing": _("The client has no e-mail address."),
    "address_needs_utf8": _("The mail server cannot send to an address with these letters."),
    "mail_server_refused": _("The mail server refused the mail."),
    "mail_malformed": _("The mail could not be written safely. Check the names in it."),
    # It is not wanted any more.
    "link_expired": _("The link expired before the mail could go out."),
    "link_revoked": _("The link was revoked before the mail went out."),
    "link_used": _("The link was used before the mail went out."),
    "link_unknown": _("The link no longer exists."),
    "address_changed": _("The e-mail address was changed before the mail went out."),
    "code_not_awaited": _("Nobody waited for the code any more."),
    "invitation_ended": _("The invitation had ended before the mail went out."),
    "client_archived": _("The client is archived."),
    "client_erased": _("The client was erased."),
    "appointment_changed": _("The appointment was changed again, which has its own mail."),
    "appointment_cancelled": _("The appointment no longer stands."),
    "appointment_past": _("The appointment had already begun."),
    "summary_unshared": _("The summary is no longer shared."),
    "form_withdrawn": _("The form was withdrawn."),
    "form_submitted": _("The form had already been filled in."),
    "without_mail": _("Whoever did it wanted the client to get no mail of it."),
    "nothing_to_tell": _("There was nothing new to tell."),
    "perhaps_sent": _(
        "The portal was restored from a backup, and this mail may have been sent before."
    ),
    "stopped_by_operator": _("Your administrator stopped it."),
}

MAIL_KIND_FALLBACK = _("Message")

DELIVERY_STATES: dict[str, str] = {
    "waiting": _("Waiting"),
    "sent": _("Sent"),
    "retrying": _("Trying again"),
    "failed": _("Failed"),
    "closed": _("Not sent"),
}

LINK_CAUSES: dict[str, str] = {
    "shared": _("Mailed by the practice"),
    "requested": _("Asked for by the client"),
    "copied": _("Copied"),
    "qr": _("Shown as QR code"),
    "mailed": _("Came with another e-mail"),
}

MAILED_WITH: dict[str, str] = {
    "form": _("Mailed with a form"),
    "appointment": _("Mailed with an appointment"),
    "summary": _("Mailed with a summary"),
}
"""What a link came with, by its target."""

LINK_STATES: dict[str, str] = {
    "live": _("Works"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "used": _("Already used"),
    "unknown": _("Unknown"),
}

LOG_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "act": (ACTS, ACT_FALLBACK),
    "reason": (REASONS, REASON_FALLBACK),
    "mail_kind": (MAIL_KINDS, MAIL_KIND_FALLBACK),
    "delivery_state": (DELIVERY_STATES, MAIL_KIND_FALLBACK),
    "link_state": (LINK_STATES, LINK_STATES["unknown"]),
    "mailed_with": (MAILED_WITH, LINK_CAUSES["mailed"]),
    "link_cause": (LINK_CAUSES, LINK_STATES["unknown"]),
}
