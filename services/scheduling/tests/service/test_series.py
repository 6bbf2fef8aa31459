"""Series: booked, moved and cancelled whole or not at all; what is listed as free is free."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentMoved,
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
)
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.booking import (
    CANCEL_OWN_APPOINTMENT,
    GET_OWN_APPOINTMENT,
    HOLD_TIME,
    CancelOwnAppointment,
    GetOwnAppointment,
    HoldTime,
)
from portal_contracts.scheduling.rpc.calendar import (
    MOVE_FOR_CLIENT,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.series import (
    BOOK_SERIES,
    CANCEL_SERIES,
    GET_SERIES,
    MOVE_SERIES,
    REVIEW_SERIES,
    REVIEW_SERIES_MOVE,
    BookSeries,
    CancelSeries,
    GetSeries,
    MoveSeries,
    Repeat,
    ReviewSeries,
    ReviewSeriesMove,
    SeriesScope,
    SlotChoice,
    SlotState,
)
from portal_contracts.scheduling.rpc.usual_times import FIND_USUAL_TIME, FindUsualTime
from scheduling.operations.calendar_check import check_bookings
from scheduling.operations.handing_over import hand_over_appointments
from scheduling.operations.restoring import RAISED_BY, raise_sequences
from scheduling.storage.tables import appointment, series

BERLIN = ZoneInfo("Europe/Berlin")
TEN = datetime(2026, 12, 3, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
FIVE_WEEKS = Repeat(unit=RepeatUnit.WEEKLY, times=5)
FOLLOWING, ALL = SeriesScope.FOLLOWING, SeriesScope.ALL


@pytest.fixture
def rivera(calendar):
    return calendar.practitioner()


@pytest.fixture
def client(calendar):
    return calendar.client()


@pytest.fixture
def service(calendar):
    calendar.hours(("09:00", "18:00"))
    return calendar.offer(max_horizon_days=None)


@pytest.fixture
def book(desk, service, client, rivera):
    def take(starts_at=TEN, repeat=FIVE_WEEKS, *, actor=None, **more):
        command = BookSeries(
            client_id=client.id, service_id=service, starts_at=starts_at, repeat=repeat, **more
        )
        return desk.ask(BOOK_SERIES, command, actor or rivera)

    return take


@pytest.fixture
def review(desk, service, client, rivera):
    def ask(starts_at=TEN, repeat=FIVE_WEEKS):
        command = ReviewSeries(
            client_id=client.id, service_id=service, starts_at=starts_at, repeat=repeat
        )
        return desk.ask(REVIEW_SERIES, command, rivera).slots

    return ask


@pytest.fixture
def live(database):
    """The starts of a series' appointments that stand, by their slots."""

    def ask(series_id):
        columns = appointment.c
        query = (
            select(columns.series_slot, columns.starts_at)
            .where(columns.series_id == series_id, columns.status == "confirmed")
            .order_by(columns.series_slot)
        )
        with database.transaction() as tx:
            return {row.series_slot: row.starts_at for row in tx.execute(query)}

    return ask


@pytest.fixture
def entry(desk, client):
    def ask(appointment_id):
        command = GetOwnAppointment(appointment_id=appointment_id)
        return desk.ask(GET_OWN_APPOINTMENT, command, client).series_entry

    return ask


@pytest.fixture
def move(desk, rivera):
    def ask(appointment_id, scope, starts_at, **more):
        command = MoveSeries(
            appointment_id=appointment_id, scope=scope, starts_at=starts_at, **more
        )
        return desk.ask(MOVE_SERIES, command, rivera)

    return ask


def weeks(count, first=TEN):
    return [first + n * WEEK for n in range(count)]


def well(database, now):
    with database.transaction() as tx:
        return check_bookings(tx, now=now) == []


def test_a_series_is_booked_by_one_act_and_told_by_one_event(desk, database, book, live, now):
    booked = book()
    assert list(live(booked.series_id).values()) == weeks(5)
    (told,) = desk.events(SeriesBooked)
    assert [one.appointment_id for one in told.data.occurrences] == booked.appointment_ids
    assert desk.events(AppointmentBooked) == []
    assert desk.acts() == [("series.booked", "done")]
    assert well(database, now)


