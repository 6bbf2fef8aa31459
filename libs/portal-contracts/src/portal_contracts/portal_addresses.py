"""Where in the portal the things stand that links, mails and calendar entries lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from portal_contracts.identity_links.rpc.targets import Target, TargetKind

TARGET_PATHS: Final[Mapping[TargetKind, str]] = {
    TargetKind.HOME: "/home",
    TargetKind.FORM: "/forms",
    TargetKind.APPOINTMENT: "/appointments",
    TargetKind.SUMMARY: "/sessions",
}
"""The list that holds the things of a kind; one of them stands below it, by its id."""

INVITATION_PATH: Final = "/p/join"
"""Below it, by its token, an invitation into a practice's team is accepted."""

INVITATION_PREFIX: Final = "lk_join_"
"""How the token of an invitation begins."""

ACCOUNT_PATH: Final = "/console/settings/account"
"""The page of a practitioner's own account."""

BUSY_CALENDARS_PATH: Final = "/console/availability/calendars"
"""The page of the calendars that a practitioner keeps elsewhere."""

SECOND_FACTOR_PATH: Final = f"{ACCOUNT_PATH}/second-factor"
"""Where the second factor is set up."""

RESET_PATH: Final = "/p/new-password"
"""Below it, by the token of its mail, a practitioner sets a forgotten password anew."""

_KINDS: Final = {path: kind for kind, path in TARGET_PATHS.items()}
_UUID: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_WITH_AN_END: Final = re.compile(rf"(/(?:console/)?[a-z]+/{_UUID})[^A-Za-z0-9/-].*", re.DOTALL)
_WITH_SLASHES: Final = re.compile(r"((?:/[A-Za-z0-9_-]+)+)/+")
_PATH: Final = re.compile(rf"(/[a-z]+)/({_UUID})(?:/.*)?")


def target_path(target: Target) -> str:
    """The clean address of what a link opens: one thing, or the list it would stand in."""
    path = TARGET_PATHS[target.kind]
    return path if target.id is None or target.kind is TargetKind.HOME else f"{path}/{target.id}"


def target_of(path: str) -> Target:
    """The thing that a page's address is about; home for an address that is about none."""
    found = _PATH.fullmatch(path)
    kind = _KINDS.get(found[1]) if found else None
    if found is None or kind is None or kind is TargetKind.HOME:
        return Target()
    return Target(kind=kind, id=UUID(found[2]))


def without_end(path: str) -> str | None:
    """The address of a page, of which somebody took what follows for a part; None: it is none.

    A slash behind any; behind that of a thing a full stop, a bracket or half a sentence too,
    where the address was written in a text.
    """
    found = _WITH_AN_END.fullmatch(path) or _WITH_SLASHES.fullmatch(path)
    return found[1] if found else None
