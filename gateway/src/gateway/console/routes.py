"""Every address of the console, and what a role needs for it."""

from __future__ import annotations

from typing import Final

from gateway.console import (
    first_steps,
    join,
    mails,
    new_password,
    setup,
    sign_in,
    sign_in_code,
    signed_in,
    today,
)
from gateway.console.clients import (
    addresses,
    archive,
    caseload,
    client,
    client_form,
    client_list,
    confirm,
    emergency,
    links,
)
from gateway.console.forms import (
    answers,
    export,
    following_up,
    send_any_form,
    send_form,
    sent_forms,
    templates,
)
from gateway.console.forms.builder import page as builder
from gateway.console.forms.builder import publish, start, try_out
from gateway.console.schedule import (
    appointments,
    availability,
    busy_calendars,
    calendar,
    client_appointments,
    day_off,
    moving,
    new_appointment,
    requests,
    series,
    service_form,
    services,
)
from gateway.console.sessions import client_sessions, summaries, versions, writing
from gateway.console.settings import routes as settings
from gateway.web.routing import Route, open_route, practitioner_route
from portal_contracts.permissions import Permission
from portal_contracts.portal_addresses import BUSY_CALENDARS_PATH, INVITATION_PATH, RESET_PATH

_APPOINTMENT: Final = "/console/appointments/{appointment_id:uuid}"
_CLIENT: Final = "/console/clients/{client_id:uuid}"
_REQUEST: Final = "/console/forms/requests/{request_id:uuid}"
_BUSY_CALENDAR: Final = f"{BUSY_CALENDARS_PATH}/{{calendar_id:uuid}}"
_SERVICE: Final = "/console/services/{service_id:uuid}"
_SESSION: Final = "/console/sessions/{session_id:uuid}"
_TEMPLATE: Final = "/console/forms/templates/{template_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    open_route("/setup/{token}", setup.SetupPage, carries_token=True),
    open_route(f"{INVITATION_PATH}/{{token}}", join.JoinPage, carries_token=True),
    open_route("/console/sign-in", sign_in.SignInPage),
    open_route(sign_in_code.CODE_PATH, sign_in_code.SignInCodePage),
    open_route(new_password.FORGOTTEN_PATH, new_password.ForgottenPasswordPage),
    open_route(f"{RESET_PATH}/{{token}}", new_password.NewPasswordPage, carries_token=True),
    open_route("/console/sign-out", sign_in.SignOutPage),
    practitioner_route("/console/signed-in", signed_in.SignedInPage, None),
    practitioner_route("/console", today.TodayPage, None),
    practitioner_route(first_steps.START, first_steps.StartPage, None),
    practitioner_route("/console/clients", client_list.ClientsPage, Permission.CLIENTS_READ),
    practitioner_route("/console/clients/new", client_form.AddClientPage, Permission.CLIENTS_WRITE),
    practitioner_route(_CLIENT, client.ClientPage, Permission.CLIENTS_READ),
    practitioner_route(f"{_CLIENT}/mails", client.ClientMailsPage, Permission.DELIVERIES_READ),
    practitioner_route(f"{_CLIENT}/access", client.ClientAccessPage, Permission.ACCESS_LOG_READ),
    practitioner_route(f"{_CLIENT}/preview", client.PreviewPage, Permission.CLIENTS_READ),
    practitioner_route(f"{_CLIENT}/emergency", emergency.EmergencyPage, Permission.PRACTICE_WRITE),
    practitioner_route(
        f"{_CLIENT}/emergency/close", emergency.CloseEmergencyPage, Permission.PRACTICE_WRITE
    ),
    practitioner_route(f"{_CLIENT}/caseload", caseload.CaseloadPage, Permission.CLIENTS_READ),
    practitioner_route(
        f"{_CLIENT}/caseload/share", caseload.ShareClientPage, Permission.CASELOAD_WRITE
    ),
    practitioner_route(
        f"{_CLIENT}/caseload/hand-over", caseload.HandOverClientPage, Permission.CASELOAD_WRITE
    ),
    practitioner_route(
        f"{_CLIENT}/caseload/{{practitioner_id:uuid}}/withdraw",
        caseload.WithdrawClientPage,
        Permission.CASELOAD_WRITE,
    ),
    practitioner_route(f"{_CLIENT}/edit", client_form.EditClientPage, Permission.CLIENTS_WRITE),
    practitioner_route(
        f"{_CLIENT}/address/confirm", addresses.ConfirmAddressPage, Permission.LINKS_REVEAL
    ),
    practitioner_route(
        f"{_CLIENT}/address/restore", addresses.RestoreAddressPage, Permission.CLIENTS_WRITE
    ),
    practitioner_route(f"{_CLIENT}/archive", archive.ArchivePage, Permission.CLIENTS_WRITE),
    practitioner_route(f"{_CLIENT}/restore", confirm.RestorePage, Permission.CLIENTS_WRITE),
    practitioner_route(f"{_CLIENT}/share", links.SharePage, Permission.LINKS_MAIL),
    practitioner_route(f"{_CLIENT}/links/copy", links.CopyLinkPage, Permission.LINKS_REVEAL),
    practitioner_route(f"{_CLIENT}/links/qr", links.QrPage, Permission.LINKS_REVEAL),
    practitioner_route(
        f"{_CLIENT}/links/revoke-all", confirm.RevokeAllPage, Permission.LINKS_REVOKE
    ),
    practitioner_route(
        f"{_CLIENT}/links/{{link_id:uuid}}/revoke", confirm.RevokeLinkPage, Permission.LINKS_REVOKE
    ),
    practitioner_route(
        f"{_CLIENT}/devices/{{device_id:uuid}}/end",
        confirm.EndClientDevicePage,
        Permission.LINKS_REVOKE,
    ),
    practitioner_route("/console/mails", mails.MailsPage, Permission.DELIVERIES_READ),
    practitioner_route(
        "/console/mails/{delivery_id:uuid}", mails.MailPage, Permission.DELIVERIES_READ
    ),
    practitioner_route(
        "/console/mails/{delivery_id:uuid}/resend", mails.ResendPage, Permission.DELIVERIES_RESEND
    ),
    *settings.ROUTES,
    practitioner_route("/console/calendar", calendar.CalendarPage, Permission.APPOINTMENTS_READ),
    practitioner_route(
        "/console/appointments/new",
        new_appointment.NewAppointmentPage,
        Permission.APPOINTMENTS_WRITE,
    ),
    practitioner_route(_APPOINTMENT, appointments.AppointmentPage, Permission.APPOINTMENTS_READ),
    practitioner_route(f"{_APPOINTMENT}/join", appointments.JoinPage, Permission.APPOINTMENTS_READ),
    practitioner_route(
        "/console/appointments/series", series.BookSeriesPage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner_route(
        f"{_APPOINTMENT}/series", series.MoveSeriesPage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner_route(f"{_APPOINTMENT}/move", moving.MovePage, Permission.APPOINTMENTS_WRITE),
    practitioner_route(
        f"{_APPOINTMENT}/cancel", appointments.CancelPage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner_route(
        f"{_APPOINTMENT}/approve", requests.ApprovePage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner_route(
        f"{_APPOINTMENT}/decline", requests.DeclinePage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner_route("/console/services", services.ServicesPage, Permission.APPOINTMENTS_READ),
    practitioner_route(
        "/console/services/rules", service_form.ServiceRulesPage, Permission.SERVICES_WRITE
    ),
    practitioner_route("/console/services/new", services.NewServicePage, Permission.SERVICES_WRITE),
    practitioner_route(_SERVICE, services.ServicePage, Permission.SERVICES_WRITE),
    practitioner_route(f"{_SERVICE}/copy", services.CopyServicePage, Permission.SERVICES_WRITE),
    practitioner_route(
        f"{_SERVICE}/archive", services.ArchiveServicePage, Permission.SERVICES_WRITE
    ),
    practitioner_route(
        f"{_SERVICE}/restore", services.RestoreServicePage, Permission.SERVICES_WRITE
    ),
    practitioner_route(
        "/console/availability", availability.AvailabilityPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner_route(
        "/console/availability/day-off", day_off.DayOffPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner_route(
        BUSY_CALENDARS_PATH, busy_calendars.BusyCalendarsPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner_route(
        f"{_BUSY_CALENDAR}/fetch", busy_calendars.FetchCalendarPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner_route(
        f"{_BUSY_CALENDAR}/remove", busy_calendars.RemoveCalendarPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner_route(
        f"{_CLIENT}/appointments",
        client_appointments.ClientAppointmentsPage,
        Permission.APPOINTMENTS_READ,
    ),
    practitioner_route(
        f"{_CLIENT}/sessions", client_sessions.ClientSessionsPage, Permission.SESSIONS_READ
    ),
    practitioner_route(
        f"{_CLIENT}/sessions/new", client_sessions.RecordSessionPage, Permission.SESSIONS_WRITE
    ),
    practitioner_route(_SESSION, writing.SessionPage, Permission.SESSIONS_READ),
    practitioner_route(f"{_SESSION}/save", writing.SaveTextsPage, Permission.SESSIONS_READ),
    practitioner_route(
        f"{_SESSION}/status", client_sessions.MarkSessionPage, Permission.SESSIONS_WRITE
    ),
    practitioner_route(
        f"{_SESSION}/summary", versions.SummaryVersionPage, Permission.SUMMARIES_READ
    ),
    practitioner_route(
        f"{_SESSION}/summary/share", summaries.ShareSummaryPage, Permission.SUMMARIES_WRITE
    ),
    practitioner_route(
        f"{_SESSION}/summary/unshare", summaries.UnshareSummaryPage, Permission.SUMMARIES_WRITE
    ),
    practitioner_route(f"{_SESSION}/note", versions.NoteVersionPage, Permission.NOTES_READ),
    practitioner_route("/console/forms", sent_forms.FormsPage, Permission.FORMS_READ),
    practitioner_route("/console/forms/send", send_any_form.SendAnyFormPage, Permission.FORMS_SEND),
    practitioner_route("/console/forms/templates", templates.TemplatesPage, Permission.FORMS_READ),
    practitioner_route(
        "/console/forms/templates/new", start.NewTemplatePage, Permission.TEMPLATES_WRITE
    ),
    practitioner_route(_TEMPLATE, templates.TemplatePage, Permission.FORMS_READ),
    practitioner_route(f"{_TEMPLATE}/edit", builder.BuilderPage, Permission.TEMPLATES_WRITE),
    practitioner_route(
        f"{_TEMPLATE}/edit/preview", builder.PreviewPage, Permission.TEMPLATES_WRITE
    ),
    practitioner_route(f"{_TEMPLATE}/try", try_out.TryTemplatePage, Permission.TEMPLATES_WRITE),
    practitioner_route(
        f"{_TEMPLATE}/publish", publish.PublishTemplatePage, Permission.TEMPLATES_WRITE
    ),
    practitioner_route(
        f"{_TEMPLATE}/archive", templates.ArchiveTemplatePage, Permission.TEMPLATES_WRITE
    ),
    practitioner_route("/console/forms/library", templates.LibraryPage, Permission.FORMS_READ),
    practitioner_route(
        "/console/forms/library/add", templates.AddFromLibraryPage, Permission.TEMPLATES_WRITE
    ),
    practitioner_route(f"{_CLIENT}/forms", sent_forms.ClientFormsPage, Permission.FORMS_READ),
    practitioner_route(f"{_CLIENT}/forms/send", send_form.SendFormPage, Permission.FORMS_SEND),
    practitioner_route(_REQUEST, answers.RequestPage, Permission.FORMS_READ),
    practitioner_route(f"{_REQUEST}/review", answers.ReviewPage, Permission.ANSWERS_REVIEW),
    practitioner_route(f"{_TEMPLATE}/export", export.ExportPage, Permission.ANSWERS_READ),
    practitioner_route(f"{_REQUEST}/unlock", following_up.UnlockPage, Permission.ANSWERS_REVIEW),
    practitioner_route(f"{_REQUEST}/resend", following_up.ResendPage, Permission.FORMS_SEND),
    practitioner_route(f"{_REQUEST}/due", following_up.DueDayPage, Permission.FORMS_SEND),
    practitioner_route(f"{_REQUEST}/withdraw", following_up.WithdrawPage, Permission.FORMS_SEND),
)
