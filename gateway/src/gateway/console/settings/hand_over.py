"""*Settings, Team, Hand over*: to whom, which clients, and what of the calendar fits.

Three steps that need no script: the first asks to whom and whose, by a form that only asks; the
second shows what would go over and what is in the way; the third does it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.console.settings.sections import TEAM, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.actor import Actor, Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.identity_links.rpc.handing_over import HAND_OVER, HandOver
from portal_contracts.identity_links.rpc.team import LIST_TEAM, TeamMember
from portal_contracts.scheduling.rpc.handing_over import (
    REVIEW_HAND_OVER,
    HandedAppointment,
    InTheWay,
    ReviewHandOver,
)


class HandOverPage(SectionPage):
    """``/console/settings/team/<practitioner_id>/hand-over``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Ask to whom; once that is said, show what would go over.

        Raises:
            NotFound: there is no such account.
        """
        self._show(req, resp, practitioner_id, read_query(req))

    def on_post(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Hand over what was shown; a refusal shows it again.

        Raises:
            NotFound: there is no such account.
        """
        context = context_of(req)
        form = context.form
        to = form.uuid("to")
        if to is None:
            self._show(req, resp, practitioner_id, form)
            return
        listed = _listed(req, practitioner_id, to)
        all_outside = form.text("outside") == "moved"
        command = HandOver(
            from_practitioner_id=practitioner_id,
            to_practitioner_id=to,
            client_ids=_chosen(form),
            left_appointment_ids=[
                one.id
                for one in listed
                if one.in_the_way is InTheWay.TAKEN
                or (
                    _is_exception(one)
                    and not all_outside
                    and form.text(f"becomes-{one.id}") != "moved"
                )
            ],
        )
        try:
            context.backend.ask(HAND_OVER, command, idempotency_key=form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show(req, resp, practitioner_id, form, error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.HANDED_OVER)
        see_other(resp, TEAM.address)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        practitioner_id: UUID,
        said: Submitted,
        error: PortalError | None = None,
    ) -> None:
        people = context_of(req).backend.ask(LIST_TEAM, Nothing()).items
        giver = next((one for one in people if one.id == practitioner_id), None)
        if giver is None:
            raise NotFound("not_found", "There is no such account in this practice.")
        takers = [one for one in people if _can_take(one, giver)]
        taker = next((one for one in takers if one.id == said.uuid("to")), None)
        wrong = error.fields.get("to_practitioner_id") if error else None
        if taker is not None and _is_still_in(giver, taker, practitioner_of(req).actor):
            taker, wrong = None, "still_in"
        listed = [] if taker is None else _listed(req, practitioner_id, taker.id)
        if error is not None:
            set_retry_after(resp, error)
        self.show(
            req,
            resp,
            "console/settings/hand_over.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors={} if wrong is None else {"to": wrong},
            device=practitioner_of(req),
            giver=giver,
            takers=takers,
            taker=taker,
            **_calendar(req, listed, _chosen(said)),
        )


def _calendar(
    req: falcon.Request, listed: list[HandedAppointment], chosen: list[UUID] | None
) -> dict[str, Any]:
    """What would go over of the calendar, by what is in its way, and clients to choose from."""
    names = names_of_clients(context_of(req).backend, (one.client_id for one in listed))
    clients = {one.client_id: names.get(str(one.client_id), "") for one in listed}
    shown = [one for one in listed if chosen is None or one.client_id in chosen]
    return {
        "names": names,
        "clients": sorted(clients.items(), key=lambda one: (one[1].casefold(), one[0])),
        "chosen": chosen,
        "fits": [one for one in shown if one.in_the_way is None and not one.busy_elsewhere],
        "outside": [one for one in shown if _is_exception(one)],
        "taken": [one for one in shown if one.in_the_way is InTheWay.TAKEN],
    }


def _listed(req: falcon.Request, giver: UUID, taker: UUID) -> list[HandedAppointment]:
    command = ReviewHandOver(from_practitioner_id=giver, to_practitioner_id=taker)
    return context_of(req).backend.ask(REVIEW_HAND_OVER, command).items


def _is_exception(one: HandedAppointment) -> bool:
    """Whether somebody has to say that it goes over all the same."""
    outside = one.in_the_way is InTheWay.OUTSIDE_HOURS
    return outside or (one.in_the_way is None and one.busy_elsewhere)


def _is_still_in(giver: TeamMember, taker: TeamMember, actor: Actor) -> bool:
    """Whether it would be refused: see `identity_links.hand_over`."""
    return taker.id == actor.id and actor.caseload_only and giver.deactivated_at is None


def _can_take(one: TeamMember, giver: TeamMember) -> bool:
    return one.id != giver.id and one.deactivated_at is None and one.role is not Role.ASSISTANT


def _chosen(said: Submitted) -> list[UUID] | None:
    """The clients that were chosen; None for all. What is no id is nobody."""
    if said.text("all") != "no":
        return None
    chosen = []
    for one in said.every("client"):
        try:
            chosen.append(UUID(one))
        except ValueError:
            continue
    return chosen