def test_the_client_sees_of_which_series_an_appointment_is(desk, book, entry, client, rivera):
    booked = book()
    command = GetOwnAppointment(appointment_id=booked.appointment_ids[2])
    seen = desk.ask(GET_OWN_APPOINTMENT, command, client)
    head = seen.series
    assert (head.unit, head.every, head.weekday, head.clock) == ("weekly", 1, 3, "10:00")
    assert head.last_on == date(2026, 12, 31)
    assert [change.kind for change in seen.changes] == ["booked"]
    assert (seen.series_entry.slots, seen.series_entry.live) == (5, 5)
    details = desk.ask(GET_SERIES, GetSeries(appointment_id=booked.appointment_ids[0]), rivera)
    assert [one.starts_at for one in details.to_come] == weeks(5)


def test_ten_stays_ten_over_the_change_of_clocks(book, live):
    booked = book(repeat=Repeat(unit=RepeatUnit.WEEKLY, times=20))
    starts = live(booked.series_id).values()
    assert {start.astimezone(BERLIN).hour for start in starts} == {10}
    assert len({start.hour for start in starts}) == 2


def test_conflicts_are_listed_with_the_nearest_free_time(calendar, service, review):
    calendar.book(TEN + WEEK + HOUR / 2, service_id=service)
    slots = review()
    assert [one.state for one in slots] == ["free", "taken", "free", "free", "free"]
    assert slots[1].nearest is not None
    assert abs(slots[1].nearest - (TEN + WEEK)) <= 2 * HOUR


def test_what_collides_books_nothing_and_says_which(calendar, service, book, database):
    calendar.book(TEN + WEEK, service_id=service)
    calendar.book(TEN + 3 * WEEK, service_id=service)
    with pytest.raises(Conflict) as refused:
        book()
    assert refused.value.code == "series_collides"
    assert refused.value.fields == {"slots.1": "taken", "slots.3": "taken"}
    with database.transaction() as tx:
        assert tx.execute(select(series)).all() == []


def test_left_out_and_put_elsewhere_is_what_was_chosen(
    calendar, service, book, review, live, entry
):
    calendar.book(TEN + WEEK, service_id=service)
    calendar.book(TEN + 3 * WEEK, service_id=service)
    slots = review()
    choices = [
        SlotChoice(slot=1, starts_at=None),
        SlotChoice(slot=3, starts_at=slots[3].nearest),
    ]
    booked = book(choices=choices)
    assert live(booked.series_id) == {
        0: TEN,
        2: TEN + 2 * WEEK,
        3: slots[3].nearest,
        4: TEN + 4 * WEEK,
    }
    told = entry(booked.appointment_ids[0])
    assert told.left_out == ["2026-12-10T10:00"]
    assert [(one.wall, one.starts_at) for one in told.moved] == [
        ("2026-12-24T10:00", slots[3].nearest)
    ]


def test_rules_for_clients_stop_it_until_the_practice_says_despite(calendar, book, review):
    evening = datetime(2026, 12, 3, 19, tzinfo=UTC)
    assert {one.state for one in review(evening)} == {"outside_rules"}
    assert review(evening)[0].breaks == ["hours"]
    with pytest.raises(Conflict) as refused:
        book(evening)
    assert set(refused.value.fields.values()) == {"hours"}
    assert len(book(evening, despite=True).appointment_ids) == 5


