"""Events that forms publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from portal_contracts.envelope import EventData


class FormSent(EventData, frozen=True, kw_only=True):
    """A form was sent to a client."""

    TYPE: ClassVar[str] = "forms.form.sent.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_sent",)

    request_id: UUID
    client_id: UUID


class FormSubmitted(EventData, frozen=True, kw_only=True):
    """A client has submitted a form; `sent_by` is the practitioner who asked for it."""

    TYPE: ClassVar[str] = "forms.form.submitted.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_form_submitted",)

    request_id: UUID
    client_id: UUID
    sent_by: UUID


class AlertRaised(EventData, frozen=True, kw_only=True):
    """An answer asks for attention at once, even in a draft; once per request."""

    TYPE: ClassVar[str] = "forms.alert.raised.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_alert_raised",)

    request_id: UUID
    client_id: UUID
    sent_by: UUID


class FormAccessRecorded(EventData, frozen=True, kw_only=True):
    """Someone opened or changed something here, or was refused; for the access log.

    Attributes:
        act: a code like ``answers.opened``.
        outcome: ``done`` or ``denied``.
        client_id: whom it concerns, if anyone.
        subject_id: the thing itself, if any.
        address: the IP address it came from, if known.
    """

    TYPE: ClassVar[str] = "forms.form_access.recorded.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_form_access_recorded",)

    act: str
    outcome: str
    client_id: UUID | None = None
    subject_id: UUID | None = None
    address: str = ""


EVENTS = (FormSent, FormSubmitted, AlertRaised, FormAccessRecorded)
