"""Who asks, and what each role may do."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.errors import Forbidden
from portal_contracts.permissions import (
    ROLE_PERMISSIONS,
    Permission,
    has_permission,
    require_kind,
    require_permission,
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
