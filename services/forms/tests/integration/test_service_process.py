"""The released process: it answers over RabbitMQ, refuses, reports its health."""

from datetime import date

import pytest

from portal_chassis.ids import new_id
from portal_chassis.rpc_client import RpcClient
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import Nothing
from portal_contracts.errors import Forbidden
from portal_contracts.forms.rpc import PORTAL_FORMS


@pytest.fixture
def forms(start_service, database):
    return start_service("forms", database=database)


@pytest.fixture
def rpc(amqp_uri, forms):
    client = RpcClient(amqp_uri, "tests")
    yield client
    client.close()


def test_a_client_is_answered_with_her_own_forms(rpc, practice):
    anna, ben = practice.client(), practice.client()
    started = practice.request(anna, state="started", due_on=date(2026, 12, 9))
    practice.draft(anna, started, percent=25)
    practice.request(anna, state="submitted")

    hers = rpc.call(PORTAL_FORMS, Nothing(), actor=anna)
    assert [(one.id, one.percent, one.due_on) for one in hers.to_do] == [
        (started, 25, date(2026, 12, 9))
    ]
    assert hers.to_do[0].sent_at.tzinfo is not None
    assert hers.submitted_total == 1

    his = rpc.call(PORTAL_FORMS, Nothing(), actor=ben)
    assert (his.to_do, his.submitted_total) == ([], 0)


def test_others_are_refused_and_the_log_tells_it_by_ids_alone(rpc, forms):
    practitioner = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for actor in (NOBODY, practitioner, service_actor("notifications")):
        with pytest.raises(Forbidden) as error:
            rpc.call(PORTAL_FORMS, Nothing(), actor=actor, request_id="request-1")
        assert error.value.code == "not_allowed"
    refused = [line for line in forms.log_lines() if line["event"] == "refused"]
    assert [line["actor"] for line in refused] == [
        "nobody:-",
        f"practitioner:{practitioner.id}",
        "service:notifications",
    ]
    assert {line["method"] for line in refused} == {"forms.portal_forms"}
    assert {line["request_id"] for line in refused} == {"request-1"}


def test_it_is_ready_and_stops_when_told(forms):
    found = forms.readiness()
    assert found["service"] == "forms"
    assert set(found["checks"].values()) == {"ok"}
    assert found["tzdata"]
    assert forms.stop() == 0
