"""A practitioner's hours, kept and previewed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.scheduling.rpc.availability import (
    GET_AVAILABILITY,
    PREVIEW_TIMES,
    SAVE_AVAILABILITY,
    Availability,
    GetAvailability,
    Override,
    PreviewTimes,
    SaveAvailability,
    TimeOff,
    Window,
)
from portal_contracts.scheduling.rpc.calendar import LIST_CALENDAR, ListCalendar
from scheduling.storage.tables import availability

DAY = [Window(start="09:00", end="12:00"), Window(start="13:30", end="24:00")]
HOURS = Availability(
    timezone="Europe/Berlin",
    weekly=[DAY, DAY, [], DAY, DAY, [], []],
    overrides=[Override(on=date(2026, 12, 24), windows=[])],
    time_off=[TimeOff(first_on=date(2026, 12, 27), last_on=date(2027, 1, 3))],
)


@pytest.fixture
def vera(calendar):
    return calendar.practitioner()


@pytest.fixture
def save(desk, vera):
    def hours(said=HOURS, *, actor=vera, version=0, practitioner_id=None):
        command = SaveAvailability(
            version=version, availability=said, practitioner_id=practitioner_id
        )
        return desk.ask(SAVE_AVAILABILITY, command, actor).version

    return hours


def get(desk, actor, practitioner_id=None):
    return desk.ask(GET_AVAILABILITY, GetAvailability(practitioner_id=practitioner_id), actor)


def test_hours_that_were_never_saved_are_closed(desk, vera):
    found = get(desk, vera)
    assert (found.version, found.practitioner_id) == (0, vera.id)
    assert found.availability.weekly == [[]] * 7


def test_hours_are_kept_as_they_were_said(desk, vera, save):
    assert save() == 1
    assert get(desk, vera).availability == HOURS
    closed = replace(HOURS, weekly=[[]] * 7)
    assert save(closed, version=1) == 2
    assert (get(desk, vera).version, get(desk, vera).availability) == (2, closed)


def test_a_zone_that_is_stored_stays_and_an_alias_is_kept_as_the_zone_it_means(desk, vera, save):
    save(replace(HOURS, timezone="US/Pacific"))
    assert get(desk, vera).availability.timezone == "America/Los_Angeles"
    with desk.database.transaction() as tx:
        tx.execute(update(availability).values(timezone="US/Pacific"))
    save(replace(HOURS, timezone="US/Pacific", time_off=[]), version=1)
    assert get(desk, vera).availability.timezone == "US/Pacific"


def test_what_is_booked_stays_at_its_instant_in_another_zone_and_is_counted(
    desk, vera, calendar, save
):
    start = desk.now + timedelta(days=3)
    save()
    calendar.appointment(calendar.client(), start)
    calendar.appointment(calendar.client(), start + timedelta(days=7))
    calendar.appointment(calendar.client(), desk.now - timedelta(days=7))
    assert get(desk, vera).to_come == 2
    save(replace(HOURS, timezone="America/New_York"), version=1)
    assert get(desk, vera).to_come == 2
    stretch = ListCalendar(starts_from=start, starts_before=start + timedelta(days=8))
    listed = desk.ask(LIST_CALENDAR, stretch, vera)
    assert listed.timezone == "America/New_York"
    assert [one.starts_at for one in listed.items] == [start, start + timedelta(days=7)]
    assert get(desk, calendar.colleague().practitioner()).to_come == 0


def test_who_was_slower_is_told(save):
    save()
    for version in (0, 2):
        with pytest.raises(Conflict) as refused:
            save(version=version)
        assert refused.value.code == "stale_version"


def test_wrong_hours_are_refused_by_their_places_and_not_kept(desk, vera, save):
    wrong = replace(
        HOURS, timezone="Mars", weekly=[[Window(start="10:00", end="09:00")], *[[]] * 6]
    )
    with pytest.raises(Invalid) as refused:
        save(wrong)
    assert refused.value.fields == {
        "timezone": "unknown_timezone",
        "weekly.0.0.end": "end_before_start",
    }
    assert get(desk, vera).version == 0


def test_an_assistant_keeps_a_colleagues_hours_and_has_none_herself(desk, vera, save, calendar):
    save()
    assistant = calendar.colleague().practitioner(Role.ASSISTANT)
    assert get(desk, assistant).version == 0
    assert get(desk, assistant, vera.id).version == 1
    assert save(actor=assistant, version=1, practitioner_id=vera.id) == 2


def test_a_colleague_may_not_and_another_practice_does_not_know_of_her(desk, vera, save, calendar):
    save()
    with pytest.raises(Forbidden):
        get(desk, calendar.colleague().practitioner(), vera.id)
    with pytest.raises(Forbidden):
        get(desk, calendar.client())
    elsewhere = Actor(
        kind=ActorKind.PRACTITIONER, id=new_id(), practice_id=new_id(), role=Role.OWNER
    )
    for ask in (
        lambda: get(desk, elsewhere, vera.id),
        lambda: save(actor=elsewhere, version=1, practitioner_id=vera.id),
    ):
        with pytest.raises(NotFound) as refused:
            ask()
        assert refused.value.code == "practitioner_not_found"


def test_a_preview_shows_the_next_times_by_hours_not_saved_yet(desk, vera, calendar):
    service = calendar.offer(open_to="chosen")
    calendar.hours(("09:00", "10:00"))
    stored = desk.ask(PREVIEW_TIMES, PreviewTimes(service_id=service, limit=2), vera)
    assert stored.starts == [
        datetime(2026, 12, 2, 8, tzinfo=UTC),
        datetime(2026, 12, 3, 8, tzinfo=UTC),
    ]
    sunday = [Window(start="09:00", end="11:00")]
    hours = Availability(timezone="Asia/Tokyo", weekly=[*[[]] * 6, sunday])
    command = PreviewTimes(service_id=service, availability=hours, limit=3)
    shown = desk.ask(PREVIEW_TIMES, command, vera)
    assert shown.timezone == "Asia/Tokyo"
    assert shown.starts == [
        datetime(2026, 12, 6, 0, tzinfo=UTC),
        datetime(2026, 12, 6, 1, tzinfo=UTC),
        datetime(2026, 12, 13, 0, tzinfo=UTC),
    ]
    assert get(desk, vera).availability.timezone == "Europe/Berlin"
    closed = replace(hours, weekly=[[]] * 7)
    assert desk.ask(PREVIEW_TIMES, replace(command, availability=closed), vera).starts == []
