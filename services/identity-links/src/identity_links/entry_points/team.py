"""A practice's team, and how people come into it."""

from __future__ import annotations

from functools import partial

from identity_links.entry_points.password_turns import hash_in_turn
from identity_links.entry_points.wiring import Wiring
from identity_links.operations import accepting, handing_over, invitations, team
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc import handing_over as handing_over_contract
from portal_contracts.identity_links.rpc import invitations as invitation_contract
from portal_contracts.identity_links.rpc import team as contract
from portal_contracts.identity_links.rpc.devices import ConsoleDevice


class TeamCalls(Wiring):
    """A practice's team, and how people come into it."""

    # --- who works there -----------------------------------------------------------

    @rpc(contract.LIST_TEAM)
    def list_team(self, tx: Transaction, _command: Nothing, call: Call) -> contract.Team:
        """All accounts of the practice."""
        return team.list_team(tx, call)

    @rpc(contract.GET_TEAM_MEMBER)
    def get_team_member(
        self, tx: Transaction, command: contract.GetTeamMember, call: Call
    ) -> contract.TeamMember:
        """One account."""
        return team.get_team_member(tx, command, call)

    @rpc(contract.EDIT_TEAM_MEMBER)
    def edit_team_member(
        self, tx: Transaction, command: contract.EditTeamMember, call: Call
    ) -> contract.TeamMemberChanged:
        """Change an account."""
        return team.edit_team_member(tx, command, call, now=call.now)

    @rpc(contract.SET_TEAM_MEMBER_ACTIVE)
    def set_team_member_active(
        self, tx: Transaction, command: contract.SetTeamMemberActive, call: Call
    ) -> contract.TeamMemberChanged:
        """Deactivate an account, or let it in again."""
        return team.set_team_member_active(tx, command, call, now=call.now)

    @rpc(handing_over_contract.HAND_OVER)
    def hand_over(
        self, tx: Transaction, command: handing_over_contract.HandOver, call: Call
    ) -> Done:
        """Hand clients, appointments and forms over."""
        return handing_over.hand_over(tx, command, call, now=call.now)

    # --- invitations ---------------------------------------------------------------

    @rpc(invitation_contract.INVITE_PRACTITIONER)
    def invite_practitioner(
        self, tx: Transaction, command: invitation_contract.InvitePractitioner, call: Call
    ) -> invitation_contract.Invited:
        """Invite somebody."""
        return invitations.invite_practitioner(tx, command, call, now=call.now)

    @rpc(invitation_contract.LIST_INVITATIONS)
    def list_invitations(
        self, tx: Transaction, _command: Nothing, call: Call
    ) -> invitation_contract.Invitations:
        """Invitations that nobody has accepted."""
        return invitations.list_invitations(tx, call, now=call.now)

    @rpc(invitation_contract.GET_INVITATION)
    def get_invitation(
        self, tx: Transaction, command: invitation_contract.NameInvitation, call: Call
    ) -> invitation_contract.Invitation:
        """One invitation."""
        return invitations.get_invitation(tx, command, call, now=call.now)

    @rpc(invitation_contract.RESEND_INVITATION)
    def resend_invitation(
        self, tx: Transaction, command: invitation_contract.NameInvitation, call: Call
    ) -> invitation_contract.Invited:
        """Mail an invitation again."""
        return invitations.resend_invitation(tx, command, call, now=call.now)

    @rpc(invitation_contract.WITHDRAW_INVITATION)
    def withdraw_invitation(
        self, tx: Transaction, command: invitation_contract.NameInvitation, call: Call
    ) -> Done:
        """Withdraw an invitation."""
        return invitations.withdraw_invitation(tx, command, call, now=call.now)

    @rpc(invitation_contract.INSPECT_INVITATION)
    def inspect_invitation(
        self, tx: Transaction, command: invitation_contract.InspectInvitation, call: Call
    ) -> invitation_contract.InvitationStanding:
        """How an invitation stands."""
        return invitations.inspect_invitation(tx, command, now=call.now)

    @rpc(invitation_contract.ACCEPT_INVITATION, runs_in=RunsIn.NOTHING)
    def accept_invitation(
        self, command: invitation_contract.AcceptInvitation, call: Call
    ) -> ConsoleDevice:
        """Make the account of an invitation."""
        return accepting.accept_invitation(
            self.database,
            command,
            call,
            hash_password=partial(hash_in_turn, self.password_turn),
            lifetime=self.settings.console_lifetime,
            now=call.now,
        )

    @rpc(invitation_contract.PREPARE_INVITATION, runs_in=RunsIn.TRANSACTION)
    def prepare_invitation(
        self, tx: Transaction, command: invitation_contract.PrepareInvitation, call: Call
    ) -> invitation_contract.InvitationFacts:
        """Register a sending attempt's token, tell the facts of the mail."""
        return invitations.prepare_invitation(tx, command, call, now=call.now)
