"""The summary of a session: share it, take it back."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.sessions.session_page import PREVIEW_HEADING
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.markdown import render_markdown
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, GetClient
from portal_contracts.scheduling.rpc.sessions import (
    GET_SESSION,
    OPEN_SUMMARY,
    SHARE_SUMMARY,
    UNSHARE_SUMMARY,
    GetSession,
    ShareSummary,
)


class ShareSummaryPage(Resource):
    """``/console/sessions/<session_id>/summary/share``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """What the client will read, and what is mailed to whom."""
        self._show(req, resp, session_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Share what was read on this page."""
        context = context_of(req)
        try:
            context.backend.ask(
                SHARE_SUMMARY,
                ShareSummary(session_id=session_id, revision=context.form.number("revision") or 0),
                idempotency_key=context.form.key(),
            )
        except (Conflict, Invalid, Unavailable) as error:
            self._show(req, resp, session_id, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SUMMARY_SHARED)
        see_other(resp, f"/console/sessions/{session_id}")

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        session_id: UUID,
        error: PortalError | None = None,
    ) -> None:
        backend = context_of(req).backend
        draft = backend.ask(OPEN_SUMMARY, GetSession(session_id=session_id))
        client = backend.ask(
            GET_CLIENT, GetClient(client_id=draft.session.client_id, with_remark=False)
        )
        code = None
        if error is not None:
            set_retry_after(resp, error)
            code = "stale_share" if error.code == "stale_revision" else error.code
        self.show(
            req,
            resp,
            "console/summary_share.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=code,
            device=practitioner_of(req),
            draft=draft,
            session=draft.session,
            client=client,
            html=render_markdown(draft.text, top_heading=PREVIEW_HEADING),
        )


class UnshareSummaryPage(Resource):
    """``/console/sessions/<session_id>/summary/unshare``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Ask, and say what follows."""
        backend = context_of(req).backend
        session = backend.ask(GET_SESSION, GetSession(session_id=session_id))
        self.show(
            req,
            resp,
            "console/summary_unshare.html",
            device=practitioner_of(req),
            session=session,
            client_name=names_of_clients(backend, [session.client_id]).get(
                str(session.client_id), ""
            ),
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """Take it back."""
        context = context_of(req)
        context.backend.ask(
            UNSHARE_SUMMARY,
            GetSession(session_id=session_id),
            idempotency_key=context.form.key(),
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.SUMMARY_UNSHARED)
        see_other(resp, f"/console/sessions/{session_id}")