def test_no_rule_is_broken_by_an_occurrence_of_which_nobody_said_so(calendar, book, move, review):
    booked = book()
    evening = datetime(2026, 12, 3, 19, tzinfo=UTC)
    left_out = [SlotChoice(slot=n, starts_at=None) for n in range(2, 5)]
    said = {"choices": left_out, "despite": True, "despite_slots": [0]}
    for act in (
        lambda: book(evening + timedelta(days=1), **said),
        lambda: move(booked.appointment_ids[0], ALL, evening, **said),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.fields == {"slots.1": "hours"}
    said["despite_slots"] = [0, 1]
    assert len(move(booked.appointment_ids[0], ALL, evening, **said).moved) == 2


def test_a_limit_counts_the_occurrences_of_the_series_itself(calendar, desk, client, rivera, live):
    calendar.hours(("09:00", "18:00"))
    service = calendar.offer(max_horizon_days=None, max_per_month=2)
    command = ReviewSeries(
        client_id=client.id, service_id=service, starts_at=TEN, repeat=FIVE_WEEKS
    )
    slots = desk.ask(REVIEW_SERIES, command, rivera).slots
    assert [one.state for one in slots] == ["free", "free", *["outside_rules"] * 3]
    choices = [SlotChoice(slot=one.slot, starts_at=one.nearest) for one in slots[2:]]
    booked = desk.ask(
        BOOK_SERIES,
        BookSeries(
            client_id=client.id,
            service_id=service,
            starts_at=TEN,
            repeat=FIVE_WEEKS,
            choices=choices,
        ),
        rivera,
    )
    assert len(booked.appointment_ids) >= 2


def test_a_time_that_the_clocks_skip_is_listed_and_never_moved_by_itself(calendar, desk, client):
    calendar.hours(("00:00", "24:00"))
    service = calendar.offer(max_horizon_days=None)
    spring = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)
    asked = {
        "client_id": client.id,
        "service_id": service,
        "starts_at": spring,
        "repeat": Repeat(unit=RepeatUnit.WEEKLY, times=3),
    }
    rivera = calendar.practitioner()
    slots = desk.ask(REVIEW_SERIES, ReviewSeries(**asked), rivera).slots
    assert [one.state for one in slots] == ["free", "skipped", "free"]
    with pytest.raises(Conflict) as refused:
        desk.ask(BOOK_SERIES, BookSeries(**asked), rivera)
    assert refused.value.fields == {"slots.1": "skipped"}
    choices = [SlotChoice(slot=1, starts_at=slots[1].nearest)]
    assert desk.ask(BOOK_SERIES, BookSeries(**asked, choices=choices), rivera)


def test_bad_wishes_are_refused_at_their_field(book):
    for wish, field in (
        (Repeat(unit=RepeatUnit.WEEKLY, times=10_000), "times"),
        (Repeat(unit=RepeatUnit.WEEKLY, until_on=date(2026, 12, 1)), "until_on"),
    ):
        with pytest.raises(Invalid) as refused:
            book(repeat=wish)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid) as refused:
        book(choices=[SlotChoice(slot=n, starts_at=None) for n in range(5)])
    assert refused.value.fields == {"choices": "nothing_left"}


def test_all_that_moves_from_the_first_on_stays_one_series(desk, database, book, move, live, now):
    booked = book()
    moved = move(booked.appointment_ids[1], ALL, TEN + WEEK + timedelta(days=1))
    assert moved.series_id == booked.series_id
    assert list(live(booked.series_id).values()) == weeks(5, TEN + timedelta(days=1))
    (told,) = desk.events(SeriesMoved)
    assert {one.ics_sequence for one in told.data.occurrences} == {1}
    assert desk.acts()[-1] == ("series.moved", "done")
    assert well(database, now)


def test_this_and_following_ends_the_series_and_begins_another(book, move, live, entry, desk):
    booked = book()
    moved = move(booked.appointment_ids[2], FOLLOWING, TEN + 2 * WEEK + 3 * HOUR)
    assert moved.series_id != booked.series_id
    assert list(live(booked.series_id).values()) == weeks(2)
    assert live(moved.series_id) == dict(enumerate(weeks(3, TEN + 2 * WEEK + 3 * HOUR)))
    former, latter = entry(booked.appointment_ids[0]), entry(booked.appointment_ids[4])
    assert (former.slots, former.sequence, former.left_out) == (2, 1, [])
    assert (latter.slots, latter.first_wall) == (3, "2026-12-17T13:00")
    assert desk.events(SeriesMoved)[0].data.former_series_id == booked.series_id


def test_a_series_moves_over_itself(book, move, live):
    booked = book()
    move(booked.appointment_ids[0], ALL, TEN + HOUR / 2)
    assert list(live(booked.series_id).values()) == weeks(5, TEN + HOUR / 2)
    move(booked.appointment_ids[0], ALL, TEN + WEEK)
    assert list(live(booked.series_id).values()) == weeks(5, TEN + WEEK)


