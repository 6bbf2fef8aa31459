"""What the practice may say of one appointment that it books: its length, a message, no mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal_contracts.actor import ActorKind, service_actor
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    SeriesBooked,
    SeriesCancelled,
    SeriesMoved,
)
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.booking import GET_OWN_APPOINTMENT, GetOwnAppointment
from portal_contracts.scheduling.rpc.calendar import (
    BOOK_FOR_CLIENT,
    CANCEL_FOR_CLIENT,
    GET_APPOINTMENT,
    MOVE_FOR_CLIENT,
    BookForClient,
    CancelForClient,
    GetAppointment,
    MoveForClient,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, ListFreeTimes
from portal_contracts.scheduling.rpc.series import (
    BOOK_SERIES,
    CANCEL_SERIES,
    MOVE_SERIES,
    READ_SERIES_FACTS,
    REVIEW_SERIES,
    BookSeries,
    CancelSeries,
    MoveSeries,
    ReadSeriesFacts,
    Repeat,
    ReviewSeries,
    SeriesScope,
)

TEN = datetime(2026, 12, 3, 9, tzinfo=UTC)
"""Ten o'clock in Berlin."""

HOUR = timedelta(hours=1)
DAY = date(2026, 12, 3)
WEEKLY = Repeat(unit=RepeatUnit.WEEKLY, times=3)


@pytest.fixture
def practitioner(calendar):
    return calendar.practitioner()


@pytest.fixture
def anna(calendar):
    return calendar.client()


@pytest.fixture
def service(calendar):
    calendar.hours(("09:00", "12:00"))
    return calendar.offer()


@pytest.fixture
def book(desk, practitioner, service, anna):
    def ask(starts_at=TEN, **more):
        command = BookForClient(client_id=anna.id, service_id=service, starts_at=starts_at, **more)
        return desk.ask(BOOK_FOR_CLIENT, command, practitioner).appointment_id

    return ask


@pytest.fixture
def details(desk, practitioner):
    return lambda one: desk.ask(GET_APPOINTMENT, GetAppointment(appointment_id=one), practitioner)


def test_one_appointment_is_longer_than_its_service(desk, book, details):
    booked = details(book(minutes=90))
    assert booked.ends_at - booked.starts_at == timedelta(minutes=90)
    (event,) = desk.events(AppointmentBooked)
    assert event.data.ends_at == TEN + timedelta(minutes=90)
    with pytest.raises(Conflict, match="slot_taken"):
        book(TEN + HOUR)
    plain = details(book(TEN + 2 * HOUR, despite=True))
    assert plain.ends_at - plain.starts_at == timedelta(minutes=50)


def test_what_does_not_fit_the_hours_by_its_length_is_told(book):
    with pytest.raises(Conflict) as error:
        book(TEN + HOUR, minutes=90)
    assert error.value.fields["starts_at"] == "hours"
    book(TEN + HOUR, minutes=90, despite=True)


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_no_appointment_is_so_long(book, minutes):
    with pytest.raises(Invalid) as error:
        book(minutes=minutes)
    assert error.value.fields == {"minutes": "out_of_range"}


def test_free_times_are_asked_for_by_a_length(desk, book, service, practitioner, anna):
    book(TEN + HOUR)

    def starts(actor, minutes):
        asked = ListFreeTimes(
            service_id=service,
            first_on=DAY,
            last_on=DAY,
            timezone="Europe/Berlin",
            minutes=minutes,
        )
        return desk.ask(LIST_FREE_TIMES, asked, actor).starts

    assert starts(practitioner, None) == [TEN - HOUR, TEN]
    assert starts(practitioner, 90) == [TEN - HOUR]
    # A client cannot ask for one.
    assert starts(anna, 90) == [TEN - HOUR, TEN]


@pytest.mark.parametrize("without_mail", [True, False])
def test_that_no_mail_was_wanted_is_told_and_kept(desk, book, details, without_mail):
    booked = details(book(without_mail=without_mail))
    (event,) = desk.events(AppointmentBooked)
    assert event.data.without_mail is without_mail
    assert [one.without_mail for one in booked.changes] == [without_mail]


def test_moved_and_cancelled_without_mail_is_told_and_kept(desk, book, details, practitioner):
    booked = book()
    later = {"starts_at": TEN + HOUR, "without_mail": True}
    desk.ask(MOVE_FOR_CLIENT, MoveForClient(appointment_id=booked, **later), practitioner)
    off = CancelForClient(appointment_id=booked, without_mail=True)
    desk.ask(CANCEL_FOR_CLIENT, off, practitioner)
    assert [one.data.without_mail for one in desk.events(AppointmentMoved)] == [True]
    assert [one.data.without_mail for one in desk.events(AppointmentCancelled)] == [True]
    assert [one.without_mail for one in details(booked).changes] == [True, True, False]


def test_a_series_moved_and_cancelled_without_mail_is_told_and_kept(
    desk, details, practitioner, service, anna
):
    asked = {"client_id": anna.id, "service_id": service, "starts_at": TEN, "repeat": WEEKLY}
    first, *_, last = desk.ask(BOOK_SERIES, BookSeries(**asked), practitioner).appointment_ids
    whole = {"appointment_id": first, "scope": SeriesScope.ALL, "without_mail": True}
    desk.ask(MOVE_SERIES, MoveSeries(**whole, starts_at=TEN + HOUR), practitioner)
    desk.ask(CANCEL_SERIES, CancelSeries(**whole), practitioner)
    for kind in (SeriesMoved, SeriesCancelled):
        assert [one.data.without_mail for one in desk.events(kind)] == [True]
    assert [one.without_mail for one in details(last).changes] == [True, True, False]


def test_the_client_reads_what_the_practice_wrote(desk, calendar, book, details, anna):
    booked = book(message="  The canary entrance.  ")
    assert details(booked).answer == "The canary entrance."
    seen = desk.ask(GET_OWN_APPOINTMENT, GetOwnAppointment(appointment_id=booked), anna)
    assert seen.answer == "The canary entrance."
    assert details(book(TEN + HOUR)).answer == ""


def test_each_of_a_series_is_as_long_and_bears_the_message(
    desk, details, practitioner, service, anna
):
    asked = {
        "client_id": anna.id,
        "service_id": service,
        "starts_at": TEN,
        "repeat": WEEKLY,
        "minutes": 90,
    }
    assert desk.ask(REVIEW_SERIES, ReviewSeries(**asked), practitioner).minutes == 90
    command = BookSeries(**asked, without_mail=True, message="Bring a pen.")
    found = [details(one) for one in desk.ask(BOOK_SERIES, command, practitioner).appointment_ids]
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(minutes=90)}
    assert {one.answer for one in found} == {"Bring a pen."}
    assert {one.changes[0].without_mail for one in found} == {True}
    (event,) = desk.events(SeriesBooked)
    assert event.data.without_mail
    facts = desk.ask(
        READ_SERIES_FACTS,
        ReadSeriesFacts(series_id=event.data.series_id),
        service_actor("notifications"),
    )
    assert facts.has_message
    assert event.actor.kind is ActorKind.PRACTITIONER
