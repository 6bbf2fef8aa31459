"""Each call that could tell of a client, as the matrix of `test_hidden_clients` makes it.

All calls of the gateway stand in one of the three groups: a new one that stands in none fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from portal_chassis.clock import Clock
from portal_contracts.calls import Method
from portal_contracts.forms.rpc import exports, filling, submissions
from portal_contracts.forms.rpc import requests as forms
from portal_contracts.identity_links.rpc import (
    access,
    caseload,
    clients,
    devices,
    duplicates,
    links,
)
from portal_contracts.identity_links.rpc.targets import LinkCause
from portal_contracts.notifications import rpc as mails
from portal_contracts.scheduling.rpc import (
    availability,
    calendar,
    notes,
    overview,
    requests,
    series,
    sessions,
    stranded,
    undone,
)
from portal_contracts.scheduling.rpc.appointments import RepeatUnit, SessionStatus
from portal_contracts.scheduling.rpc.series import Repeat, SeriesScope

NAME = "Dora Dorn"
SOON = Clock().now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
TWICE = Repeat(unit=RepeatUnit.WEEKLY, times=2)


@dataclass(frozen=True)
class Things:
    """A client and what there is of her; without arguments, of nobody."""

    client_id: UUID = field(default_factory=uuid4)
    appointment_id: UUID = field(default_factory=uuid4)
    session_id: UUID = field(default_factory=uuid4)
    request_id: UUID = field(default_factory=uuid4)
    delivery_id: UUID = field(default_factory=uuid4)
    link_id: UUID = field(default_factory=uuid4)
    device_id: UUID = field(default_factory=uuid4)
    service_id: UUID = field(default_factory=uuid4)
    practitioner_id: UUID = field(default_factory=uuid4)
    template_id: UUID = field(default_factory=uuid4)


def by(name: str, **more: Any) -> Callable[[Method[Any, Any], Things], Any]:
    """Arguments that name one thing by its id."""
    return lambda method, things: method.arguments(**{name: getattr(things, name)}, **more)


def said(**fields: Any) -> clients.ClientFields:
    return clients.ClientFields(**({"name": NAME, "email": ""} | fields))


CLIENT, APPOINTMENT, SESSION = by("client_id"), by("appointment_id"), by("session_id")
REQUEST = by("request_id")

BY_ID: Mapping[Method[Any, Any], Callable[[Method[Any, Any], Things], Any]] = {
    access.LIST_ACCESS: CLIENT,
    caseload.GET_CASELOAD: CLIENT,
    caseload.SHARE_CLIENT: lambda method, one: method.arguments(
        client_id=one.client_id, practitioner_id=one.practitioner_id
    ),
    caseload.WITHDRAW_CLIENT: by("client_id", practitioner_id=uuid4()),
    clients.GET_CLIENT: CLIENT,
    clients.EDIT_CLIENT: by("client_id", version=1, fields=said()),
    clients.CONFIRM_ADDRESS: by("client_id", version=1),
    clients.RESTORE_ADDRESS: by("client_id", version=1),
    clients.SET_CLIENT_STATUS: by("client_id", status=clients.ClientStatus.ACTIVE),
    devices.LIST_CLIENT_DEVICES: CLIENT,
    devices.REVOKE_DEVICE: by("device_id"),
    duplicates.LIST_DUPLICATES: CLIENT,
    links.SHARE_LINK: CLIENT,
    links.CREATE_LINK: lambda method, one: method.arguments(
        client_id=one.client_id, cause=LinkCause.QR, token_hash=uuid4().hex * 2
    ),
    links.LIST_LINKS: CLIENT,
    links.REVOKE_LINK: by("link_id"),
    links.REVOKE_ALL_LINKS: CLIENT,
    mails.OPEN_DELIVERY: by("delivery_id"),
    mails.RESEND_DELIVERY: by("delivery_id"),
    forms.SEND_FORM: lambda method, one: method.arguments(
        client_id=one.client_id, template_id=one.template_id, again=True
    ),
    forms.GET_REQUEST: REQUEST,
    forms.OPEN_ANSWERS: REQUEST,
    forms.LIST_SCORES: REQUEST,
    forms.REVIEW_ANSWERS: REQUEST,
    submissions.UNLOCK_FORM: by("request_id", reason="Words."),
    forms.RESEND_FORM: REQUEST,
    forms.CHANGE_DUE_DAY: by("request_id", due_on=None),
    forms.WITHDRAW_REQUEST: REQUEST,
    filling.FORMS_TO_DO: CLIENT,
    filling.PORTAL_FORMS: CLIENT,
    overview.PORTAL_SCHEDULE: CLIENT,
    calendar.LIST_CLIENT_APPOINTMENTS: CLIENT,
    calendar.GET_APPOINTMENT: APPOINTMENT,
    calendar.BOOK_FOR_CLIENT: lambda method, one: method.arguments(
        client_id=one.client_id, service_id=one.service_id, starts_at=SOON
    ),
    calendar.MOVE_FOR_CLIENT: by("appointment_id", starts_at=SOON),
    requests.APPROVE_APPOINTMENT: APPOINTMENT,
    requests.DECLINE_APPOINTMENT: APPOINTMENT,
    calendar.CANCEL_FOR_CLIENT: APPOINTMENT,
    series.REVIEW_SERIES: lambda method, one: method.arguments(
        client_id=one.client_id, service_id=one.service_id, starts_at=SOON, repeat=TWICE
    ),
    series.BOOK_SERIES: lambda method, one: method.arguments(
        client_id=one.client_id, service_id=one.service_id, starts_at=SOON, repeat=TWICE
    ),
    series.GET_SERIES: APPOINTMENT,
    series.REVIEW_SERIES_MOVE: by("appointment_id", scope=SeriesScope.ALL, starts_at=SOON),
    series.MOVE_SERIES: by("appointment_id", scope=SeriesScope.ALL, starts_at=SOON),
    series.CANCEL_SERIES: by("appointment_id", scope=SeriesScope.ALL),
    availability.EXPLAIN_TIME: lambda method, one: method.arguments(
        service_id=one.service_id, starts_at=SOON, client_id=one.client_id
    ),
    sessions.LIST_CLIENT_SESSIONS: CLIENT,
    sessions.GET_SESSION: SESSION,
    sessions.RECORD_SESSION: by(
        "client_id",
        title="Session",
        started_at=SOON - timedelta(days=30),
        minutes=50,
        timezone="Europe/Berlin",
    ),
    sessions.MARK_SESSION: by("session_id", status=SessionStatus.ATTENDED),
    sessions.OPEN_SUMMARY: SESSION,
    sessions.OPEN_SUMMARY_VERSION: by("session_id", version=1),
    sessions.SAVE_SUMMARY: by("session_id", revision=0, text="Words."),
    sessions.SHARE_SUMMARY: by("session_id", revision=1),
    sessions.UNSHARE_SUMMARY: SESSION,
    notes.OPEN_NOTE: SESSION,
    notes.OPEN_NOTE_VERSION: by("session_id", version=1),
    notes.SAVE_NOTE: by("session_id", revision=0, text="Words."),
    # The last: whoever was the main practitioner sees the client no more.
    caseload.HAND_OVER_CLIENT: lambda method, one: method.arguments(
        client_id=one.client_id, practitioner_id=one.practitioner_id
    ),
}
"""A practitioner names a client, or something of one."""

LISTS: Mapping[Method[Any, Any], Callable[[Method[Any, Any], Things], Any]] = {
    access.LIST_ACCESS: lambda method, _: method.arguments(),
    clients.LIST_CLIENTS: lambda method, _: method.arguments(search="Dora"),
    clients.NAME_CLIENTS: lambda method, one: method.arguments(client_ids=[one.client_id]),
    duplicates.CHECK_DUPLICATES: lambda method, _: method.arguments(
        fields=said(phone="+49 30 901820")
    ),
    mails.LIST_DELIVERIES: lambda method, _: method.arguments(),
    forms.LIST_REQUESTS: lambda method, _: method.arguments(),
    forms.COUNT_REQUESTS: lambda method, _: method.arguments(),
    exports.BEGIN_EXPORT: lambda method, one: method.arguments(template_id=one.template_id),
    exports.EXPORT_ANSWERS: lambda method, one: method.arguments(template_id=one.template_id),
    forms.COUNT_OPEN_FORMS: lambda method, one: method.arguments(client_ids=[one.client_id]),
    calendar.LIST_CALENDAR: lambda method, _: method.arguments(
        starts_from=SOON - timedelta(days=9),
        starts_before=SOON + timedelta(days=9),
        with_hours=True,
    ),
    requests.LIST_REQUESTED_APPOINTMENTS: lambda method, _: method.arguments(),
    undone.LIST_UNDONE: lambda method, _: method.arguments(),
    calendar.LIST_CLIENT_TIMES: lambda method, one: method.arguments(client_ids=[one.client_id]),
    stranded.LIST_STRANDED: lambda method, _: method.arguments(
        availability=availability.Availability(timezone="UTC", weekly=[[]] * 7)
    ),
    stranded.LIST_STRANDED_BY_SERVICE: lambda method, one: method.arguments(
        service_id=one.service_id, weekly=[[]] * 7
    ),
}
"""Nothing of a hidden client is in the answer."""

TELL_OF_ALL = {method.address for method in LISTS} - {
    access.LIST_ACCESS.address,
    calendar.LIST_CALENDAR.address,
    stranded.LIST_STRANDED.address,
    stranded.LIST_STRANDED_BY_SERVICE.address,
    forms.COUNT_REQUESTS.address,
    exports.BEGIN_EXPORT.address,
    exports.EXPORT_ANSWERS.address,
    requests.LIST_REQUESTED_APPOINTMENTS.address,
    undone.LIST_UNDONE.address,
}
"""Whoever sees the client finds her there; not every role reads the log or has a calendar.