def test_a_move_that_collides_leaves_all_where_it_is(calendar, service, book, move, live, desk):
    booked = book()
    calendar.book(TEN + 3 * WEEK + HOUR, service_id=service)
    with pytest.raises(Conflict) as refused:
        move(booked.appointment_ids[0], ALL, TEN + HOUR)
    assert refused.value.fields == {"slots.3": "taken"}
    assert list(live(booked.series_id).values()) == weeks(5)
    rivera = calendar.practitioner()
    command = ReviewSeriesMove(
        appointment_id=booked.appointment_ids[0], scope=ALL, starts_at=TEN + HOUR
    )
    slots = desk.ask(REVIEW_SERIES_MOVE, command, rivera).slots
    assert [one.state for one in slots].count(SlotState.FREE) == 4
    choices = [SlotChoice(slot=3, starts_at=None)]
    moved = move(booked.appointment_ids[0], ALL, TEN + HOUR, choices=choices)
    assert moved.cancelled == [booked.appointment_ids[3]]
    assert len(live(booked.series_id)) == 4


def test_cancelling_from_one_on_ends_the_series_there(desk, rivera, book, live, entry):
    booked = book()
    command = CancelSeries(appointment_id=booked.appointment_ids[3], scope=FOLLOWING, reason="away")
    off = desk.ask(CANCEL_SERIES, command, rivera)
    assert off.cancelled == booked.appointment_ids[3:]
    assert list(live(booked.series_id).values()) == weeks(3)
    assert entry(booked.appointment_ids[0]).slots == 3
    (told,) = desk.events(SeriesCancelled)
    assert len(told.data.cancelled) == 2
    with pytest.raises(Conflict):
        desk.ask(CANCEL_SERIES, command, rivera)


def test_cancelling_all_frees_what_is_to_come_and_leaves_what_was(desk, rivera, book, live, entry):
    booked = book()
    command = CancelSeries(appointment_id=booked.appointment_ids[3], scope=ALL)
    desk.ask(CANCEL_SERIES, command, rivera, at=TEN + WEEK + 2 * HOUR)
    assert list(live(booked.series_id).values()) == weeks(2)
    again = book(TEN + 2 * WEEK, Repeat(unit=RepeatUnit.WEEKLY, times=3))
    assert len(again.appointment_ids) == 3


def test_one_that_is_moved_or_cancelled_alone_stays_in_the_series(
    desk, rivera, client, book, entry
):
    booked = book()
    one, other = booked.appointment_ids[1:3]
    desk.ask(
        MOVE_FOR_CLIENT, MoveForClient(appointment_id=one, starts_at=TEN + WEEK + HOUR), rivera
    )
    desk.ask(CANCEL_OWN_APPOINTMENT, CancelOwnAppointment(appointment_id=other), client)
    told = entry(booked.appointment_ids[0])
    assert told.left_out == ["2026-12-17T10:00"]
    assert [moved.wall for moved in told.moved] == ["2026-12-10T10:00"]
    assert told.sequence == 2
    assert desk.events(AppointmentMoved)[0].data.ics_sequence == 1


def test_what_was_cancelled_alone_stays_left_out_when_the_rest_moves(
    desk, client, book, move, entry
):
    booked = book()
    off = CancelOwnAppointment(appointment_id=booked.appointment_ids[3])
    desk.ask(CANCEL_OWN_APPOINTMENT, off, client)
    move(booked.appointment_ids[2], FOLLOWING, TEN + 2 * WEEK + HOUR)
    told = entry(booked.appointment_ids[4])
    assert (told.slots, told.left_out) == (3, ["2026-12-24T11:00"])


def test_a_month_that_moves_keeps_its_weekday_of_the_month(book, move, live):
    booked = book(
        datetime(2026, 12, 25, 9, tzinfo=UTC),
        Repeat(unit=RepeatUnit.MONTHLY, week_of_month=-1, times=4),
    )
    days = [one.date() for one in live(booked.series_id).values()]
    assert days == [date(2026, 12, 25), date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 26)]
    move(booked.appointment_ids[1], ALL, datetime(2027, 1, 28, 9, tzinfo=UTC))
    assert [one.date() for one in live(booked.series_id).values()] == [
        date(2026, 12, 31),
        date(2027, 1, 28),
        date(2027, 2, 25),
        date(2027, 3, 25),
    ]


