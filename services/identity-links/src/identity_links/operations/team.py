"""A practice's team: what an account is called and may do, and whom it lets in.

Every change takes the practice's row first, so that of two owners who change something at
once the second sees what the first has done: one stays, whatever the two wanted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Access, Act, note
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.people import Practitioner, SaidOfMember
from identity_links.domain.practice_fields import checked_practitioner_name
from identity_links.domain.team import checked_works_for, require_owner_left
from identity_links.messages.team import team_member
from identity_links.operations.authority import (
    not_found,
    require_no_more_than_own,
    require_practice,
)
from identity_links.storage import (
    access_log,
    api_tokens,
    devices,
    invitations,
    known_browsers,
    password_resets,
    practices,
    second_factors,
    team,
)
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.actor import Caller, Role
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.identity_links.events import AccountStatus, PractitionerStatusChanged
from portal_contracts.identity_links.rpc.team import (
    EditTeamMember,
    GetTeamMember,
    SetTeamMemberActive,
    Team,
    TeamMember,
    TeamMemberChanged,
)
from portal_contracts.permissions import Permission


def list_team(tx: Transaction, caller: Caller) -> Team:
    """All accounts of the practice, those that are in first, in order of their names.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_READ)
    items = [team_member(one) for one in team.members(tx, practice_id)]
    return Team(
        items=sorted(
            items, key=lambda one: (one.deactivated_at is not None, one.name.casefold(), one.id)
        )
    )


def get_team_member(tx: Transaction, command: GetTeamMember, caller: Caller) -> TeamMember:
    """One account of the practice.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_READ)
    found = team.members(tx, practice_id, practitioner_id=command.practitioner_id)
    if not found:
        raise not_found()
    return team_member(found[0])


def edit_team_member(
    tx: Transaction, command: EditTeamMember, caller: Caller, *, now: datetime
) -> TeamMemberChanged:
    """Say anew what an account is called, what it may, and whom an assistant works for.

    It holds from the next request on; invitations that somebody sent who is no owner any more
    end. Logged as ``practitioner.changed``, and ``invitation.withdrawn`` for each.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Invalid: ``practitioner_fields``.
        Conflict: ``stale_version``; ``last_owner``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    member = _locked(tx, command.practitioner_id, practice_id)
    if command.version != member.version:
        raise Conflict("stale_version", "Somebody has changed the account meanwhile.")
    chosen = None if command.works_for is None else tuple(command.works_for)
    said = SaidOfMember(command.name, command.role, chosen)
    return change_member(tx, member, said, caller, now=now)


