"""One sentence for the next page, carried as a code from a fixed list."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import falcon

from gateway.web.cookies import Cookie, CookieJar
from gateway.words.extraction import _


class Flash(StrEnum):
    """What can be said on the next page."""

    CLIENT_ADDED = "client_added"
    CLIENT_SAVED = "client_saved"
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_RESTORED = "address_restored"
    CLIENT_ARCHIVED = "client_archived"
    CLIENT_RESTORED = "client_restored"
    CASELOAD_SHARED = "caseload_shared"
    CASELOAD_WITHDRAWN = "caseload_withdrawn"
    CASELOAD_HANDED_OVER = "caseload_handed_over"
    CASELOADS_PROPOSED = "caseloads_proposed"
    VISIBILITY_CHANGED = "visibility_changed"
    LINK_SHARED = "link_shared"
    LINK_WAITS = "link_waits"
    LINK_REVOKED = "link_revoked"
    ALL_LINKS_REVOKED = "all_links_revoked"
    DEVICE_ENDED = "device_ended"
    ACCOUNT_SAVED = "account_saved"
    EMERGENCY_OPENED = "emergency_opened"
    EMERGENCY_CLOSED = "emergency_closed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a sentence's name
    PASSWORD_SET = "password_set"  # noqa: S105
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_RESET = "second_factor_reset"
    SIGN_IN_ENDED = "sign_in_ended"
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105 - a sentence's name
    MEMBER_SAVED = "member_saved"
    MEMBER_DEACTIVATED = "member_deactivated"
    MEMBER_REACTIVATED = "member_reactivated"
    INVITATION_SENT = "invitation_sent"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    HANDED_OVER = "handed_over"
    SETTINGS_SAVED = "settings_saved"
    MAIL_RESENT = "mail_resent"
    SESSION_ENDED = "session_ended"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_MOVED_BACK = "appointment_moved_back"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    REQUEST_WITHDRAWN = "request_withdrawn"
    REQUEST_APPROVED = "request_approved"
    REQUEST_DECLINED = "request_declined"
    TIME_BOOKED = "time_booked"
    TIME_BOOKED_WITHOUT_MAIL = "time_booked_without_mail"
    SERIES_BOOKED_WITHOUT_MAIL = "series_booked_without_mail"
    TIME_MOVED = "time_moved"
    TIME_MOVED_WITHOUT_MAIL = "time_moved_without_mail"
    TIME_FREED = "time_freed"
    TIME_FREED_WITHOUT_MAIL = "time_freed_without_mail"
    SERIES_MOVED_WITHOUT_MAIL = "series_moved_without_mail"
    SERIES_FREED_WITHOUT_MAIL = "series_freed_without_mail"
    SERIES_BOOKED = "series_booked"
    SERIES_MOVED = "series_moved"
    SERIES_FREED = "series_freed"
    SERVICE_ADDED = "service_added"
    SERVICE_SAVED = "service_saved"
    SERVICE_COPIED = "service_copied"
    SERVICE_ARCHIVED = "service_archived"
    SERVICE_RESTORED = "service_restored"
    HOURS_SAVED = "hours_saved"
    DAY_OFF_SAVED = "day_off_saved"
    CALENDAR_ASKED = "calendar_asked"
    CALENDAR_REMOVED = "calendar_removed"
    MAIL_SERVER_SAVED = "mail_server_saved"
    SESSION_RECORDED = "session_recorded"
    SESSION_ATTENDED = "session_attended"
    SESSION_NO_SHOW = "session_no_show"
    SESSION_CANCELLED_LATE = "session_cancelled_late"
    TEXTS_SAVED = "texts_saved"
    TEXT_CHOSEN = "text_chosen"
    TEXT_USED = "text_used"
    SUMMARY_SHARED = "summary_shared"
    SUMMARY_UNSHARED = "summary_unshared"
    ANSWERS_SAVED = "answers_saved"
    FORM_SENT = "form_sent"
    FORM_WITHDRAWN = "form_withdrawn"
    FORM_WAS_SENT = "form_was_sent"
    FORM_RESENT = "form_resent"
    FORM_NO_LONGER_OPEN = "form_no_longer_open"
    DUE_DAY_CHANGED = "due_day_changed"
    FORM_UNLOCKED = "form_unlocked"
    FORM_NOT_LOCKED = "form_not_locked"
    FORM_LOCKED = "form_locked"
    FORM_REVIEWED = "form_reviewed"
    ALERT_REVIEWED = "alert_reviewed"
    ANSWERS_CAME = "answers_came"
    TEMPLATE_ADDED = "template_added"
    TEMPLATE_PUBLISHED = "template_published"
    TEMPLATE_UNDONE = "template_undone"
    TEMPLATE_ARCHIVED = "template_archived"
    TEMPLATE_RESTORED = "template_restored"


SENTENCES: Final = {
    Flash.CLIENT_ADDED: _("The client is added. Share the portal link when you are ready."),
    Flash.CLIENT_SAVED: _("The changes are saved."),
    Flash.ADDRESS_CONFIRMED: _("The address is confirmed. What waited for it is mailed now."),
    Flash.ADDRESS_RESTORED: _("The former address is back. What waited is mailed to it now."),
    Flash.CLIENT_ARCHIVED: _("The client is archived. Links and devices have ended."),
    Flash.CLIENT_RESTORED: _("The client is active again."),
    Flash.CASELOAD_SHARED: _("The client is shared."),
    Flash.CASELOAD_WITHDRAWN: _("The client is no longer shared there."),
    Flash.CASELOAD_HANDED_OVER: _("The client is handed over."),
    Flash.CASELOADS_PROPOSED: _("Everybody has the clients whom they meet. Check the numbers."),
    Flash.VISIBILITY_CHANGED: _("This holds from now on."),
    Flash.LINK_SHARED: _("The portal link is on its way by e-mail."),
    Flash.LINK_WAITS: _(
        "The portal link is made. Its e-mail waits until the practice has a mail server."
    ),
    Flash.LINK_REVOKED: _("The link is revoked. It no longer opens the portal."),
    Flash.ALL_LINKS_REVOKED: _("All links are revoked and all devices are signed out."),
    Flash.DEVICE_ENDED: _("The device is signed out."),
    Flash.EMERGENCY_OPENED: _("It is open. Those who work with this client are told."),
    Flash.EMERGENCY_CLOSED: _("It is closed again."),
    Flash.ACCOUNT_SAVED: _("Your account is saved."),
    Flash.PASSWORD_CHANGED: _("Your password is changed. Your other devices are signed out."),
    Flash.PASSWORD_SET: _("Your new password is set. Please sign in with it."),
    Flash.SECOND_FACTOR_OFF: _("Two-step sign-in is off."),
    Flash.SECOND_FACTOR_RESET: _("Two-step sign-in is reset, and the devices are signed out."),
    Flash.SIGN_IN_ENDED: _("That took too long. Please sign in once more."),
    Flash.API_TOKEN_REVOKED: _("The token is revoked. Whatever uses it is refused from now on."),
    Flash.MEMBER_SAVED: _("The account is saved."),
    Flash.MEMBER_DEACTIVATED: _("The account is deactivated. Nobody signs in with it any more."),
    Flash.MEMBER_REACTIVATED: _("The account is in use again."),
    Flash.INVITATION_SENT: _("The invitation is on its way by e-mail."),
    Flash.INVITATION_WITHDRAWN: _("The invitation is withdrawn."),
    Flash.HANDED_OVER: _(
        "It is handed over. Appointments and forms follow within moments; clients with "
        "appointments get one e-mail."
    ),
    Flash.SETTINGS_SAVED: _("The changes are saved."),
    Flash.MAIL_RESENT: _("The e-mail is on its way again, with a new link."),
    Flash.TIME_BOOKED_WITHOUT_MAIL: _(
        "The appointment is booked. The client gets no e-mail of it."
    ),
    Flash.SERIES_BOOKED_WITHOUT_MAIL: _(
        "The appointments are booked. The client gets no e-mail of them."
    ),
    Flash.TIME_BOOKED: _("The appointment is booked. The client gets an e-mail."),
    Flash.TIME_MOVED: _("The appointment is moved. The client gets an e-mail."),
    Flash.TIME_FREED: _("The appointment is cancelled. The client gets an e-mail."),
    Flash.TIME_MOVED_WITHOUT_MAIL: _("The appointment is moved. The client gets no e-mail of it."),
    Flash.TIME_FREED_WITHOUT_MAIL: _(
        "The appointment is cancelled. The client gets no e-mail of it."
    ),
    Flash.SERIES_MOVED_WITHOUT_MAIL: _(
        "The appointments are moved. The client gets no e-mail of them."
    ),
    Flash.SERIES_FREED_WITHOUT_MAIL: _(
        "The appointments are cancelled. The client gets no e-mail of them."
    ),
    Flash.SERIES_BOOKED: _("The appointments are booked. The client gets one e-mail."),
    Flash.SERIES_MOVED: _("The appointments are moved. The client gets one e-mail."),
    Flash.SERIES_FREED: _("The appointments are cancelled. The client gets one e-mail."),
    Flash.SERVICE_ADDED: _("The service is added."),
    Flash.SERVICE_SAVED: _("The service is saved. What is booked already stays as it is."),
    Flash.SERVICE_COPIED: _("This is the copy. Clients can book it once you switch that on."),
    Flash.SERVICE_ARCHIVED: _("The service is archived. Its appointments stand."),
    Flash.SERVICE_RESTORED: _("The service is offered again."),
    Flash.MAIL_SERVER_SAVED: _("The mail server is saved. Mails that waited for it go out now."),
    Flash.CALENDAR_ASKED: _("The calendar is being read."),
    Flash.CALENDAR_REMOVED: _("The calendar is removed. It keeps no time busy any more."),
    Flash.DAY_OFF_SAVED: _("The day off is saved. What is booked already stays as it is."),
    Flash.HOURS_SAVED: _("Your hours are saved. What is booked already stays as it is."),
    Flash.SESSION_RECORDED: _("The session is written down."),
    Flash.SESSION_ATTENDED: _("The session is marked as attended."),
    Flash.SESSION_NO_SHOW: _("The session is marked as not attended."),
    Flash.SESSION_CANCELLED_LATE: _("The session is marked as cancelled late."),
    Flash.TEXTS_SAVED: _("What you wrote is saved. The client sees it once you share it."),
    Flash.TEXT_CHOSEN: _("That text stays. The other one is kept among the versions."),
    Flash.TEXT_USED: _("The text is in the editor. The one before it is kept among the versions."),
    Flash.SUMMARY_SHARED: _("The summary is shared. The client gets an e-mail."),
    Flash.SUMMARY_UNSHARED: _("The client no longer sees the summary."),
    Flash.ANSWERS_SAVED: _("Your answers are saved. You can go on at any time."),
    Flash.FORM_SENT: _("The form is sent. An e-mail with a link to it is on its way."),
    Flash.FORM_WITHDRAWN: _("The form is withdrawn. The client is no longer asked for it."),
    Flash.FORM_WAS_SENT: _("The client has just sent this form, so it was not withdrawn."),
    Flash.FORM_RESENT: _("The e-mail is on its way again, with a new link."),
    Flash.FORM_NO_LONGER_OPEN: _("This form no longer waits for the client."),
    Flash.DUE_DAY_CHANGED: _("The day is changed."),
    Flash.FORM_UNLOCKED: _("The form is unlocked. The client gets an e-mail and can correct it."),
    Flash.FORM_NOT_LOCKED: _("This form is not locked: the client can change it."),
    Flash.FORM_LOCKED: _("The form is locked again. What was sent stands as it was."),
    Flash.FORM_REVIEWED: _("The answers are marked as reviewed."),
    Flash.ALERT_REVIEWED: _(
        "The alert is marked as reviewed. You see the answers once they are sent."
    ),
    Flash.ANSWERS_CAME: _("The client has just sent this form: please read the answers first."),
    Flash.TEMPLATE_ADDED: _("The form is among your templates, ready to be sent."),
    Flash.TEMPLATE_PUBLISHED: _("The form is published. What is sent from now on is this version."),
    Flash.TEMPLATE_UNDONE: _("The last change is undone. Undo once more to bring it back."),
    Flash.TEMPLATE_ARCHIVED: _("The form is archived. What was sent before stays as it is."),
    Flash.TEMPLATE_RESTORED: _("The form can be sent again."),
    Flash.APPOINTMENT_MOVED: _("The appointment is moved. The new time is below."),
    Flash.APPOINTMENT_MOVED_BACK: _("The appointment is back at its former time."),
    Flash.APPOINTMENT_CANCELLED: _("The appointment is cancelled."),
    Flash.REQUEST_WITHDRAWN: _("The request is withdrawn."),
    Flash.REQUEST_APPROVED: _("The request is approved. The client gets an e-mail."),
    Flash.REQUEST_DECLINED: _("The request is declined. The client gets an e-mail."),
    Flash.SESSION_ENDED: _("You are no longer signed in. Please sign in again."),
}

_KINDS: Final = {
    Flash.SESSION_ENDED: "info",
    Flash.SIGN_IN_ENDED: "info",
    Flash.FORM_WAS_SENT: "info",
    Flash.FORM_NO_LONGER_OPEN: "info",
    Flash.FORM_NOT_LOCKED: "info",
    Flash.ANSWERS_CAME: "info",
}


def kind(flash: Flash) -> str:
    """How it is shown: ``success``, ``info`` or ``error``."""
    return _KINDS.get(flash, "success")


def leave(jar: CookieJar, resp: falcon.Response, flash: Flash) -> None:
    """Say `flash` on the next page this browser opens."""
    jar.set(resp, Cookie.FLASH, flash)


def take(jar: CookieJar, req: falcon.Request, resp: falcon.Response) -> Flash | None:
    """What the page before left to say; said once. Anything not of ours is passed over."""
    value = jar.read(req, Cookie.FLASH)
    if value is None:
        return None
    jar.clear(resp, Cookie.FLASH)
    try:
        return Flash(value)
    except ValueError:
        return None