def test_nobody_else_reads_or_changes_it(desk, calendar, book):
    booked = book()
    stranger = calendar.colleague()
    stranger.practice_id = calendar.client().id
    first = booked.appointment_ids[0]
    for method, command in (
        (GET_SERIES, GetSeries(appointment_id=first)),
        (MOVE_SERIES, MoveSeries(appointment_id=first, scope=ALL, starts_at=TEN + HOUR)),
        (CANCEL_SERIES, CancelSeries(appointment_id=first, scope=ALL)),
    ):
        with pytest.raises(NotFound):
            desk.ask(method, command, stranger.practitioner(Role.OWNER))


def test_of_no_series_there_is_none(desk, calendar, client, rivera, service):
    alone = calendar.appointment(client, TEN, service_id=service)
    with pytest.raises(NotFound) as refused:
        desk.ask(GET_SERIES, GetSeries(appointment_id=alone), rivera)
    assert refused.value.code == "series_not_found"


def test_the_usual_time_is_offered_where_it_was_had_and_held_as_offered(
    desk, calendar, client, service
):
    ask = FindUsualTime(service_id=service)
    assert desk.ask(FIND_USUAL_TIME, ask, client).starts_at is None
    for start in (TEN - 2 * WEEK, TEN - WEEK):
        calendar.appointment(client, start, service_id=service)
    calendar.appointment(client, TEN - 3 * WEEK + HOUR, service_id=service)
    assert desk.ask(FIND_USUAL_TIME, ask, client).starts_at == TEN
    calendar.book(TEN, service_id=service)
    offered = desk.ask(FIND_USUAL_TIME, ask, client).starts_at
    assert offered == TEN + WEEK
    assert desk.ask(HOLD_TIME, HoldTime(service_id=service, starts_at=offered), client)


def test_a_service_may_not_offer_the_usual_time(desk, calendar, client):
    calendar.hours(("09:00", "18:00"))
    service = calendar.offer(usual_time=False)
    calendar.appointment(client, TEN - WEEK, service_id=service)
    ask = FindUsualTime(service_id=service)
    assert desk.ask(FIND_USUAL_TIME, ask, client).starts_at is None


def test_handed_over_in_part_it_is_moved_in_both_calendars(desk, calendar, client, book, live):
    booked = book()
    taker = calendar.colleague()
    taker.hours(("09:00", "18:00"))
    owner = calendar.practitioner(Role.OWNER)
    left = booked.appointment_ids[1]
    with desk.database.transaction() as tx:
        hand_over_appointments(
            tx,
            Event(
                id=new_id(),
                type=HandOverStarted.TYPE,
                occurred_at=desk.now,
                practice_id=calendar.practice_id,
                aggregate=Aggregate(type="hand_over", id=new_id(), seq=1),
                actor=owner,
                request_id="request-1",
                data=HandOverStarted(
                    from_practitioner_id=calendar.practitioner_id,
                    to_practitioner_id=taker.practitioner_id,
                    client_ids=None,
                    left_appointment_ids=[left],
                ),
            ),
            now=desk.now,
        )
    taker.book(TEN + 2 * WEEK + HOUR)
    calendar.book(TEN + 3 * WEEK + HOUR)
    command = MoveSeries(appointment_id=booked.appointment_ids[0], scope=ALL, starts_at=TEN + HOUR)
    with pytest.raises(Conflict) as refused:
        desk.ask(MOVE_SERIES, command, owner)
    assert refused.value.fields == {"slots.2": "taken"}
    choices = [SlotChoice(slot=2, starts_at=None)]
    desk.ask(MOVE_SERIES, replace(command, choices=choices), owner)
    assert len(live(booked.series_id)) == 4


def test_a_restore_raises_the_sequence_of_a_series_too(desk, book, entry):
    booked = book()
    with desk.database.transaction() as tx:
        raise_sequences(tx)
    assert entry(booked.appointment_ids[0]).sequence == RAISED_BY
