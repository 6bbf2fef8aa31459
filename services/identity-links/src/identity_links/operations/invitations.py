"""Invitations into a practice's team: sent, sent again, withdrawn; inspected and accepted.

Whether an address has an account in another practice is told to nobody but whoever reads its
mails: an invitation goes out all the same, and its page says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.email_addresses import email_key
from identity_links.domain.invitations import (
    INVITATION_LIVES,
    MOST_OPEN_INVITATIONS,
    InvitationEnd,
    StoredInvitation,
)
from identity_links.domain.people import Practice
from identity_links.domain.practice_fields import PractitionerFields, check_practitioner_fields
from identity_links.domain.team import checked_works_for
from identity_links.domain.throttle import INVITATIONS_BY_PRACTICE, throttle_key
from identity_links.messages.team import invitation_facts, invitation_row, invitation_standing
from identity_links.operations.authority import (
    not_found,
    require_no_more_than_own,
    require_practice,
)
from identity_links.storage import access_log, invitations, practices, team, throttle
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.events import PractitionerInvited
from portal_contracts.identity_links.rpc.invitations import (
    InspectInvitation,
    Invitation,
    InvitationFacts,
    Invitations,
    InvitationStanding,
    InvitationState,
    Invited,
    InvitePractitioner,
    NameInvitation,
    PrepareInvitation,
)
from portal_contracts.permissions import Permission, require_kind


def invite_practitioner(
    tx: Transaction, command: InvitePractitioner, caller: Caller, *, now: datetime
) -> Invited:
    """Invite somebody by e-mail; publishes `PractitionerInvited`.

    One that has expired is replaced. Logged as ``practitioner.invited``.

    Raises:
        Forbidden: ``not_allowed``; ``too_many_requests``: so many were mailed today.
        Invalid: ``practitioner_fields``.
        Conflict: ``email_taken``: of an account of this practice, deactivated or not;
            ``already_invited``; ``invitation_limit_reached``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    fields = PractitionerFields(
        name=command.name,
        email=command.email,
        role=command.role,
        language=command.language,
        works_for=None if command.works_for is None else tuple(command.works_for),
    )
    return invite(tx, practice_id, fields, caller, now=now)


def invite(
    tx: Transaction,
    practice_id: UUID,
    fields: PractitionerFields,
    caller: Caller,
    *,
    now: datetime,
) -> Invited:
    """Invite somebody into any practice; see `invite_practitioner`.

    Raises:
        NotFound: ``not_found``: no such practice.
    """
    practice = practices.find(tx, practice_id, lock=True)
    if practice is None:
        raise not_found()
    asked = replace(fields, language=fields.language or practice.fields.language)
    checked = check_practitioner_fields(asked)
    works_for = checked_works_for(checked.works_for, checked.role, team.colleagues(tx, practice_id))
    key = email_key(checked.email)
    account = practices.practitioner_by_email(tx, key)
    if account is not None and account.practitioner.practice_id == practice_id:
        raise Conflict("email_taken", "There is an account with this address.")
    former = invitations.of_address(tx, practice_id, key)
    if former is not None:
        if former.state(now) is InvitationState.OPEN:
            raise Conflict("already_invited", "An invitation to this address is open.")
        invitations.end(tx, former.id, InvitationEnd.REPLACED, now)
    if invitations.count_open(tx, practice_id, now) >= MOST_OPEN_INVITATIONS:
        detail = f"Withdraw one: {MOST_OPEN_INVITATIONS} open invitations are as many as can be."
        raise Conflict("invitation_limit_reached", detail)
    new = StoredInvitation(
        id=new_id(),
        practice_id=practice_id,
        name=checked.name,
        email=checked.email,
        role=checked.role,
        works_for=works_for,
        language=checked.language,
        invited_by=caller.actor.id if caller.actor.kind is ActorKind.PRACTITIONER else None,
        created_at=now,
        expires_at=now + INVITATION_LIVES,
    )
    return _sent(tx, new, caller, now)


def list_invitations(tx: Transaction, caller: Caller, *, now: datetime) -> Invitations:
    """The invitations that nobody has accepted and nobody withdrew, the newest first.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_READ)
    rows = invitations.not_ended(tx, practice_id)
    return Invitations(items=[invitation_row(one, now) for one in rows])


def get_invitation(
    tx: Transaction, command: NameInvitation, caller: Caller, *, now: datetime
) -> Invitation:
    """One invitation that nobody has accepted and nobody withdrew.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_READ)
    for one in invitations.not_ended(tx, practice_id):
        if one.id == command.invitation_id:
            return invitation_row(one, now)
    raise not_found()