def set_team_member_active(
    tx: Transaction, command: SetTeamMemberActive, caller: Caller, *, now: datetime
) -> TeamMemberChanged:
    """Deactivate an account, or let its owner in again; see `deactivate` and `reactivate`.

    Raises:
        Forbidden: ``not_allowed``; see `require_no_more_than_own`.
        NotFound: ``not_found``.
        Conflict: ``last_owner``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    member = _locked(tx, command.practitioner_id, practice_id)
    if command.active:
        require_no_more_than_own(caller.actor, member.role)
    act = reactivate if command.active else deactivate
    return TeamMemberChanged(practitioner_id=member.id, version=act(tx, member, caller, now=now))


def locked_anywhere(tx: Transaction, address: str) -> Practitioner:
    """The account of an e-mail address, once nobody else changes its team; for the admin script.

    Raises:
        NotFound: ``not_found``.
    """
    account = practices.practitioner_by_email(tx, email_key(normalise_email(address) or ""))
    if account is None:
        raise NotFound("not_found", "There is no practitioner with this address.")
    return _locked(tx, account.practitioner.id, account.practitioner.practice_id)


def change_member(
    tx: Transaction, member: Practitioner, said: SaidOfMember, caller: Caller, *, now: datetime
) -> TeamMemberChanged:
    """Store what is said anew of a locked account; saying the same again changes nothing.

    Raises:
        Invalid: ``practitioner_fields``.
        Conflict: ``last_owner``.
    """
    practice_id = member.practice_id
    works_for = checked_works_for(said.works_for, said.role, team.colleagues(tx, practice_id))
    checked = SaidOfMember(checked_practitioner_name(said.name), said.role, works_for)
    if checked == member.said:
        return TeamMemberChanged(practitioner_id=member.id, version=member.version)
    if checked.role is not Role.OWNER:
        require_owner_left(team.owners(tx, practice_id), member.id)
    if checked.role is Role.ASSISTANT:
        team.stop_working_for(tx, member.id, practice_id)
    version = team.say(tx, member.id, checked)
    rows = [_noted(Act.PRACTITIONER_CHANGED, member, caller, now)]
    if checked.role is not Role.OWNER:
        # Who may invite nobody any more has let nobody in who has not come yet.
        rows += _withdrawn(tx, member, caller, now)
    access_log.append(tx, *rows)
    return TeamMemberChanged(practitioner_id=member.id, version=version)


def deactivate(tx: Transaction, member: Practitioner, caller: Caller, *, now: datetime) -> int:
    """End all that lets the practitioner in: devices, API tokens, invitations she sent.

    Her name stays on what she wrote. Nobody is offered times with her any more: publishes
    `PractitionerStatusChanged`. Done also when it was so before. Logged as
    ``practitioner.deactivated``, with a row for whatever else ended.

    Args:
        tx: the transaction.
        member: the locked account.
        caller: who asks.
        now: aware UTC.

    Returns:
        The account's version.

    Raises:
        Conflict: ``last_owner``.
    """
    if not member.active:
        return member.version
    require_owner_left(team.owners(tx, member.practice_id), member.id)
    version = team.set_deactivated(tx, member.id, now)
    known_browsers.forget_of_practitioner(tx, member.id)
    second_factors.end_steps_of(tx, member.id)
    password_resets.end_of(tx, member.id)
    ended = {
        Act.DEVICE_REVOKED: devices.end_of_practitioner(tx, member.id, now),
        Act.API_TOKEN_REVOKED: api_tokens.revoke_of_practitioner(tx, member.id, now),
    }
    _publish_status(tx, member, caller, AccountStatus.DEACTIVATED, now)
    rows = [_noted(Act.PRACTITIONER_DEACTIVATED, member, caller, now)]
    for act, ids in ended.items():
        rows += [note(caller, act, member.practice_id, now, subject_id=one) for one in ids]
    access_log.append(tx, *rows, *_withdrawn(tx, member, caller, now))
    return version


def reactivate(tx: Transaction, member: Practitioner, caller: Caller, *, now: datetime) -> int:
    """Let the practitioner in again, by the password that she had; see `deactivate`.

    Publishes `PractitionerStatusChanged`. Logged as ``practitioner.reactivated``.

    Returns:
        The account's version.
    """
    if member.active:
        return member.version
    version = team.set_deactivated(tx, member.id, None)
    _publish_status(tx, member, caller, AccountStatus.ACTIVE, now)
    access_log.append(tx, _noted(Act.PRACTITIONER_REACTIVATED, member, caller, now))
    return version


def _withdrawn(
    tx: Transaction, member: Practitioner, caller: Caller, now: datetime
) -> list[Access]:
    """What is to be logged of the invitations that a practitioner sent, and that end now."""
    ended = invitations.end_of_inviter(tx, member.id, now)
    act, practice_id = Act.INVITATION_WITHDRAWN, member.practice_id
    return [note(caller, act, practice_id, now, subject_id=one) for one in ended]


def _locked(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> Practitioner:
    team.lock_team(tx, practice_id)
    member = team.find(tx, practitioner_id, practice_id)
    if member is None:
        raise not_found()
    return member


def _noted(act: Act, member: Practitioner, caller: Caller, now: datetime) -> Access:
    return note(caller, act, member.practice_id, now, subject_id=member.id)


def _publish_status(
    tx: Transaction, member: Practitioner, caller: Caller, status: AccountStatus, now: datetime
) -> None:
    outbox.record(
        tx,
        PractitionerStatusChanged(practitioner_id=member.id, status=status),
        practice_id=member.practice_id,
        aggregate=("practitioner_status", member.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