Of an export it holds where something came back."""

OTHERS = {
    # A client asks, or whoever holds a token, a cookie or a password.
    "forms.draft_key forms.open_form forms.save_answers forms.save_section forms.submit_form",
    "identity_links.end_device identity_links.inspect_link identity_links.list_own_visits",
    "identity_links.redeem_link identity_links.renew_link identity_links.request_link",
    "identity_links.resolve_bearer identity_links.resolve_console_device",
    "identity_links.resolve_device identity_links.send_entry_code identity_links.sign_in",
    "identity_links.finish_sign_in identity_links.inspect_password_reset",
    "identity_links.request_password_reset identity_links.reset_password",
    "identity_links.accept_invitation identity_links.inspect_invitation",
    "identity_links.look_at_setup identity_links.set_up",
    "scheduling.cancel_own_appointment scheduling.confirm_hold scheduling.get_hold",
    "scheduling.find_usual_time scheduling.get_own_appointment scheduling.hold_time",
    "scheduling.list_free_times scheduling.browse_times",
    "scheduling.list_offered scheduling.list_own_appointments scheduling.list_own_sessions",
    "scheduling.move_own_appointment scheduling.nearest_times scheduling.open_meeting",
    "scheduling.read_summary scheduling.release_hold scheduling.undo_own_move",
    # About the practitioner who asks, colleagues, or the practice.
    "identity_links.begin_second_factor identity_links.change_password",
    "identity_links.create_api_token identity_links.disable_second_factor",
    "identity_links.edit_account identity_links.enable_second_factor",
    "identity_links.list_api_tokens identity_links.list_own_devices identity_links.read_account",
    "identity_links.record_refusal identity_links.renew_recovery_codes",
    "identity_links.reset_second_factor identity_links.revoke_api_token",
    "identity_links.edit_team_member identity_links.get_invitation",
    "identity_links.get_team_member identity_links.invite_practitioner",
    "identity_links.list_invitations identity_links.list_practitioners identity_links.list_team",
    "identity_links.resend_invitation identity_links.set_team_member_active",
    "identity_links.withdraw_invitation notifications.read_mail_sender",
    "identity_links.edit_practice identity_links.list_practice_changes",
    "identity_links.measure_practice identity_links.read_practice",
    "identity_links.read_picture identity_links.set_picture",
    "scheduling.read_booking_limits scheduling.edit_booking_limits",
    "notifications.read_mail_server notifications.save_mail_server notifications.send_test_mail",
    # Owners alone, who are shown contacts and calendar of everybody.
    "identity_links.fill_caseloads identity_links.hand_over identity_links.read_visibility",
    "identity_links.set_visibility scheduling.count_to_come scheduling.list_meetings",
    "scheduling.review_hand_over identity_links.open_in_emergency identity_links.close_emergency",
    "identity_links.list_practice_tokens",
    # Templates, services and hours; chosen clients are ids of the practitioner's own choosing.
    "forms.add_from_library forms.archive_template forms.get_template forms.list_library",
    "forms.list_templates forms.publish_template forms.save_template forms.start_template",
    "forms.edit_template forms.undo_edit forms.review_template forms.try_template",
    "scheduling.add_service",
    "scheduling.archive_service scheduling.copy_service scheduling.edit_service",
    "scheduling.get_availability scheduling.get_service scheduling.list_services",
    "scheduling.list_holidays scheduling.preview_times scheduling.save_availability",
    "scheduling.list_busy_calendars",
    "scheduling.add_busy_calendar scheduling.fetch_busy_calendar scheduling.get_busy_calendar",
    "scheduling.remove_busy_calendar",
    # A new client; hints at others are `check_duplicates`.
    "identity_links.add_client",
}

CLINICAL = {
    clients.CONFIRM_ADDRESS,
    links.CREATE_LINK,
    forms.OPEN_ANSWERS,
    forms.LIST_SCORES,
    forms.REVIEW_ANSWERS,
    submissions.UNLOCK_FORM,
    sessions.OPEN_SUMMARY,
    sessions.OPEN_SUMMARY_VERSION,
    sessions.SAVE_SUMMARY,
    sessions.SHARE_SUMMARY,
    sessions.UNSHARE_SUMMARY,
    notes.OPEN_NOTE,
    notes.OPEN_NOTE_VERSION,
    notes.SAVE_NOTE,
}
"""What an owner does to own clients alone."""

MAIN = {caseload.SHARE_CLIENT, caseload.WITHDRAW_CLIENT, caseload.HAND_OVER_CLIENT}
"""What is the main practitioner's and the owners'."""
