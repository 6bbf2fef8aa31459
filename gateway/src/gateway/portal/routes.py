"""Every address of the portal, and of the way into it and out."""

from __future__ import annotations

from typing import Final

from gateway.portal import (
    appointments,
    booking,
    contact,
    devices,
    entry,
    filling,
    form_check,
    forms,
    holding,
    home,
    link_requests,
    moving,
    sessions,
    sign_out,
)
from gateway.web.routing import Route, client_route, open_route

_APPOINTMENT: Final = "/appointments/{appointment_id:uuid}"
_FORM: Final = "/forms/{request_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    open_route("/", link_requests.FrontPage),
    open_route("/link-requests", link_requests.LinkRequestsPage),
    open_route("/p/{token}", entry.EntryPage, carries_token=True),
    open_route("/p/{token}/code", entry.CodePage, carries_token=True),
    open_route("/p/{token}/renew", entry.RenewPage, carries_token=True),
    open_route("/p/{token}/{tail:path}", entry.EntryPage, carries_token=True),
    open_route("/sign-out", sign_out.SignOutPage),
    open_route("/signed-out", sign_out.SignedOutPage),
    client_route("/home", home.HomePage),
    client_route("/contact", contact.ContactPage),
    client_route("/devices/{device_id:uuid}/end", devices.EndOwnDevicePage),
    client_route("/book", booking.OfferPage),
    client_route("/book/{service_id:uuid}", booking.BookPage),
    client_route("/book/{service_id:uuid}/hold", booking.HoldTimePage),
    client_route("/book/hold/{hold_id:uuid}", holding.HoldPage),
    client_route("/appointments", appointments.AppointmentsPage),
    client_route(_APPOINTMENT, appointments.AppointmentPage),
    client_route(f"{_APPOINTMENT}/calendar.ics", appointments.CalendarFilePage),
    client_route(f"{_APPOINTMENT}/join", appointments.JoinPage),
    client_route(f"{_APPOINTMENT}/cancel", appointments.CancelPage),
    client_route(f"{_APPOINTMENT}/move", moving.MovePage),
    client_route(f"{_APPOINTMENT}/undo-move", moving.UndoMovePage),
    client_route("/sessions", sessions.SessionsPage),
    client_route("/sessions/{session_id:uuid}", sessions.SessionPage),
    client_route("/drafts/key", filling.DraftKeyPage),
    client_route("/forms", forms.FormsPage),
    client_route(_FORM, forms.FormPage),
    client_route(f"{_FORM}/check", form_check.CheckPage),
    client_route(f"{_FORM}/sent", forms.SentPage),
    client_route(f"{_FORM}/{{section:int}}", filling.SectionPage),
    client_route(f"{_FORM}/{{section:int}}/save", filling.SavePage),
)
