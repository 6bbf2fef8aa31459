"""A client's past sessions, and the summaries that were shared."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import falcon

from gateway.portal.picker import shown_zone
from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import client_of, context_of
from gateway.web.resource import Resource
from gateway.web.submitted import read_query
from gateway.words.markdown import render_markdown
from portal_contracts.scheduling.rpc.appointments import OwnSession
from portal_contracts.scheduling.rpc.sessions import (
    LIST_OWN_SESSIONS,
    READ_SUMMARY,
    ListOwnSessions,
    ReadSummary,
)
from portal_contracts.wall_clock import zone_or_utc

SESSIONS_A_PAGE = 25


class Year(NamedTuple):
    """The sessions of one year, the latest first."""

    number: int
    sessions: list[OwnSession]


class SessionsPage(Resource):
    """``/sessions``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The client's past sessions by year."""
        query = read_query(req)
        cursor = query.text("cursor") or None
        page = (
            context_of(req)
            .backend.part(LIST_OWN_SESSIONS, ListOwnSessions(cursor=cursor, limit=SESSIONS_A_PAGE))
            .get_unless_refused()
        )
        self.show(
            req,
            resp,
            "portal/sessions.html",
            device=client_of(req),
            years=None if page is None else by_year(page.items, shown_zone(req, query)),
            next_cursor=page.next_cursor if page else None,
            cursor=cursor,
        )


class SessionPage(Resource):
    """``/sessions/<session_id>``."""

    names_practitioners = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, session_id: UUID) -> None:
        """One session with its summary; opening it is the read receipt."""
        backend = context_of(req).backend
        names = practitioner_names(backend, client_of(req))
        read = backend.ask(READ_SUMMARY, ReadSummary(session_id=session_id))
        self.show(
            req,
            resp,
            "portal/session.html",
            device=client_of(req),
            session=read.session,
            summary=None if read.text is None else render_markdown(read.text),
            names=names.get(),
        )


def by_year(sessions: list[OwnSession], zone: str) -> list[Year]:
    """`sessions` in their order, by the year in which they began in `zone`."""
    place = zone_or_utc(zone)
    years = groupby(sessions, key=lambda session: session.started_at.astimezone(place).year)
    return [Year(number, list(group)) for number, group in years]
