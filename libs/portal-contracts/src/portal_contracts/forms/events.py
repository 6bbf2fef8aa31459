"""Events that forms publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from portal_contracts.accesses import AccessData
from portal_contracts.envelope import EventData


class FormSent(EventData, frozen=True, kw_only=True):
    """A form was sent to a client; `without_mail`: who gets no mail of it."""

    TYPE: ClassVar[str] = "forms.form.sent.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_sent",)

    request_id: UUID
    client_id: UUID
    without_mail: bool = False


class FormSubmitted(EventData, frozen=True, kw_only=True):
    """A client has submitted a form; `sent_by` is who asked for it, or has taken it over."""

    TYPE: ClassVar[str] = "forms.form.submitted.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_submitted",)

    request_id: UUID
    client_id: UUID
    sent_by: UUID


class FormResent(EventData, frozen=True, kw_only=True):
    """A form that still waits is to be mailed once more."""

    TYPE: ClassVar[str] = "forms.form.resent.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_resent",)

    request_id: UUID
    client_id: UUID


class FormUnlocked(EventData, frozen=True, kw_only=True):
    """A client may correct a form that was submitted."""

    TYPE: ClassVar[str] = "forms.form.unlocked.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_unlocked",)

    request_id: UUID
    client_id: UUID


class AlertRaised(EventData, frozen=True, kw_only=True):
    """An answer asks for attention at once, even in a draft; once per request."""

    TYPE: ClassVar[str] = "forms.alert.raised.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_alert_raised",)

    request_id: UUID
    client_id: UUID
    sent_by: UUID


class FormAccessRecorded(AccessData, frozen=True, kw_only=True):
    """Somebody did something here or was refused, for the access log: ``answers.opened``."""

    TYPE: ClassVar[str] = "forms.form_access.recorded.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_form_access_recorded",)


EVENTS = (FormSent, FormResent, FormSubmitted, FormUnlocked, AlertRaised, FormAccessRecorded)
