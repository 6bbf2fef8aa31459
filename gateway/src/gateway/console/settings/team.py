"""*Settings, Team*: who works in the practice, as what, for whom, and who is no longer in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.settings.sections import TEAM, SectionPage
from gateway.console.settings.team_fields import chosen_works_for, role_of
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.errors import Forbidden, NotFound, PortalError
from portal_contracts.identity_links.rpc.invitations import LIST_INVITATIONS
from portal_contracts.identity_links.rpc.team import (
    EDIT_TEAM_MEMBER,
    LIST_TEAM,
    SET_TEAM_MEMBER_ACTIVE,
    EditTeamMember,
    SetTeamMemberActive,
    TeamMember,
)
from portal_contracts.scheduling.rpc.handing_over import COUNT_TO_COME


class TeamPage(SectionPage):
    """``/console/settings/team``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """All accounts, and the invitations that nobody has accepted."""
        backend = context_of(req).backend
        listed = backend.part(LIST_TEAM, Nothing())
        invitations = backend.part(LIST_INVITATIONS, Nothing())
        counts = backend.part(COUNT_TO_COME, Nothing()).get()
        team = listed.get()
        self.show(
            req,
            resp,
            "console/settings/team.html",
            device=practitioner_of(req),
            team=team,
            whom=_whom(team.items) if team else {},
            invitations=invitations.get(),
            to_come=None
            if counts is None
            else {one.practitioner_id: one.appointments for one in counts.items},
        )


class MemberPage(SectionPage):
    """``/console/settings/team/<practitioner_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """The account as it stands."""
        member, people = _member(req, practitioner_id)
        said = {
            "name": member.name,
            "role": str(member.role),
            "all": member.works_for is None,
            "works_for": member.works_for or [],
        }
        self._show(req, resp, member, people, said, version=member.version)

    def on_post(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Change the account; a refusal keeps what was typed.

        Raises:
            NotFound: there is no such account.
        """
        context = context_of(req)
        form = context.form
        version = form.number("version") or 0
        try:
            command = EditTeamMember(
                practitioner_id=practitioner_id,
                version=version,
                name=form.text("name"),
                role=role_of(form),
                works_for=chosen_works_for(form),
            )
            context.backend.ask(EDIT_TEAM_MEMBER, command, idempotency_key=form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            member, people = _member(req, practitioner_id)
            said = {
                "name": form.text("name"),
                "role": form.text("role"),
                "all": form.text("works_for_all") != "no",
                "works_for": form.every("works_for"),
            }
            # Of two owners the second chooses: saved again it goes over what the first has said.
            stale = error.code == "stale_version"
            version = member.version if stale else version
            self._show(req, resp, member, people, said, version=version, error=error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.MEMBER_SAVED)
        see_other(resp, TEAM.address)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        member: TeamMember,
        people: list[TeamMember],
        said: dict[str, Any],
        *,
        version: int,
        error: PortalError | None = None,
    ) -> None:
        if error is not None:
            set_retry_after(resp, error)
        self.show(
            req,
            resp,
            "console/settings/team_member.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors=dict(error.fields) if error else {},
            device=practitioner_of(req),
            member=member,
            said=said,
            version=version,
            stale=error is not None and error.code == "stale_version",
            roles=[str(one) for one in Role],
            colleagues=[one for one in people if one.role is not Role.ASSISTANT],
        )


class DeactivatePage(SectionPage):
    """``/console/settings/team/<practitioner_id>/deactivate``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Ask, and say what follows."""
        member, _people = _member(req, practitioner_id)
        self._show(req, resp, member)

    def on_post(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Deactivate the account.

        Raises:
            NotFound: there is no such account.
        """
        context = context_of(req)
        command = SetTeamMemberActive(practitioner_id=practitioner_id, active=False)
        try:
            context.backend.ask(SET_TEAM_MEMBER_ACTIVE, command, idempotency_key=context.form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            set_retry_after(resp, error)
            self._show(req, resp, _member(req, practitioner_id)[0], error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.MEMBER_DEACTIVATED)
        see_other(resp, TEAM.address)

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        member: TeamMember,
        error: PortalError | None = None,
    ) -> None:
        self.show(
            req,
            resp,
            "console/settings/team_deactivate.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error else None,
            device=practitioner_of(req),
            member=member,
        )


class ReactivatePage(SectionPage):
    """``/console/settings/team/<practitioner_id>/reactivate``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, practitioner_id: UUID) -> None:
        """Let the account's practitioner in again."""
        context = context_of(req)
        command = SetTeamMemberActive(practitioner_id=practitioner_id, active=True)
        context.backend.ask(SET_TEAM_MEMBER_ACTIVE, command, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, flash.Flash.MEMBER_REACTIVATED)
        see_other(resp, TEAM.address)


def _whom(people: list[TeamMember]) -> dict[UUID, str]:
    """For whom each assistant works who does not work for all, by name."""
    names = {one.id: one.name for one in people}
    return {
        one.id: ", ".join(names.get(whom, "") for whom in one.works_for)
        for one in people
        if one.works_for is not None
    }


def _member(req: falcon.Request, practitioner_id: UUID) -> tuple[TeamMember, list[TeamMember]]:
    """An account, and the whole team.

    Raises:
        NotFound: there is no such account.
    """
    people = context_of(req).backend.ask(LIST_TEAM, Nothing()).items
    for one in people:
        if one.id == practitioner_id:
            return one, people
    raise NotFound("not_found", "There is no such account in this practice.")
