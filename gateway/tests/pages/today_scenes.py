"""Today in every state worth a look."""

from __future__ import annotations

from typing import Any

import console_form_scenes as forms
import console_schedule_made as plan
import fixtures as made
from msgspec.structs import replace
from scene import Scene, console

from gateway.console.clients.client_choice import ClientChoice, ClientOption
from gateway.console.day_line import day_line
from gateway.console.undone import Undone
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.calendar import SessionHead
from portal_contracts.scheduling.rpc.requests import RequestedAppointments
from portal_contracts.scheduling.rpc.undone import Undone as Left

STEPS = [("hours", True), ("service", False), ("mail", False), ("client", False), ("link", False)]
NOTHING_LEFT = Left(unwritten=[], more_unwritten=False, expired=[])
NOTHING = Undone(
    requested=RequestedAppointments(items=[]),
    left=NOTHING_LEFT,
    failed=made.NO_MAILS,
    held_up=made.NO_MAILS,
    soon=0,
    addresses=made.NO_CLIENTS,
    reads_forms=True,
    submitted=plan.NOTHING_SUBMITTED,
    overdue=plan.NOTHING_SUBMITTED,
    unread_calendars=[],
)
LEFT = Left(
    unwritten=[plan.session(224, 1), plan.session(225, 3, had_appointment=False, title="By phone")],
    more_unwritten=False,
    expired=[plan.EXPIRED],
)
BEGUN = [
    replace(plan.ENTRIES[2], session=SessionHead(status=SessionStatus.NO_SHOW)),
    replace(plan.ENTRIES[3], session=SessionHead(status=SessionStatus.ATTENDED)),
    *plan.ENTRIES[4:6],
]
UNKNOWN = Undone(None, None, None, None, 0, None, True, None, None, [])


def today(name: str, undone: Undone = NOTHING, **more: Any) -> Scene:
    context = {
        "calendar": plan.CALENDAR,
        "zone": plan.ZONE,
        "today": day_line(BEGUN, made.NOW),
        "following": [],
        "undone": undone,
        "names": made.NAMES,
        "clients_total": 38,
        "steps": None,
        "no_mail_server": False,
        "person": plan.OWN,
    }
    return console(name, "today", "/console", **(context | more))


SCENES: list[Scene] = [
    today("today"),
    today(
        "today-undone",
        NOTHING._replace(
            requested=plan.REQUESTED,
            left=LEFT,
            failed=made.FAILED_MAILS,
            held_up=made.HELD_UP_MAILS,
            submitted=plan.SUBMITTED,
            overdue=plan.OVERDUE,
        ),
        following=plan.ENTRIES[6:7],
    ),
    today("today-first", today=[], clients_total=0, steps=STEPS),
    today("today-alerts", person=plan.CHOICE, alerts=plan.ALERTS),
    today("today-requests", NOTHING._replace(requested=plan.REQUESTED)),
    today("today-addresses", NOTHING._replace(addresses=made.WAITING_CLIENTS)),
    today("today-mails", NOTHING._replace(soon=3)),
    today("today-calendars", NOTHING._replace(unread_calendars=plan.BUSY_CALENDARS[1:2])),
    today("today-free", person=plan.CHOICE, today=[], following=plan.ENTRIES[6:]),
    today(
        "today-down",
        UNKNOWN,
        calendar=None,
        today=[],
        alerts=made.ALERTS_DOWN,
        clients_total=None,
    ),
]


def day_off(name: str, **more: Any) -> Scene:
    context = {
        "person": plan.OWN,
        "fields": {"first_on": "2026-12-04", "last_on": ""},
        "errors": {},
        "stranded": None,
    }
    return console(name, "day_off", "/console/availability/day-off", **(context | more))


CLIENTS = [ClientOption(one.id, one.name, one.email) for one in made.CLIENTS.items]


def send_any(name: str, **more: Any) -> Scene:
    context = {
        "client": None,
        "still_open": False,
        "fields": {"template": "", "due_on": ""},
        "errors": {},
        "choice": ClientChoice("", CLIENTS, CLIENTS[0]),
        "templates": forms.ALL[:3],
    }
    return console(name, "send_form", "/console/forms/send", **(context | more))


SCENES += [
    day_off("day-off"),
    day_off("day-off-stranded", person=plan.CHOICE, stranded=plan.STRANDED),
    day_off("day-off-wrong", errors={"last_on": "order"}),
    send_any("send-any-form"),
    send_any(
        "send-any-form-unclear",
        errors={"client": "client_unclear"},
        choice=ClientChoice("An", CLIENTS[:2], None),
    ),
    send_any("send-any-form-none", templates=[]),
    send_any("send-any-form-down", templates=None),
]
