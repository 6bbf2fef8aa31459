"""The released process: it answers over RabbitMQ, refuses, reports its health."""

from datetime import timedelta

import pytest

from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import PortalOf
from portal_contracts.errors import Forbidden
from portal_contracts.scheduling.events import ScheduleAccessRecorded
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from tests.kit.callers import Callers


@pytest.fixture
def scheduling(start_service, database):
    return start_service("scheduling", database=database)


@pytest.fixture
def rpc(amqp_uri, scheduling):
    client = Callers(amqp_uri)
    yield client
    client.close()


def test_a_client_is_answered_with_her_own_calendar(rpc, calendar):
    today = Clock().now().replace(microsecond=0)
    anna, ben = calendar.client(), calendar.client()
    appointment = calendar.appointment(anna, today + timedelta(days=1))
    session = calendar.session(anna, today - timedelta(days=1))
    calendar.service(self_scheduling=True)

    schedule = rpc.call(PORTAL_SCHEDULE, PortalOf(), actor=anna)
    assert [one.id for one in schedule.upcoming] == [appointment]
    assert schedule.upcoming[0].starts_at == today + timedelta(days=1)
    assert schedule.upcoming[0].status == "confirmed"
    assert [one.id for one in schedule.past] == [session]
    assert (len(schedule.upcoming), len(schedule.past), schedule.can_book) == (1, 1, True)

    his = rpc.call(PORTAL_SCHEDULE, PortalOf(), actor=ben)
    assert (len(his.upcoming), len(his.past), his.can_book) == (0, 0, True)


def test_others_are_refused_and_it_is_told(rpc, scheduling, desk):
    practitioner = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for actor in (NOBODY, practitioner, service_actor("notifications")):
        with pytest.raises(Forbidden) as error:
            rpc.call(PORTAL_SCHEDULE, PortalOf(), actor=actor, request_id="request-1")
        assert error.value.code == "not_allowed"
    # A practice's access log tells of its people; nobody's tries and forged ones are in the log.
    (told,) = desk.events(ScheduleAccessRecorded)
    assert (told.actor, told.data.outcome) == (practitioner, "denied")
    told_by = {"refused": "nobody:-", "call_forged": "service:notifications"}
    refused = [line for line in scheduling.log_lines() if line["event"] in told_by]
    assert {line["event"]: line["actor"] for line in refused} == told_by
    assert {line["method"] for line in refused} == {"scheduling.portal_schedule"}
    assert {line["request_id"] for line in refused} == {"request-1"}


def test_it_is_ready_and_stops_when_told(scheduling):
    found = scheduling.readiness()
    assert found["service"] == "scheduling"
    assert set(found["checks"].values()) == {"ok"}
    assert found["tzdata"]
    assert scheduling.stop() == 0
