"""The practitioner's calendar: days in columns on a desk, one below the other elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.client_names import names_of_clients
from gateway.console.schedule.appointments import meeting_address
from gateway.console.schedule.calendar_address import (
    CalendarAddress,
    View,
    read_address,
    read_view,
)
from gateway.console.schedule.day_layout import (
    STEP,
    Band,
    Block,
    ClockChange,
    band_on,
    blocks_on,
    clocks_changed,
    cut_to,
    empty_cells,
    hours_shown,
)
from gateway.web.backend import Backend, Part
from gateway.web.cookies import Cookie
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, is_partial
from gateway.web.submitted import read_query
from gateway.words.wall_time import DAY, day_bounds, local_date
from portal_contracts.identity_links.rpc.access import PractitionerCard
from portal_contracts.scheduling.rpc.calendar import (
    GET_APPOINTMENT,
    LIST_CALENDAR,
    AppointmentDetails,
    Calendar,
    GetAppointment,
    ListCalendar,
)


class Column(NamedTuple):
    """One day of one practitioner.

    Attributes:
        on: the day.
        blocks: what is on it, in order.
        hours: when the practitioner works then.
        cells: the empty time, to be booked.
        now: the present time, in the rows of today; None on other days.
        clocks: how clocks change on it, if they do.
        person: whose it is, where several practitioners' are shown; None: whose the page is.
    """

    on: date
    blocks: list[Block]
    hours: list[Band]
    cells: list[Band]
    now: Band | None
    clocks: ClockChange | None
    person: PractitionerCard | None = None


class Grid(NamedTuple):
    """The columns, and the hours that they show, from the first up to the last."""

    first_hour: int
    last_hour: int
    columns: list[Column]


class Opened(NamedTuple):
    """The appointment that is shown beside the days, and where its meeting is."""

    appointment: AppointmentDetails | None
    meeting: str | None


class CalendarPage(Resource):
    """``/console/calendar``: the days around ``from``, and beside them ``appointment``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Show them; without what is on them while scheduling is away."""
        context, device, sent = context_of(req), practitioner_of(req), read_query(req)
        chosen = chosen_practitioner(req, sent)
        usual = self._usual_view(req, resp, read_view(sent.text("view")))
        at = read_address(req, sent, chosen, usual)
        opened_part = _ask_opened(context.backend, at)
        resp.append_header("Vary", "HX-Request")
        partial = is_partial(req)
        calendars = [] if partial else _ask_calendars(req, at, chosen)
        told = [(part.get_unless_refused(), person) for part, person in calendars]
        zone = _zone(at, [calendar for calendar, _ in told], device.practice.timezone)
        grid = None if partial else lay_out(told, at.days, zone, context.now)
        opened = _opened(opened_part)
        self.show(
            req,
            resp,
            "console/calendar.html",
            block="panel" if partial else None,
            device=device,
            at=at,
            grid=grid,
            opened=opened,
            names=names_of_clients(context.backend, _clients(grid, opened)),
            zone=zone,
            today=local_date(context.now, zone),
            person=chosen,
        )

    def _usual_view(self, req: falcon.Request, resp: falcon.Response, asked: View | None) -> View:
        """As it was asked for last in this browser, which remembers what is `asked` for now."""
        known = read_view(self.wiring.jar.read(req, Cookie.LAYOUT))
        if asked is not None and asked is not known:
            self.wiring.jar.set(resp, Cookie.LAYOUT, asked)
        return asked or known or View.WEEK


def lay_out(
    told: Sequence[tuple[Calendar | None, PractitionerCard | None]],
    days: Sequence[date],
    zone: str,
    now: datetime,
) -> Grid | None:
    """The columns of these days, of each calendar; None where none could be had.

    Every appointment is inside the hours that are shown, which are else those of the work.

    Args:
        told: calendars, and whose each is where there are several.
        days: the days.
        zone: IANA zone of the wall.
        now: aware UTC instant.
    """
    had = [(calendar, person) for calendar, person in told if calendar is not None]
    if not had:
        return None
    columns = [_column(calendar, person, day, zone) for calendar, person in had for day in days]
    hours = hours_shown(
        band
        for column in columns
        for band in (*column.hours, *(block.band for block in column.blocks if block.entry))
    )
    return Grid(*hours, [_fitted(column, hours, zone, now) for column in columns])


def _column(calendar: Calendar, person: PractitionerCard | None, day: date, zone: str) -> Column:
    elsewhere = [(one.starts_at, one.ends_at) for one in calendar.busy_elsewhere]
    hours = [band_on(day, one.starts_at, one.ends_at, zone) for one in calendar.hours]
    return Column(
        day,
        blocks_on(day, calendar.items, elsewhere, zone),
        [band for band in hours if band],
        [],
        None,
        clocks_changed(day, zone),
        person,
    )


def _fitted(column: Column, hours: tuple[int, int], zone: str, now: datetime) -> Column:
    """The column with what follows from the hours that are shown."""
    present = (
        band_on(column.on, now, now + DAY, zone) if column.on == local_date(now, zone) else None
    )
    return column._replace(
        blocks=[block.cut_to(hours) for block in column.blocks],
        hours=[band for band in (cut_to(one, hours) for one in column.hours) if band],
        cells=empty_cells(column.on, column.blocks, hours, zone, now),
        now=present and cut_to(Band(present.start, STEP), hours),
    )


def _ask_calendars(
    req: falcon.Request, at: CalendarAddress, chosen: ChosenPractitioner
) -> list[tuple[Part[Calendar], PractitionerCard | None]]:
    """One call for each practitioner whose days are shown."""
    backend, zone = context_of(req).backend, practitioner_of(req).practice.timezone
    # A day more on each side: the practitioner's zone is known only from the answer, and what
    # began on the day before may not be over.
    starts_from, starts_before = day_bounds(at.first - DAY, at.last + DAY, zone)

    def ask(practitioner_id: UUID | None) -> Part[Calendar]:
        command = ListCalendar(
            starts_from=starts_from,
            starts_before=starts_before,
            practitioner_id=practitioner_id,
            with_cancelled=at.cancelled,
            with_hours=True,
        )
        return backend.part(LIST_CALENDAR, command)

    if at.view is View.TEAM:
        return [(ask(card.id), card) for card in chosen.people]
    return [(ask(None if chosen.own else chosen.practitioner_id), None)]


def _zone(at: CalendarAddress, calendars: Iterable[Calendar | None], practice_zone: str) -> str:
    """Of the wall: the practitioner's own; the practice's for several, and where it is unknown.

    Without hours it is unknown; without appointments it does not matter then.
    """
    known = [one for one in calendars if one and (one.items or one.hours or one.busy_elsewhere)]
    return practice_zone if at.view is View.TEAM or not known else known[0].timezone


def _ask_opened(backend: Backend, at: CalendarAddress) -> Part[AppointmentDetails] | None:
    if at.open is None:
        return None
    return backend.part(GET_APPOINTMENT, GetAppointment(appointment_id=at.open))


def _opened(part: Part[AppointmentDetails] | None) -> Opened | None:
    """None where no appointment is asked for; an empty one where it cannot be had now.

    Raises:
        NotFound: there is none for whoever asks.
    """
    if part is None:
        return None
    appointment = part.get_unless_refused()
    return Opened(appointment, meeting_address(appointment) if appointment else None)


def _clients(grid: Grid | None, opened: Opened | None) -> list[UUID | None]:
    """The clients whose names are shown."""
    columns = grid.columns if grid else []
    ids = [block.entry.client_id for one in columns for block in one.blocks if block.entry]
    return [*ids, *([opened.appointment.client_id] if opened and opened.appointment else [])]
