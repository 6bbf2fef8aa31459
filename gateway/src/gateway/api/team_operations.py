"""Operations on a practice's team: its accounts, and invitations into it."""

from __future__ import annotations

from typing import Final

from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.identity_links.rpc.invitations import (
    GET_INVITATION,
    INVITE_PRACTITIONER,
    LIST_INVITATIONS,
    RESEND_INVITATION,
    WITHDRAW_INVITATION,
)
from portal_contracts.identity_links.rpc.team import (
    GET_TEAM_MEMBER,
    LIST_TEAM,
    SET_TEAM_MEMBER_ACTIVE,
)
from portal_contracts.permissions import Permission

_TEAM: Final = Heading("Team", Owner.PRACTITIONER)
_MEMBER: Final = "/team/{practitioner_id}"
_INVITATION: Final = "/invitations/{invitation_id}"

OPERATIONS: Final[tuple[Operation, ...]] = (
    _TEAM.call(
        "GET /team",
        LIST_TEAM,
        "All accounts of the practice, deactivated ones too.",
        Permission.TEAM_READ,
    ),
    _TEAM.call(
        f"GET {_MEMBER}",
        GET_TEAM_MEMBER,
        "One account of the practice.",
        Permission.TEAM_READ,
    ),
    _TEAM.call(
        f"POST {_MEMBER}/status",
        SET_TEAM_MEMBER_ACTIVE,
        "Deactivate an account, or let its practitioner in again.",
        Permission.TEAM_WRITE,
        note="Deactivating ends devices, API tokens and open invitations of the account at once. "
        "The last owner stays. A token lets nobody in again who may more than itself.",
    ),
    _TEAM.call(
        "GET /invitations",
        LIST_INVITATIONS,
        "The invitations that nobody has accepted.",
        Permission.TEAM_READ,
    ),
    _TEAM.call(
        f"GET {_INVITATION}",
        GET_INVITATION,
        "One invitation that nobody has accepted.",
        Permission.TEAM_READ,
    ),
    _TEAM.call(
        "POST /invitations",
        INVITE_PRACTITIONER,
        "Invite somebody into the practice by e-mail.",
        Permission.TEAM_WRITE,
        note="A token invites no owner, and nobody whose role may more than the token.",
        created=_INVITATION,
    ),
    _TEAM.call(
        f"POST {_INVITATION}/resend",
        RESEND_INVITATION,
        "Mail an invitation again; the address mailed before ends.",
        Permission.TEAM_WRITE,
        created=_INVITATION,
    ),
    _TEAM.call(
        f"DELETE {_INVITATION}",
        WITHDRAW_INVITATION,
        "Withdraw an invitation.",
        Permission.TEAM_WRITE,
    ),
)
