"""Every mail that is planned and sent."""

from __future__ import annotations

from typing import Any, Final

from notifications.mails import (
    entry_code,
    invitation,
    portal_link,
    practitioner_changed,
    summary_shared,
)
from notifications.mails.accounts import (
    account_news,
    new_device,
    password_reset,
)
from notifications.mails.appointments import (
    appointment_cancelled,
    appointment_confirmed,
    appointment_moved,
    appointment_reminder,
    booking_cancelled,
    booking_moved,
    booking_received,
    busy_calendar_failed,
    calendar_cancelled,
    calendar_moved,
    series_mails,
)
from notifications.mails.forms import (
    form_alert,
    form_reminder,
    form_sent,
    form_submitted,
    form_unlocked,
)
from notifications.mails.mail import Mail
from notifications.mails.requests import (
    appointment_declined,
    appointment_expired,
    appointment_requested,
    request_expired,
    request_received,
    request_withdrawn,
)

MAILS: Final[tuple[Mail[Any], ...]] = (
    portal_link.MAIL,
    entry_code.MAIL,
    form_sent.MAIL,
    form_reminder.MAIL,
    form_unlocked.MAIL,
    form_submitted.MAIL,
    form_alert.MAIL,
    summary_shared.MAIL,
    appointment_confirmed.MAIL,
    appointment_moved.MAIL,
    appointment_cancelled.MAIL,
    appointment_reminder.MAIL,
    *series_mails.FOR_CLIENTS,
    appointment_requested.MAIL,
    appointment_declined.MAIL,
    appointment_expired.MAIL,
    practitioner_changed.MAIL,
    booking_received.MAIL,
    booking_moved.MAIL,
    booking_cancelled.MAIL,
    *series_mails.FOR_PRACTITIONERS,
    calendar_moved.MAIL,
    calendar_cancelled.MAIL,
    *series_mails.FOR_CALENDARS,
    busy_calendar_failed.MAIL,
    request_received.MAIL,
    request_withdrawn.MAIL,
    request_expired.MAIL,
    invitation.MAIL,
    password_reset.MAIL,
    new_device.MAIL,
    *account_news.MAILS,
)
"""In this order an event plans them."""

MAIL_OF_KIND: Final = {mail.kind: mail for mail in MAILS}
