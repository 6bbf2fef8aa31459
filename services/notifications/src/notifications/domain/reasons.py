"""Why a delivery waits, failed or was closed: the codes that the mail log shows."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One code per cause a person can act on; the gateway has the words.

    The first group keeps a delivery waiting, the second fails it at once,
    the third closes it because the mail is no longer wanted.
    """

    MAIL_SERVER_UNREACHABLE = "mail_server_unreachable"
    MAIL_SERVER_MISSING = "mail_server_missing"
    MAIL_SERVER_FORBIDDEN = "mail_server_forbidden"
    MAIL_SERVER_INSECURE = "mail_server_insecure"
    MAIL_SERVER_SIGN_IN_FAILED = "mail_server_sign_in_failed"
    MAIL_SERVER_TIMEOUT = "mail_server_timeout"
    MAIL_SERVER_BUSY = "mail_server_busy"
    SENDER_REFUSED = "sender_refused"
    MAIL_FOLDER_UNWRITABLE = "mail_folder_unwritable"
    SERVICE_UNAVAILABLE = "service_unavailable"
    INTERNAL_ERROR = "internal_error"
    ADDRESS_WAITS = "address_waits"
    UNDO_TIME = "undo_time"
    IN_LINE = "in_line"
    HELD_UP = "held_up"

    ADDRESS_REFUSED = "address_refused"
    ADDRESS_INVALID = "address_invalid"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_NEEDS_UTF8 = "address_needs_utf8"
    MAIL_SERVER_REFUSED = "mail_server_refused"
    MAIL_MALFORMED = "mail_malformed"

    LINK_EXPIRED = "link_expired"
    LINK_REVOKED = "link_revoked"
    LINK_USED = "link_used"
    LINK_UNKNOWN = "link_unknown"
    ADDRESS_CHANGED = "address_changed"
    CODE_NOT_AWAITED = "code_not_awaited"
    INVITATION_ENDED = "invitation_ended"
    CLIENT_ARCHIVED = "client_archived"
    CLIENT_ERASED = "client_erased"
    APPOINTMENT_CHANGED = "appointment_changed"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_PAST = "appointment_past"
    SUMMARY_UNSHARED = "summary_unshared"
    FORM_WITHDRAWN = "form_withdrawn"
    FORM_SUBMITTED = "form_submitted"
    NOTHING_TO_TELL = "nothing_to_tell"
    WITHOUT_MAIL = "without_mail"
    PERHAPS_SENT = "perhaps_sent"
    STOPPED_BY_OPERATOR = "stopped_by_operator"


HELPED_BY_SETTINGS = (
    Reason.MAIL_SERVER_MISSING,
    Reason.MAIL_SERVER_UNREACHABLE,
    Reason.MAIL_SERVER_FORBIDDEN,
    Reason.MAIL_SERVER_INSECURE,
    Reason.MAIL_SERVER_SIGN_IN_FAILED,
    Reason.MAIL_SERVER_TIMEOUT,
    Reason.MAIL_SERVER_BUSY,
    Reason.SENDER_REFUSED,
)
"""Of mails that are tried again at once when a practice sets another mail server."""
