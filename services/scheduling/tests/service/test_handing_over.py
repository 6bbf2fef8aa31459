"""Appointments to come go over to another practitioner, at the times they have."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.calls import Nothing
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.scheduling.events import AppointmentsRetained, PractitionerReplaced
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.handing_over import (
    COUNT_TO_COME,
    REVIEW_HAND_OVER,
    InTheWay,
    ReviewHandOver,
)
from portal_contracts.scheduling.rpc.series import BOOK_SERIES, BookSeries, Repeat
from scheduling.operations.handing_over import hand_over_appointments
from scheduling.storage.tables import appointment, bookable_service, booked_time

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class HandingOver:
    """A practitioner who leaves, and who takes over."""

    desk: object
    giver: object
    taker: object
    owner: object
    told: list = field(default_factory=list)

    def listed(self):
        command = ReviewHandOver(
            from_practitioner_id=self.giver.practitioner_id,
            to_practitioner_id=self.taker.practitioner_id,
        )
        return self.desk.ask(REVIEW_HAND_OVER, command, self.owner).items

    def review(self):
        return {one.id: one.in_the_way for one in self.listed()}

    def event(self, *, clients=None, left=()):
        return Event(
            id=new_id(),
            type=HandOverStarted.TYPE,
            occurred_at=self.desk.now,
            practice_id=self.giver.practice_id,
            aggregate=Aggregate(
                type="practitioner_handed_over", id=self.giver.practitioner_id, seq=1
            ),
            actor=self.owner,
            request_id="request-1",
            data=HandOverStarted(
                from_practitioner_id=self.giver.practitioner_id,
                to_practitioner_id=self.taker.practitioner_id,
                client_ids=clients,
                left_appointment_ids=list(left),
            ),
        )

    def take(self, event):
        with self.desk.database.transaction() as tx:
            return hand_over_appointments(tx, event, now=self.desk.now)

    def with_whom(self) -> dict[UUID, UUID]:
        query = select(appointment.c.id, booked_time.c.practitioner_id).join_from(
            appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id
        )
        with self.desk.database.transaction() as tx:
            return dict(tx.execute(query).all())

    def services(self):
        columns = (bookable_service.c.title, bookable_service.c.self_scheduling)
        query = select(*columns).where(
            bookable_service.c.practitioner_id == self.taker.practitioner_id
        )
        with self.desk.database.transaction() as tx:
            return [tuple(row) for row in tx.execute(query)]


@pytest.fixture
def over(desk, calendar):
    taker = calendar.colleague()
    taker.hours(("09:00", "13:00"))
    return HandingOver(desk, calendar, taker, calendar.colleague().practitioner(Role.OWNER))


def test_what_fits_goes_over_and_each_client_is_told_once(over):
    anna, ben = over.giver.client(), over.giver.client()
    service = over.giver.offer(title="Counselling")
    mine = [
        over.giver.appointment(one, TEN + at * HOUR, service_id=service)
        for at, one in enumerate((anna, anna, ben))
    ]
    past = over.giver.appointment(anna, over.desk.now - 2 * HOUR, service_id=service)
    assert over.review() == dict.fromkeys(mine)
    assert over.take(over.event()) == 3
    taker, giver = over.taker.practitioner_id, over.giver.practitioner_id
    assert over.with_whom() == {**dict.fromkeys(mine, taker), past: giver}
    told = over.desk.events(PractitionerReplaced)
    assert [(one.data.client_id, one.data.practitioner_id) for one in told] == [
        (anna.id, taker),
        (ben.id, taker),
    ]
    assert over.desk.acts() == [("appointment.handed_over", "done")] * 3
    # The service was copied once, and is offered to nobody by that.
    assert over.services() == [("Counselling", False)]


def test_told_twice_it_is_handed_over_once(over):
    over.giver.appointment(over.giver.client(), TEN)
    event = over.event()
    assert [over.take(event), over.take(event)] == [1, 0]
    assert len(over.desk.events(PractitionerReplaced)) == 1


def test_a_service_of_the_same_title_and_length_is_used(over):
    over.taker.offer(title="counselling", minutes=50)
    over.giver.appointment(over.giver.client(), TEN, service_id=over.giver.offer())
    over.take(over.event())
    assert over.services() == [("counselling", True)]


def test_what_is_of_a_series_or_at_a_time_that_is_busy_elsewhere_is_named(over, desk):
    anna = over.giver.client()
    free, busy = over.giver.appointment(anna, TEN), over.giver.appointment(anna, TEN + HOUR)
    over.taker.busy_elsewhere((TEN + HOUR, TEN + 2 * HOUR))
    over.giver.busy_elsewhere((TEN, TEN + HOUR))
    service = over.giver.offer(minutes=50)
    wish = BookSeries(
        client_id=anna.id,
        service_id=service,
        starts_at=TEN + timedelta(days=1),
        repeat=Repeat(unit=RepeatUnit.WEEKLY, times=2),
        despite=True,
    )
    series = desk.ask(BOOK_SERIES, wish, over.giver.practitioner()).appointment_ids
    listed = {one.id: one for one in over.listed()}
    assert {one.id for one in listed.values() if one.busy_elsewhere} == {busy}
    assert {one.id for one in listed.values() if one.in_series} == set(series)
    assert listed.keys() == {free, busy, *series}
    over.take(over.event(left=[free, *series]))
    assert over.with_whom()[busy] == over.taker.practitioner_id


def test_what_is_taken_stays_and_what_is_outside_the_hours_goes_as_an_exception(over):
    anna = over.giver.client()
    taken = over.giver.appointment(anna, TEN)
    late = over.giver.appointment(anna, TEN + 6 * HOUR)
    left = over.giver.appointment(anna, TEN + 8 * HOUR)
    over.taker.appointment(over.giver.client(), TEN + timedelta(minutes=30))
    outside = InTheWay.OUTSIDE_HOURS
    assert over.review() == {taken: InTheWay.TAKEN, late: outside, left: outside}
    assert over.take(over.event(left=[left])) == 1
    there = over.with_whom()
    assert there[late] == over.taker.practitioner_id
    assert {there[taken], there[left]} == {over.giver.practitioner_id}
    [told] = over.desk.events(AppointmentsRetained)
    assert (told.data.client_id, told.data.practitioner_id) == (
        anna.id,
        over.giver.practitioner_id,
    )


def test_only_what_concerns_chosen_clients_goes_over(over):
    anna, ben = over.giver.client(), over.giver.client()
    hers = over.giver.appointment(anna, TEN)
    his = over.giver.appointment(ben, TEN + HOUR)
    over.take(over.event(clients=[ben.id]))
    there = over.with_whom()
    assert (there[hers], there[his]) == (
        over.giver.practitioner_id,
        over.taker.practitioner_id,
    )
    assert over.desk.events(AppointmentsRetained) == []


def test_owners_count_what_each_has_to_come_and_others_may_not(over):
    over.giver.appointment(over.giver.client(), TEN)
    over.giver.appointment(over.giver.client(), TEN + HOUR, status="cancelled")
    listed = over.desk.ask(COUNT_TO_COME, Nothing(), over.owner).items
    assert [(one.practitioner_id, one.appointments) for one in listed] == [
        (over.giver.practitioner_id, 1)
    ]
    for method, command in (
        (COUNT_TO_COME, Nothing()),
        (
            REVIEW_HAND_OVER,
            ReviewHandOver(from_practitioner_id=new_id(), to_practitioner_id=new_id()),
        ),
    ):
        with pytest.raises(Forbidden):
            over.desk.ask(method, command, over.giver.practitioner())
