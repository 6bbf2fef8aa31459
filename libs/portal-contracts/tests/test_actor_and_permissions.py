"""Who asks, and what each role may do."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from msgspec.structs import replace

from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import (
    REVEALING,
    ROLE_PERMISSIONS,
    Permission,
    has_permission,
    may_reveal,
    require_kind,
    require_permission,
    require_reveal,
)

SOMEONE = UUID(int=7)


def practitioner(role: Role) -> Actor:
    return Actor(kind=ActorKind.PRACTITIONER, id=SOMEONE, practice_id=UUID(int=1), role=role)


def test_label_names_the_kind_and_the_id_and_nothing_else():
    assert practitioner(Role.OWNER).label == f"practitioner:{SOMEONE}"
    assert service_actor("notifications").label == "service:notifications"
    assert NOBODY.label == "nobody:-"


def test_every_role_has_its_row_in_the_table():
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_an_owner_may_do_everything():
    assert all(has_permission(practitioner(Role.OWNER), permission) for permission in Permission)


@pytest.mark.parametrize(
    "permission",
    [Permission.REMARK_READ, Permission.REMARK_WRITE, Permission.ACCESS_LOG_READ],
)
def test_an_assistant_sees_no_clinical_remark_and_no_access_log(permission):
    with pytest.raises(Forbidden, match="not_allowed"):
        require_permission(practitioner(Role.ASSISTANT), permission)
    require_permission(practitioner(Role.PRACTITIONER), permission)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ASSISTANT])
def test_only_the_owner_changes_the_practice(role):
    assert not has_permission(practitioner(role), Permission.PRACTICE_WRITE)


@pytest.mark.parametrize("kind", [ActorKind.NOBODY, ActorKind.CLIENT, ActorKind.SERVICE])
def test_a_role_counts_for_practitioners_alone(kind):
    pretender = Actor(kind=kind, id=SOMEONE, role=Role.OWNER)
    assert not any(has_permission(pretender, permission) for permission in Permission)


def test_a_practitioner_without_a_role_may_do_nothing():
    actor = Actor(kind=ActorKind.PRACTITIONER, id=SOMEONE)
    assert not any(has_permission(actor, permission) for permission in Permission)


def test_another_kind_of_actor_is_refused():
    require_kind(NOBODY, ActorKind.NOBODY, ActorKind.CLIENT)
    with pytest.raises(Forbidden, match="not_allowed"):
        require_kind(NOBODY, ActorKind.CLIENT)


def test_assistants_have_links_mailed_and_see_none():
    desk = practitioner(Role.ASSISTANT)
    assert has_permission(desk, Permission.LINKS_MAIL)
    assert not has_permission(desk, Permission.LINKS_REVEAL)
    assert [may_reveal(practitioner(role)) for role in Role] == [True, True, False]


@pytest.mark.parametrize("missing", sorted(REVEALING))
def test_a_link_is_shown_only_with_every_permission_for_what_a_portal_shows(missing):
    scopes = tuple(str(one) for one in Permission if one is not missing)
    program = replace(practitioner(Role.OWNER), scopes=scopes)
    assert not may_reveal(program)
    with pytest.raises(Forbidden, match=re.escape(missing)) as refused:
        require_reveal(program)
    assert refused.value.fields == {str(missing): "missing"}
    require_reveal(replace(program, scopes=tuple(map(str, Permission))))


@pytest.mark.parametrize("kind", [ActorKind.NOBODY, ActorKind.CLIENT, ActorKind.SERVICE])
def test_whoever_is_no_practitioner_is_shown_no_link(kind):
    assert not may_reveal(Actor(kind=kind, id=SOMEONE, role=Role.OWNER))
