"""A client's past sessions: the list, writing one down, saying how one went."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.console.clients.client import show_client
from gateway.console.sessions.session_page import show_session
from gateway.console.way_back import TODAY, way_back
from gateway.web import flash
from gateway.web.lengths import check_length
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from gateway.web.typed_numbers import read_count
from gateway.words.wall_time import is_repeated, local_date, read_instant
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.scheduling.rpc.appointments import LONGEST_TITLE, SessionStatus
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, ListServices
from portal_contracts.scheduling.rpc.sessions import (
    LIST_CLIENT_SESSIONS,
    MARK_SESSION,
    RECORD_SESSION,
    ListClientSessions,
    MarkSession,
    RecordSession,
)

_FIELDS = {"title": "", "on": "", "at": "", "fold": "", "minutes": "", "status": ""}
_MARKED = {
    SessionStatus.ATTENDED: flash.Flash.SESSION_ATTENDED,
    SessionStatus.NO_SHOW: flash.Flash.SESSION_NO_SHOW,
    SessionStatus.CANCELLED_LATE: flash.Flash.SESSION_CANCELLED_LATE,
}
_FIELD_OF_MEMBER = {"started_at": "at", "timezone": "at"}


class ClientSessionsPage(Resource):
    """``/console/clients/<client_id>/sessions``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """The client's past sessions, and how their summaries stand."""
        cursor = read_query(req).text("cursor") or None
        sessions = context_of(req).backend.part(
            LIST_CLIENT_SESSIONS, ListClientSessions(client_id=client_id, cursor=cursor)
        )
        show_client(self, req, resp, client_id, tab="sessions", sessions=sessions, cursor=cursor)


class RecordSessionPage(Resource):
    """``/console/clients/<client_id>/sessions/new``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """The form: today, fifty minutes, attended."""
        today = local_date(context_of(req).now, practitioner_of(req).practice.timezone)
        fields = _FIELDS | {
            "on": today.isoformat(),
            "minutes": "50",
            "status": SessionStatus.ATTENDED,
        }
        self._show(req, resp, client_id, fields)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Write it down; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        zone = practitioner_of(req).practice.timezone
        try:
            recorded = context.backend.ask(
                RECORD_SESSION,
                _read_form(context.form, client_id, zone),
                idempotency_key=context.form.key(),
            )
        except (Conflict, Invalid, Unavailable) as error:
            self._show(req, resp, client_id, context.form.values(_FIELDS), error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SESSION_RECORDED)
        see_other(resp, f"/console/sessions/{recorded.session_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        client_id: UUID,
        fields: dict[str, str],
        error: PortalError | None = None,
    ) -> None:
        backend = context_of(req).backend
        services = backend.part(LIST_SERVICES, ListServices()).get()
        client_name = name_of_client(req, client_id)
        errors = {}
        if error is not None:
            set_retry_after(resp, error)
            errors = {_FIELD_OF_MEMBER.get(name, name): code for name, code in error.fields.items()}
        self.show(
            req,
            resp,
            "console/session_new.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not errors else None,
            device=practitioner_of(req),
            client_id=client_id,
            client_name=client_name,
            fields=fields,
            errors=errors,
            twice="happens_twice" in errors.values(),
            titles=[service.fields.title for service in services.items] if services else [],
        )


def _read_form(form: Submitted, client_id: UUID, zone: str) -> RecordSession:
    """What was typed; raises `Invalid` with everything that cannot be read."""
    values = form.values(_FIELDS)
    errors: dict[str, str] = {}
    started_at = None
    try:
        started_at = read_instant(
            values["on"],
            values["at"],
            zone,
            later=values["fold"] == "1",
            day_field="on",
            clock_field="at",
        )
    except Invalid as error:
        errors |= error.fields
    if not values["fold"] and is_repeated(values["on"], values["at"], zone):
        errors["at"] = "happens_twice"
    minutes = read_count("minutes", form.text("minutes"), errors, unreadable="minutes_invalid")
    if not values["title"]:
        errors["title"] = "title_missing"
    check_length("title", values["title"], LONGEST_TITLE, errors)
    if values["status"] not in set(SessionStatus):
        errors["status"] = "invalid"
    if errors or started_at is None:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return RecordSession(
        client_id=client_id,
        title=values["title"],
        started_at=started_at,
        minutes=minutes or 0,
        timezone=zone,
        status=SessionStatus(values["status"]),
    )


class MarkSessionPage(Resource):
    """``/console/sessions/<session_id>/status``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Say how it went; then the session, or the page it was said on.

        Raises:
            Invalid: no such status.
        """
        context, here = context_of(req), f"/console/sessions/{session_id}"
        try:
            status = SessionStatus(context.form.text("status"))
        except ValueError:
            # Whether there is such a session is said first.
            show_session(self, req, resp, session_id, error=Invalid("invalid"))
            return
        context.backend.ask(
            MARK_SESSION,
            MarkSession(session_id=session_id, status=status),
            idempotency_key=context.form.key(),
        )
        flash.leave(self.wiring.jar, resp, _MARKED[status])
        began = way_back(context.form)
        if began == TODAY and status is SessionStatus.NO_SHOW:
            # Its line is gone from there: Undo comes with the sentence that says so.
            began = f"{TODAY}?marked={session_id}"
        see_other(resp, began or here)
