"""Booking an appointment for a client: who, what and when on one page, with one button."""

from __future__ import annotations

from http import HTTPStatus

import falcon

from gateway.console.schedule import time_choice
from gateway.console.schedule.booking_draft import (
    MORE_FIELDS,
    BookingDraft,
    more_is_said,
    read_draft,
    read_minutes,
)
from gateway.console.schedule.quiet import is_quiet
from gateway.console.schedule.repeat_fields import REPEAT_FIELDS, read_repeat, reviewed
from gateway.console.schedule.series_review import lead_to_new_series
from gateway.web import flash
from gateway.web.lengths import check_length
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.scheduling.rpc.appointments import LONGEST_SHORT_TEXT
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient


class NewAppointmentPage(Resource):
    """``/console/appointments/new``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form, with what the address says of it filled in: whom, which service, when."""
        sent = read_query(req)
        self._show(req, resp, sent, read_draft(req, sent))

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Book it, or a series after a look at all of it; or show the times of what is chosen.

        What breaks a rule for clients is said first, and booked by the same button. A refusal or a
        failure keeps what was chosen and typed.
        """
        form = context_of(req).form
        looks = time_choice.looks(form)
        draft = read_draft(req, form, books=not looks)
        if looks:
            self._show(req, resp, form, draft)
            return
        try:
            _require_all(form, draft)
            if read_repeat(form) is not None:
                lead_to_new_series(self, req, resp, draft.client_id)
                return
            command = _command(form, draft)
            booked = context_of(req).backend.ask(
                BOOK_FOR_CLIENT, command, idempotency_key=form.key()
            )
        except (Conflict, Invalid, Unavailable) as error:
            self._show(req, resp, form, draft, error)
            return
        quiet = flash.Flash.TIME_BOOKED_WITHOUT_MAIL
        flash.leave(
            self.wiring.jar, resp, quiet if command.without_mail else flash.Flash.TIME_BOOKED
        )
        see_other(resp, f"/console/appointments/{booked.appointment_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        sent: Submitted,
        draft: BookingDraft,
        error: PortalError | None = None,
    ) -> None:
        typed = draft.typed
        errors, general_error, rules = time_choice.explain_error(error, typed)
        if error is not None:
            set_retry_after(resp, error)
        if "client_id" in errors:
            errors = {"client": errors.pop("client_id"), **errors}
        self.show(
            req,
            resp,
            "console/appointment_new.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=None if rules else general_error,
            device=practitioner_of(req),
            draft=draft,
            typed=typed,
            errors=errors,
            rules=rules,
            warned=_mark(sent, draft, rules),
            twice="happens_twice" in errors.values(),
            reviewed=reviewed(sent),
            repeats=sent.values(REPEAT_FIELDS),
            more=sent.values(MORE_FIELDS),
            more_open=more_is_said(sent, errors),
        )


def _require_all(form: Submitted, draft: BookingDraft) -> None:
    """Whatever is wrong with who, what and when, all at once.

    Raises:
        Invalid: ``invalid_fields`` with what is wrong at each field.
    """
    errors: dict[str, str] = {}
    if draft.client_id is None:
        errors["client_id"] = draft.client.code
    if draft.service is None:
        errors["service_id"] = "service_missing"
    if draft.typed_day:
        errors["day"] = "date_invalid"
    check_length("message", form.text("message"), LONGEST_SHORT_TEXT, errors)
    for read in (read_minutes, time_choice.read_start):
        try:
            read(form)
        except Invalid as error:
            errors |= error.fields
    if errors:
        raise Invalid("invalid_fields", "Who, what or when is not clear.", fields=errors)


def _command(form: Submitted, draft: BookingDraft) -> BookForClient:
    """What is to be booked, of a form where nothing is wrong.

    Raises:
        Invalid: ``invalid_fields``: something was wrong.
    """
    if draft.client_id is None or draft.service is None:
        raise Invalid("invalid_fields", "Who, or what, is missing.")
    overruled = time_choice.overruled(form)
    return BookForClient(
        client_id=draft.client_id,
        service_id=draft.service.id,
        starts_at=time_choice.read_start(form),
        minutes=read_minutes(form),
        message=form.text("message"),
        without_mail=is_quiet(form),
        despite=overruled is not None,
        despite_only=overruled,
    )


def _mark(sent: Submitted, draft: BookingDraft, rules: list[str]) -> str:
    """What the warning is about, as its page shows it: whom, too, where that was only typed."""
    return time_choice.mark_of_time(sent, rules, client_id=str(draft.client_id))
