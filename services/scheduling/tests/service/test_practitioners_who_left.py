"""Nobody is offered times with a practitioner whose account is not in use."""

from datetime import UTC, date, datetime

import pytest

from portal_chassis.ids import new_id
from portal_contracts.actor import service_actor
from portal_contracts.calls import Nothing
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.identity_links.events import AccountStatus, PractitionerStatusChanged
from portal_contracts.scheduling.rpc.booking import (
    HOLD_TIME,
    MOVE_OWN_APPOINTMENT,
    HoldTime,
    MoveOwnAppointment,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, ListFreeTimes
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from scheduling.operations.practitioners import keep_status

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
ELEVEN = TEN.replace(hour=10)


@pytest.fixture
def told(database, calendar, now):
    """identity-links tells that the practitioner left, or is back."""

    def tell(*, active, seq):
        event = Event(
            id=new_id(),
            type=PractitionerStatusChanged.TYPE,
            occurred_at=now,
            practice_id=calendar.practice_id,
            aggregate=Aggregate(type="practitioner_status", id=calendar.practitioner_id, seq=seq),
            actor=service_actor("identity-links-admin"),
            request_id="request-1",
            data=PractitionerStatusChanged(
                practitioner_id=calendar.practitioner_id,
                status=AccountStatus.ACTIVE if active else AccountStatus.DEACTIVATED,
            ),
        )
        with database.transaction() as tx:
            keep_status(tx, event)

    return tell


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def service(calendar):
    calendar.hours(("09:00", "13:00"))
    return calendar.offer()


def offered(desk, anna):
    return [one.id for one in desk.ask(LIST_OFFERED, Nothing(), anna).items]


def free(desk, anna, service, **more):
    day = date(2026, 12, 3)
    command = ListFreeTimes(
        service_id=service, first_on=day, last_on=day, timezone="Europe/Berlin", **more
    )
    return desk.ask(LIST_FREE_TIMES, command, anna).starts


def test_who_left_is_offered_to_nobody_and_who_is_back_is_offered_again(
    desk, calendar, anna, service, told
):
    assert (offered(desk, anna), len(free(desk, anna, service))) == ([service], 4)
    told(active=False, seq=1)
    assert offered(desk, anna) == []
    hold = HoldTime(service_id=service, starts_at=TEN)
    with pytest.raises(NotFound):
        free(desk, anna, service)
    with pytest.raises(Conflict):
        desk.ask(HOLD_TIME, hold, anna)
    told(active=True, seq=2)
    # A late event changes nothing.
    told(active=False, seq=1)
    assert offered(desk, anna) == [service]
    desk.ask(HOLD_TIME, hold, anna)


def test_an_appointment_with_who_left_stands_and_is_not_moved_by_its_client(
    desk, calendar, anna, service, told
):
    appointment = calendar.appointment(anna, TEN, service_id=service)
    assert ELEVEN in free(desk, anna, service, moving=appointment)
    told(active=False, seq=1)
    assert free(desk, anna, service, moving=appointment) == []
    with pytest.raises(Conflict) as refused:
        desk.ask(
            MOVE_OWN_APPOINTMENT,
            MoveOwnAppointment(appointment_id=appointment, starts_at=ELEVEN),
            anna,
        )
    assert refused.value.code == "not_offered"


def test_a_colleague_is_offered_as_before(desk, calendar, anna, service, told):
    colleague = calendar.colleague()
    colleague.hours(("09:00", "13:00"))
    theirs = colleague.offer()
    told(active=False, seq=1)
    assert offered(desk, anna) == [theirs]
