"""Scenes of calendar, services, availability, sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import console_schedule_made as plan
import fixtures as made
import msgspec
from console_schedule_made import LATEST, NO_APPOINTMENTS, NO_SESSIONS, UPCOMING
from scene import Scene, console, done, failed

from gateway.console.clients.client_choice import ClientChoice
from gateway.console.schedule import service_fields
from gateway.console.schedule.booking_draft import MORE_FIELDS
from gateway.console.schedule.calendar import Opened
from gateway.console.schedule.calendar_address import CalendarAddress, View
from gateway.console.schedule.service_presets import PRESETS
from gateway.console.sessions.session_page import Editor
from gateway.console.sessions.written_texts import fingerprint
from gateway.words.markdown import render_markdown
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.availability import Explanation, WhyNot
from portal_contracts.scheduling.rpc.notes import PrivateNote
from portal_contracts.scheduling.rpc.services import SERVICE_RANGES, ServiceColour
from portal_contracts.scheduling.rpc.sessions import SummaryDraft
from portal_contracts.zones import zones_to_choose

__all__ = ["LATEST", "NO_APPOINTMENTS", "NO_SESSIONS", "SCENES", "UPCOMING"]

CLIENT = {
    "client": made.CLIENT,
    "links": made.LINKS,
    "link_mails": made.LINK_MAILS,
    "devices": made.DEVICES,
}
BASE = f"/console/clients/{made.CLIENT.id}"
ZONE = plan.ZONE


def calendar(name: str, address: CalendarAddress = plan.ON_MONDAY, **more: Any) -> Scene:
    context = {
        "at": address,
        "grid": plan.grid(address, plan.WEEK),
        "opened": None,
        "names": made.NAMES,
        "zone": ZONE,
        "today": plan.TODAY,
        "person": plan.OWN,
    }
    return console(name, "calendar", "/console/calendar", **(context | more))


def appointment(name: str, details: Any, **more: Any) -> Scene:
    context = {
        "appointment": details,
        "client_name": "Anna Bergmann",
        "names": {made.number(2): "Dr. Miriam Rivera"},
        "meeting": None,
        "answer": "",
        "errors": {},
        "closed": None,
    }
    path = f"/console/appointments/{details.id}"
    return console(name, "appointment", path, **(context | more))


TEAM_DAY = replace(plan.ON_MONDAY, on=plan.TODAY, view=View.TEAM)
TYPED = {"start": "", "on": "", "at": "", "fold": "", "timezone": ""}
NAMES = [(str(row.id), row.name) for row in made.CLIENTS.items]


REPEATS = {"repeat": "", "every": "1", "until_on": "", "times": ""}


def booking(name: str, *, draft: dict[str, Any] | None = None, **more: Any) -> Scene:
    context = {
        "draft": replace(plan.BOOKING, **(draft or {})),
        "typed": TYPED,
        "errors": {},
        "rules": [],
        "warned": "",
        "twice": False,
        "reviewed": {},
        "repeats": REPEATS,
        "more": MORE_FIELDS,
        "more_open": False,
    }
    return console(name, "appointment_new", "/console/appointments/new", **(context | more))


def moving(name: str, **more: Any) -> Scene:
    context = {
        "appointment": plan.APPOINTMENT,
        "client_name": "Anna Bergmann",
        "day": plan.at(8, 9).date(),
        "day_typed": "",
        "choice": plan.free(8, 9, 14),
        "typed": TYPED,
        "errors": {},
        "rules": [],
        "warned": "",
        "twice": False,
        "reviewed": {},
        "scope": "",
        "quiet": False,
        "began": "",
    }
    path = f"/console/appointments/{plan.APPOINTMENT.id}/move"
    return console(name, "appointment_move", path, **(context | more))


def reviewing(name: str, **more: Any) -> Scene:
    context = {
        "review": plan.REVIEW,
        "fits": 1,
        "said": {1: "out"},
        "action": "/console/appointments/series",
        "back": f"/console/appointments/{plan.APPOINTMENT.id}/move"
        if more.get("moves")
        else "/console/appointments/new",
        "kept": {"start": "2026-12-08T09:00:00+00:00", "repeat": "weekly"},
        "client_name": "Anna Bergmann",
        "moves": False,
    }
    path = "/console/appointments/series"
    return console(name, "series_review", path, **(context | more))


def services(name: str, **more: Any) -> Scene:
    context = {
        "services": plan.SERVICES,
        "archived": False,
        "archived_total": 1,
        "person": plan.OWN,
    }
    return console(name, "services", "/console/services", **(context | more))


def service_form(name: str, **more: Any) -> Scene:
    context = {
        "fields": service_fields.of_service(plan.SERVICES[2].fields),
        "errors": {},
        "order": service_fields.ORDER,
        "week": service_fields.WEEK,
        "colours": tuple(ServiceColour),
        "presets": PRESETS,
        "preset": "",
        "unfolded": True,
        "rules": plan.SERVICES[2].fields,
        "stranded": None,
        "service": plan.SERVICES[2],
        "version": 3,
        "units": service_fields.UNITS,
        "least_increment": SERVICE_RANGES["increment_minutes"][0],
        "clients": NAMES,
        "templates": [("01a1f7a4-5c1e-7d3b-9a52-3f6f1c0e8b21", "Intake")],
        "chosen": [str(each) for each in plan.SERVICES[2].fields.chosen_client_ids],
        "person": None,
    }
    return console(name, "service_form", "/console/services/new", **(context | more))


def hours(name: str, **more: Any) -> Scene:
    context = {
        "person": plan.OWN,
        "hours": plan.HOURS,
        "version": 4,
        "to_come": 14,
        "errors": {},
        "timezones": zones_to_choose(),
        "services": plan.SERVICES,
        "service_id": made.number(202),
        "preview": plan.TIMES,
        "unsaved": False,
        "question": {"service_id": "", "on": "", "at": ""},
        "explained": None,
        "asked_at": None,
        "copy_from": None,
        "copy_to": [],
        "holidays": plan.HOLIDAYS,
        "stranded": None,
    }
    return console(name, "availability", "/console/availability", **(context | more))


def calendars(name: str, **more: Any) -> Scene:
    context = {
        "person": plan.OWN,
        "calendars": plan.BUSY_CALENDARS,
        "fields": {"name": "", "address": ""},
        "errors": {},
    }
    return console(name, "busy_calendars", "/console/availability/calendars", **(context | more))


def editor(stored: SummaryDraft | PrivateNote, **more: Any) -> Editor:
    whole: dict[str, Any] = {
        "text": stored.text,
        "revision": stored.revision,
        "was": fingerprint(stored.text),
        "saved_at": made.ago(hours=1) if stored.revision else None,
    }
    return Editor(**(whole | more))


def session(name: str, **more: Any) -> Scene:
    context = {
        "session": plan.SESSIONS.items[0],
        "client_name": "Anna Bergmann",
        "statuses": list(SessionStatus),
        "reads": True,
        "draft": plan.DRAFT,
        "summary": editor(plan.DRAFT),
        "standing": "The client still reads version 1. Share again to replace it.",
        "preview": None,
        "note": plan.NOTE,
        "has_note": True,
        "note_editor": editor(plan.NOTE),
        "errors": {},
    }
    return console(name, "session", f"/console/sessions/{made.number(220)}", **(context | more))


def tab(name: str, which: str, **more: Any) -> Scene:
    return console(name, "client", f"{BASE}/{which}", **(CLIENT | more), tab=which)


CALENDAR_PAGES = [
    calendar("calendar"),
    calendar("calendar-colleague", person=plan.CHOICE),
    calendar("calendar-down", grid=None),
    calendar("calendar-night", grid=plan.grid(plan.ON_MONDAY, plan.NIGHT)),
    calendar("calendar-agenda", replace(plan.ON_MONDAY, view=View.AGENDA)),
    calendar("calendar-day", replace(plan.ON_MONDAY, on=plan.TODAY, view=View.DAY)),
    calendar(
        "calendar-team",
        TEAM_DAY,
        person=plan.CHOICE,
        grid=plan.grid(TEAM_DAY, plan.WEEK, msgspec.structs.replace(plan.WEEK, items=[])),
    ),
    calendar(
        "calendar-beside",
        replace(plan.ON_MONDAY, open=plan.APPOINTMENT.id),
        opened=Opened(plan.APPOINTMENT, "https://meet.example.org/rivera-4711"),
    ),
    calendar(
        "calendar-beside-down",
        replace(plan.ON_MONDAY, open=made.number(1)),
        opened=Opened(None, None),
    ),
    calendar(
        "calendar-beside-begun",
        replace(plan.ON_MONDAY, open=made.number(215)),
        opened=Opened(plan.BEGUN, None),
    ),
    appointment("appointment", plan.APPOINTMENT, meeting=plan.APPOINTMENT.place.text),
    appointment("appointment-begun", plan.BEGUN),
    appointment("appointment-cancelled", plan.CANCELLED, client_name="David Nowak"),
    appointment("appointment-requested", plan.REQUEST, client_name="David Nowak"),
    appointment("appointment-declined", plan.DECLINED, closed="declined"),
    console(
        "appointment-cancel",
        "appointment_cancel",
        f"/console/appointments/{plan.APPOINTMENT.id}/cancel",
        appointment=plan.APPOINTMENT,
        client_name="Anna Bergmann",
        reason="",
        quiet=False,
        errors={},
        began="/console/calendar?on=2026-12-03",
    ),
    booking("booking", typed={**TYPED, "start": "2026-12-08T09:00:00Z"}),
    booking(
        "booking-begin",
        draft={
            "client": ClientChoice("", plan.BOOKING.client.options, None),
            "person": plan.CHOICE,
            "day": None,
        },
    ),
    booking(
        "booking-found",
        draft={"client": ClientChoice("an", plan.BOOKING.client.options, None, full=True)},
        errors={"client": "client_unclear"},
    ),
    booking(
        "booking-nobody",
        draft={"client": ClientChoice("zzz", [], None), "days": []},
        errors={"client": "client_unknown", "minutes": "out_of_range"},
        more={"minutes": "0", "message": "Bring a pen.", "without_mail": "1"},
        more_open=True,
    ),
    booking(
        "booking-down",
        draft={"client": ClientChoice("an", None, None), "days": None},
        flash=failed("Not available right now."),
    ),
    booking(
        "booking-anyway",
        draft={"days": []},
        typed={**TYPED, "start": "own", "on": "2026-12-08", "at": "19:00"},
        rules=["notice", "hours"],
        warned="mark",
    ),
    booking(
        "booking-taken",
        typed={**TYPED, "start": "own", "on": "2026-10-25", "at": "02:30"},
        errors={"start": "time_taken", "at": "happens_twice"},
        twice=True,
    ),
    booking(
        "booking-repeats",
        repeats={"repeat": "weekly", "every": "1", "until_on": "2026-01-01", "times": "3"},
        errors={"times": "until_or_times", "until_on": "until_before_start"},
        more_open=True,
    ),
    reviewing("series-review"),
    reviewing("series-review-moved", moves=True, error="series_collides"),
    moving(
        "moving-series",
        appointment=msgspec.structs.replace(plan.APPOINTMENT, series=plan.SERIES),
        scope="following",
    ),
    booking("booking-no-service", draft={"services": [], "service": None}),
    booking("booking-no-client", draft={"client": ClientChoice("", [], None)}),
    booking("booking-services-down", draft={"services": None, "service": None}),
    moving("moving"),
    moving("moving-down", choice=plan.TimeChoice(ZONE, None)),
]
OFFER_PAGES = [
    services("services"),
    services("services-none", services=[], archived_total=0),
    services("services-archived", services=plan.ARCHIVED, archived=True),
    service_form("service"),
    service_form(
        "service-new",
        fields=service_fields.blank(),
        service=None,
        chosen=[],
        person=plan.OWN,
        preset="first",
        unfolded=False,
        rules=PRESETS[0].fields,
    ),
    service_form("service-stranded", stranded=plan.STRANDED),
    service_form(
        "service-wrong",
        fields=service_fields.of_service(plan.SERVICES[2].fields)
        | {"title": "", "minutes": "fifty", "place": "meet", "cancel_notice_minutes": ""},
        errors={
            "title": "name_missing",
            "minutes": "number_invalid",
            "place": "not_https",
            "cancel_notice_minutes": "number_missing",
            "chosen_client_ids": "too_many",
        },
    ),
    console(
        "client-archive",
        "client_archive",
        "/console/clients",
        client_id=plan.APPOINTMENTS.items[0].client_id,
        client_name="Anna Bergmann",
        to_come=[(plan.APPOINTMENTS.items[0], 1), (plan.APPOINTMENTS.items[1], 12)],
        said={f"becomes-{one.id}": "" for one in plan.APPOINTMENTS.items[:2]}
        | {f"becomes-{plan.APPOINTMENTS.items[0].id}": "cancel"},
        errors={f"becomes-{plan.APPOINTMENTS.items[1].id}": "undecided"},
        open_forms=2,
    ),
    console(
        "service-archive",
        "service_archive",
        "/console/services",
        service=plan.SERVICES[0],
    ),
    hours("hours"),
    hours("hours-stranded", stranded=plan.STRANDED),
    hours("hours-no-holidays", holidays=None),
    calendars("calendars"),
    calendars("calendars-new", calendars=[plan.NEW_BUSY_CALENDAR, plan.BUSY_CALENDARS[0]]),
    calendars("calendars-none", calendars=[], person=plan.CHOICE),
    calendars("calendars-down", calendars=None),
    calendars(
        "calendars-wrong",
        fields={"name": "Family", "address": "http://calendar.example.org/basic.ics"},
        errors={"address": "address_not_https"},
    ),
    hours(
        "hours-explained",
        unsaved=True,
        preview=plan.NO_TIMES,
        question={"service_id": "", "on": "2026-12-08", "at": "09:15"},
        explained=Explanation(reason=WhyNot.OWN_APPOINTMENT, appointment_id=plan.APPOINTMENT.id),
        asked_at=plan.at(8, 8, 15),
    ),
    hours(
        "hours-wrong",
        services=[],
        service_id=None,
        preview=None,
        errors={
            "weekly-0-1-end": "end_before_start",
            "override-1-hours": "hours_unreadable",
            "off-0-last_on": "end_before_start",
            "off-0-end": "not_a_time",
            "holiday_country": "unknown_country",
            "holiday_region": "unknown_region",
        },
    ),
]
SESSION_PAGES = [
    tab("client-appointments", "appointments", appointments=plan.APPOINTMENTS),
    tab("client-appointments-none", "appointments", appointments=plan.NO_APPOINTMENTS),
    tab("client-sessions", "sessions", sessions=plan.SESSIONS, cursor=None),
    tab("client-sessions-none", "sessions", sessions=plan.NO_SESSIONS, cursor=None),
    console(
        "session-new",
        "session_new",
        f"{BASE}/sessions/new",
        client_id=made.number(10),
        client_name="Anna Bergmann",
        fields={"title": "", "on": "2026-12-02", "at": "", "minutes": "50", "status": "attended"},
        errors={"title": "title_missing", "at": "time_missing"},
        twice=False,
        titles=["Individual session", "Couples session"],
    ),
    session("session", flash=done("What you wrote is saved.")),
    session(
        "session-preview",
        preview=render_markdown(plan.TEXT, top_heading=3),
        note_editor=editor(plan.NO_NOTE),
        note=plan.NO_NOTE,
    ),
    session(
        "session-first",
        session=plan.SESSIONS.items[1],
        draft=plan.NO_DRAFT,
        summary=editor(plan.NO_DRAFT),
        standing="",
    ),
    session(
        "session-stale",
        summary=editor(
            plan.DRAFT, text="My own words", unsaved=True, stands=plan.TEXT, newest=7, revision=6
        ),
        flash=failed("Another text of the summary was saved meanwhile."),
    ),
    session(
        "session-refused",
        note_editor=editor(plan.NOTE, text="x" * 200, unsaved=True, error="text_too_long"),
        errors={"note": "text_too_long"},
    ),
    session(
        "session-assistant",
        reads=False,
        draft=None,
        summary=None,
        standing="",
        has_note=False,
        note=None,
        note_editor=None,
    ),
    session("session-down", draft=None, summary=None, standing="", note=None, note_editor=None),
    console(
        "summary-version",
        "text_version",
        f"/console/sessions/{made.number(220)}/summary",
        session=plan.SESSIONS.items[0],
        client_name="Anna Bergmann",
        which="summary",
        version=1,
        text=plan.TEXT,
        html=render_markdown(plan.TEXT, top_heading=2),
    ),
    console(
        "note-version",
        "text_version",
        f"/console/sessions/{made.number(220)}/note",
        session=plan.SESSIONS.items[0],
        client_name="Anna Bergmann",
        which="note",
        version=1,
        text="Looks tired.\nAsk about the sister.",
        html=None,
    ),
    console(
        "summary-share",
        "summary_share",
        f"/console/sessions/{made.number(220)}/summary/share",
        draft=plan.DRAFT,
        session=plan.SESSIONS.items[0],
        client=made.CLIENT,
        html=render_markdown(plan.TEXT, top_heading=3),
    ),
    console(
        "summary-unshare",
        "summary_unshare",
        f"/console/sessions/{made.number(220)}/summary/unshare",
        session=plan.SESSIONS.items[0],
        client_name="Anna Bergmann",
    ),
]
SCENES: list[Scene] = [*CALENDAR_PAGES, *OFFER_PAGES, *SESSION_PAGES]
