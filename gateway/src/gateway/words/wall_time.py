"""Wall time that a person typed, as the instant at which the wall shows it.

A time that the clocks skip in spring is shown at no instant, and is refused
rather than moved. One that they repeat in autumn is shown at two: the first
is taken unless the second is chosen.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from portal_contracts.errors import Invalid
from portal_contracts.numbers import with_ascii_digits
from portal_contracts.wall_clock import zone_or_utc

DAY = timedelta(days=1)


def instants_of(day: date, clock: time, zone: str) -> list[datetime]:
    """The instants, aware UTC, at which the wall in `zone` shows `day` and `clock`.

    None where the clocks skip that time, two where they repeat it.
    """
    wall, place = datetime.combine(day, clock), zone_or_utc(zone)
    found = {wall.replace(tzinfo=place, fold=fold).astimezone(UTC): None for fold in (0, 1)}
    return sorted(
        instant for instant in found if instant.astimezone(place).replace(tzinfo=None) == wall
    )


def day_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The instants from the midnight that begins `first` to the one that ends `last`."""
    place = zone_or_utc(zone)
    begin = datetime.combine(first, time.min, tzinfo=place)
    end = datetime.combine(last + DAY, time.min, tzinfo=place)
    return begin.astimezone(UTC), end.astimezone(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The date on the wall in `zone`."""
    return instant.astimezone(zone_or_utc(zone)).date()


def read_date(text: str) -> date | None:
    """A typed date, ``YYYY-MM-DD`` as date fields send it; None when it is none."""
    try:
        return date.fromisoformat(with_ascii_digits(text))
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """A typed time of day, ``HH:MM`` as time fields send it; None when it is none."""
    try:
        return time.fromisoformat(with_ascii_digits(text)).replace(
            second=0, microsecond=0, tzinfo=None
        )
    except ValueError:
        return None


def read_instant(
    day: str, clock: str, zone: str, *, later: bool = False, day_field: str, clock_field: str
) -> datetime:
    """The instant of a typed date and time.

    Args:
        day: as the date field sent it.
        clock: as the time field sent it.
        zone: of the wall.
        later: of two instants that show this time take the second.
        day_field: the name of the date's field, for errors.
        clock_field: the name of the time's field.

    Raises:
        Invalid: ``invalid_fields``: a field is empty (``date_missing``,
            ``time_missing``), is none (``date_invalid``, ``time_invalid``),
            or the clocks skip this time (``does_not_exist``).
    """
    on, at = read_date(day), read_clock(clock)
    errors = {}
    if on is None:
        errors[day_field] = "date_invalid" if day else "date_missing"
    if at is None:
        errors[clock_field] = "time_invalid" if clock else "time_missing"
    if on is not None and at is not None:
        if not date.min < on < date.max:
            # The same moment may be beyond the calendar in other zones.
            raise Invalid("invalid_fields", "No such day.", fields={day_field: "date_invalid"})
        found = instants_of(on, at, zone)
        if found:
            return found[-1] if later else found[0]
        errors[clock_field] = "does_not_exist"
    raise Invalid("invalid_fields", "The date or the time is not right.", fields=errors)


def is_repeated(day: str, clock: str, zone: str) -> bool:
    """Whether the clocks show this typed time twice, so that a person must choose."""
    on, at = read_date(day), read_clock(clock)
    return on is not None and at is not None and len(instants_of(on, at, zone)) > 1
