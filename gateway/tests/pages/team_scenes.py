"""The team in the settings, and whoever joins it, in every state worth a look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import fixtures as made
from scene import Scene, settings

from gateway.console.settings.sections import TEAM
from gateway.words.language import LANGUAGES
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.invitations import (
    Invitation,
    Invitations,
    InvitationStanding,
    InvitationState,
)
from portal_contracts.identity_links.rpc.team import Team, TeamMember
from portal_contracts.scheduling.rpc.handing_over import HandedAppointment, InTheWay

ROLES = [str(one) for one in Role]
DAY = timedelta(days=1)


def _member(key: int, name: str, role: Role, **more: Any) -> TeamMember:
    given = {
        "id": made.number(key),
        "version": 1,
        "name": name,
        "email": f"{name.rsplit(maxsplit=1)[-1].lower()}@seeblick.example",
        "role": role,
        "language": "en",
        "works_for": None,
        "created_at": made.NOW - 400 * DAY,
        "last_seen_at": made.NOW - DAY,
        "deactivated_at": None,
    }
    return TeamMember(**(given | more))


OWNER = _member(2, "Dr. Miriam Rivera", Role.OWNER, second_factor=True)
JONAS = _member(3, "Jonas Feld", Role.PRACTITIONER)
SAM = _member(4, "Sam Weber", Role.ASSISTANT, works_for=[JONAS.id], last_seen_at=None)
LEFT = _member(5, "Vera Lindt", Role.PRACTITIONER, deactivated_at=made.NOW - 3 * DAY)
PEOPLE = [OWNER, JONAS, SAM, LEFT]


def _invitation(key: int, name: str, state: InvitationState) -> Invitation:
    return Invitation(
        id=made.number(key),
        name=name,
        email=f"{name.rsplit(maxsplit=1)[-1].lower()}@mail.example",
        role=Role.PRACTITIONER,
        language="de",
        works_for=None,
        state=state,
        invited_by="Dr. Miriam Rivera",
        created_at=made.NOW - DAY,
        expires_at=made.NOW + 6 * DAY,
    )


INVITATIONS = Invitations(
    items=[
        _invitation(21, "Ben Brandt", InvitationState.OPEN),
        _invitation(22, "Carla Conrad", InvitationState.EXPIRED),
    ]
)
LISTED = {"to_come": {JONAS.id: 12, LEFT.id: 1}, "whom": {SAM.id: "Jonas Feld"}}
SAID = {"name": "Sam Weber", "role": "assistant", "all": False, "works_for": [JONAS.id]}
MEMBER = {"roles": ROLES, "colleagues": [OWNER, JONAS], "errors": {}, "version": 1}
INVITE = {**SAID, "email": "sam@mail.example", "language": "en"}


def _appointment(key: int, in_the_way: InTheWay | None, **more: bool) -> HandedAppointment:
    return HandedAppointment(
        id=made.number(30 + key),
        client_id=made.number(10 + key % 2),
        title="Counselling",
        starts_at=made.NOW + key * DAY,
        ends_at=made.NOW + key * DAY + timedelta(minutes=50),
        timezone="Europe/Berlin",
        in_the_way=in_the_way,
        **more,
    )


HAND_OVER = {
    "giver": LEFT,
    "takers": [OWNER, JONAS],
    "taker": None,
    "errors": {},
    "names": {str(made.number(10)): "Anna Bergmann", str(made.number(11)): "Ben Brandt"},
    "clients": [],
    "chosen": None,
    "fits": [],
    "outside": [],
    "taken": [],
}
SHOWN = {
    "taker": JONAS,
    "clients": [(made.number(10), "Anna Bergmann"), (made.number(11), "Ben Brandt")],
    "chosen": [made.number(10)],
    "fits": [_appointment(1, None), _appointment(2, None, in_series=True)],
    "outside": [
        _appointment(3, InTheWay.OUTSIDE_HOURS, in_series=True),
        _appointment(5, None, busy_elsewhere=True),
    ],
    "taken": [_appointment(4, InTheWay.TAKEN)],
}
MEMBER_PATH = f"{TEAM.address}/{SAM.id}"
OVER_PATH = f"{TEAM.address}/{LEFT.id}/hand-over"

TEAM_PAGES = [
    settings(
        "team", "team", TEAM.address, team=Team(items=PEOPLE), invitations=INVITATIONS, **LISTED
    ),
    settings("team-down", "team", TEAM.address, team=None, invitations=None, to_come=None, whom={}),
    settings(
        "team-member", "team_member", MEMBER_PATH, member=SAM, said=SAID, stale=False, **MEMBER
    ),
    settings(
        "team-member-stale",
        "team_member",
        MEMBER_PATH,
        member=LEFT,
        said={**SAID, "name": ""},
        stale=True,
        **(MEMBER | {"errors": {"name": "name_missing"}}),
    ),
    settings("team-deactivate", "team_deactivate", f"{MEMBER_PATH}/deactivate", member=JONAS),
    settings(
        "team-invite",
        "invite",
        f"{TEAM.address}/invite",
        said=INVITE,
        languages=LANGUAGES,
        **MEMBER,
    ),
    settings("hand-over", "hand_over", OVER_PATH, **HAND_OVER),
    settings("hand-over-shown", "hand_over", OVER_PATH, **(HAND_OVER | SHOWN)),
    settings("hand-over-nobody", "hand_over", OVER_PATH, **(HAND_OVER | {"takers": []})),
]


def _standing(state: InvitationState, **more: Any) -> InvitationStanding:
    return InvitationStanding(state=state, practice=made.PRACTICE, language="en", **more)


_OPEN = _standing(
    InvitationState.OPEN,
    name="Ben Brandt",
    email="ben@mail.example",
    role=Role.ASSISTANT,
    invited_by="Dr. Miriam Rivera",
)
_JOIN = {
    "standing": _OPEN,
    "said": {"name": "Ben Brandt", "language": "en"},
    "order": ("name", "language", "password"),
    "languages": LANGUAGES,
    "action": "/p/join/lk_join_token",
}

JOINING = [
    Scene("join", "console/join.html", {**_JOIN, "errors": {}}),
    Scene(
        "join-wrong", "console/join.html", {**_JOIN, "errors": {"password": "password_too_short"}}
    ),
    Scene("join-over", "console/join_over.html", {"standing": _standing(InvitationState.ACCEPTED)}),
]
