"""What is done with one form that was sent: mailed again, another day, taken back, unlocked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Final
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.console.forms.answers import REQUESTS_PATH, show_request
from gateway.web import flash
from gateway.web.flash import Flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import status_of
from gateway.web.submitted import Submitted
from gateway.words.extraction import _
from gateway.words.wall_time import read_date
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    CHANGE_DUE_DAY,
    GET_REQUEST,
    RESEND_FORM,
    WITHDRAW_REQUEST,
    ChangeDueDay,
    GetRequest,
)
from portal_contracts.forms.rpc.submissions import UNLOCK_FORM, UnlockForm

WITHDRAWING: Final = (
    _("Withdraw “%(title)s”?"),
    _(
        "%(name)s is no longer asked for it and can no longer open it. "
        "What was answered so far is not shown to anyone."
    ),
    _("Withdraw form"),
)
LOCKING: Final = (
    _("Lock “%(title)s” again?"),
    _(
        "What %(name)s has sent stands again as it was. "
        "What was changed since and is not sent yet is deleted."
    ),
    _("Lock again"),
)
_LISTS: Final = re.compile("/console(/forms(\\?[^#]*)?|/clients/[0-9a-f-]{36}/forms)?")
"""Pages with lists of forms, which lead here and back."""


class ResendPage(Resource):
    """``/console/forms/requests/<request_id>/resend``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Mail the client once more; if she was quicker, that is said."""
        context = context_of(req)
        command = GetRequest(request_id=request_id)

        def act() -> Flash:
            context.backend.ask(RESEND_FORM, command, idempotency_key=context.form.key())
            return Flash.FORM_RESENT

        _do(self, req, resp, request_id, act)


class DueDayPage(Resource):
    """``/console/forms/requests/<request_id>/due``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Ask for it by another day; a refusal keeps what was typed."""
        context = context_of(req)
        typed = context.form.text("due_on")

        def act() -> Flash:
            command = ChangeDueDay(request_id=request_id, due_on=_read_due_day(context.form))
            context.backend.ask(CHANGE_DUE_DAY, command, idempotency_key=context.form.key())
            return Flash.DUE_DAY_CHANGED

        try:
            _do(self, req, resp, request_id, act)
        except Invalid as error:
            show_request(
                self,
                req,
                resp,
                request_id,
                status=status_of(error),
                errors=error.fields,
                due_typed=typed,
            )


class UnlockPage(Resource):
    """``/console/forms/requests/<request_id>/unlock``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Ask what is to be corrected; what happens then."""
        _ask_reason(self, req, resp, request_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Unlock it; a refusal keeps the reason that was typed."""
        context = context_of(req)
        command = UnlockForm(request_id=request_id, reason=context.form.raw("reason"))
        try:
            context.backend.ask(UNLOCK_FORM, command, idempotency_key=context.form.key())
        except Invalid as error:
            _ask_reason(self, req, resp, request_id, refused=error)
            return
        except Conflict as error:
            if error.code != "not_submitted":
                raise
            flash.leave(self.wiring.jar, resp, Flash.FORM_NOT_LOCKED)
        else:
            flash.leave(self.wiring.jar, resp, Flash.FORM_UNLOCKED)
        see_other(resp, f"{REQUESTS_PATH}/{request_id}")


class WithdrawPage(Resource):
    """``/console/forms/requests/<request_id>/withdraw``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Ask first."""
        context = context_of(req)
        row = context.backend.ask(GET_REQUEST, GetRequest(request_id=request_id))
        name = name_of_client(req, row.client_id)
        sentence = self.wiring.screens.sentence
        title, text, label = LOCKING if row.unlocked_at else WITHDRAWING
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(context.language, title) % {"title": row.title},
            text=sentence(context.language, text) % {"name": name},
            button=sentence(context.language, label),
            action=req.path,
            cancel=f"{REQUESTS_PATH}/{request_id}",
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, request_id: UUID) -> None:
        """Take it back, or the unlocking; if the client was quicker, the answers are shown."""
        context = context_of(req)
        try:
            changed = context.backend.ask(
                WITHDRAW_REQUEST,
                GetRequest(request_id=request_id),
                idempotency_key=context.form.key(),
            )
        except Conflict as error:
            if error.code != "already_submitted":
                raise
            said = Flash.FORM_WAS_SENT
        else:
            withdrawn = changed.state is RequestState.WITHDRAWN
            said = Flash.FORM_WITHDRAWN if withdrawn else Flash.FORM_LOCKED
        flash.leave(self.wiring.jar, resp, said)
        see_other(resp, f"{REQUESTS_PATH}/{request_id}")


def _do(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    request_id: UUID,
    act: Callable[[], Flash],
) -> None:
    """Do what a list or the form's page offers, and go back there."""
    try:
        said = act()
    except Conflict as error:
        if error.code not in {"already_submitted", "withdrawn"}:
            raise
        said = Flash.FORM_NO_LONGER_OPEN
    flash.leave(resource.wiring.jar, resp, said)
    back = context_of(req).form.text("back")
    see_other(resp, back if _LISTS.fullmatch(back) else f"{REQUESTS_PATH}/{request_id}")


def _read_due_day(form: Submitted) -> date | None:
    """The day that was typed; None for no day.

    Raises:
        Invalid: ``invalid_fields``.
    """
    typed = form.text("due_on")
    due_on = read_date(typed)
    if typed and due_on is None:
        raise Invalid("invalid_fields", "No such day.", fields={"due_on": "due_on_invalid"})
    return due_on


def _ask_reason(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    request_id: UUID,
    *,
    refused: Invalid | None = None,
) -> None:
    context = context_of(req)
    row = context.backend.ask(GET_REQUEST, GetRequest(request_id=request_id))
    resource.show(
        req,
        resp,
        "console/unlock_form.html",
        status=status_of(refused) if refused else HTTPStatus.OK,
        device=practitioner_of(req),
        request=row,
        client_name=name_of_client(req, row.client_id),
        reason=context.form.raw("reason"),
        errors=refused.fields if refused else {},
    )