def resend_invitation(
    tx: Transaction, command: NameInvitation, caller: Caller, *, now: datetime
) -> Invited:
    """Mail an invitation again, for as long anew; the address mailed before ends.

    It is a new invitation in the place of the former one. Logged as ``practitioner.invited``.

    Raises:
        Forbidden: ``not_allowed``; ``too_many_requests``.
        NotFound: ``not_found``: unknown, another practice's, accepted or withdrawn.
        Conflict: ``email_taken``: there is an account of this practice by now.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    former = invitations.find(tx, command.invitation_id, practice_id)
    if former is None or former.ended_by is not None:
        raise not_found()
    account = practices.practitioner_by_email(tx, email_key(former.email))
    if account is not None and account.practitioner.practice_id == practice_id:
        raise Conflict("email_taken", "There is an account with this address.")
    invitations.end(tx, former.id, InvitationEnd.REPLACED, now)
    again = replace(
        former,
        id=new_id(),
        invited_by=caller.actor.id,
        created_at=now,
        expires_at=now + INVITATION_LIVES,
    )
    return _sent(tx, again, caller, now)


def withdraw_invitation(
    tx: Transaction, command: NameInvitation, caller: Caller, *, now: datetime
) -> Done:
    """Withdraw an invitation; done also when it had ended. Logged as ``invitation.withdrawn``.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: unknown, or another practice's.
    """
    practice_id = require_practice(caller.actor, Permission.TEAM_WRITE)
    if invitations.find(tx, command.invitation_id, practice_id) is None:
        raise not_found()
    if invitations.end(tx, command.invitation_id, InvitationEnd.WITHDRAWN, now):
        act = Act.INVITATION_WITHDRAWN
        withdrawn = note(caller, act, practice_id, now, subject_id=command.invitation_id)
        access_log.append(tx, withdrawn)
    return Done()


def inspect_invitation(
    tx: Transaction, command: InspectInvitation, *, now: datetime
) -> InvitationStanding:
    """How an invitation stands, for whoever holds its address; changes nothing."""
    stored = invitations.by_token(tx, command.token_hash)
    taken = stored is not None and (
        practices.practitioner_by_email(tx, email_key(stored.email)) is not None
    )
    return invitation_standing(stored, _practice(tx, stored), now, taken=taken)


def prepare_invitation(
    tx: Transaction, command: PrepareInvitation, caller: Caller, *, now: datetime
) -> InvitationFacts:
    """Register a sending attempt's token, tell the facts of the mail; safe to repeat.

    Raises:
        Forbidden: ``not_allowed``: only services write mails.
        NotFound: ``not_found``: it has ended.
        Conflict: ``token_taken``: the token is another invitation's.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    stored = invitations.by_id(tx, command.invitation_id)
    practice = _practice(tx, stored)
    if stored is None or practice is None or stored.state(now) is not InvitationState.OPEN:
        raise not_found()
    if not invitations.insert_token(tx, stored.id, command.token_hash, now):
        raise Conflict("token_taken", "This token belongs to another invitation.")
    return invitation_facts(stored, practice)


def _sent(tx: Transaction, new: StoredInvitation, caller: Caller, now: datetime) -> Invited:
    """Store an invitation and have it mailed.

    Raises:
        Forbidden: see `require_no_more_than_own`; ``too_many_requests`` with
            `retry_after_seconds`.
        Conflict: ``already_invited``: another request was quicker.
    """
    require_no_more_than_own(caller.actor, new.role)
    key = throttle_key("invitations", str(new.practice_id))
    if wait := throttle.count_use(tx, key, INVITATIONS_BY_PRACTICE, now):
        detail = "So many invitations were mailed within a day."
        raise Forbidden("too_many_requests", detail, retry_after_seconds=wait)
    if not invitations.insert_invitation(tx, new, email_key(new.email)):
        raise Conflict("already_invited", "An invitation to this address is open.")
    outbox.record(
        tx,
        PractitionerInvited(invitation_id=new.id),
        practice_id=new.practice_id,
        aggregate=("invitation", new.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
    sent = note(caller, Act.PRACTITIONER_INVITED, new.practice_id, now, subject_id=new.id)
    access_log.append(tx, sent)
    return Invited(invitation_id=new.id, expires_at=new.expires_at)


def _practice(tx: Transaction, stored: StoredInvitation | None) -> Practice | None:
    if stored is None:
        return None
    fields = practices.practice_fields(tx, stored.practice_id)
    return None if fields is None else Practice(stored.practice_id, fields)
