"""Whose rows an actor may see."""

import pytest

from portal_chassis.authority.ownership import require_client
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.errors import Forbidden


def test_a_client_is_known_by_her_id_and_her_practice():
    actor = Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=new_id())
    client = require_client(actor)
    assert (client.id, client.practice_id) == (actor.id, actor.practice_id)


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        Actor(kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER),
        service_actor("notifications"),
        Actor(kind=ActorKind.CLIENT, id=new_id()),
        Actor(kind=ActorKind.CLIENT, practice_id=new_id()),
    ],
    ids=["nobody", "practitioner", "service", "client without practice", "client without id"],
)
def test_anybody_else_is_refused(actor):
    with pytest.raises(Forbidden) as error:
        require_client(actor)
    assert error.value.code == "not_allowed"
