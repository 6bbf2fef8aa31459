"""What a scene is: one page in one state, with made-up data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import fixtures as made

from gateway.console.settings.sections import SECTIONS
from gateway.web.portal_home import on_now, seconds_to_change
from portal_contracts.scheduling.rpc.overview import PortalSchedule

PORTAL = {"device": made.CLIENT_DEVICE}


@dataclass(frozen=True)
class Scene:
    """One page in one state: its name, its template and what it is given."""

    name: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    path: str = "/"
    practice: bool = True
    flash: dict[str, str] | None = None


def console(name: str, template: str, path: str, **more: Any) -> Scene:
    flash = more.pop("flash", None)
    nothing = {
        "guide": None,
        "alerts": made.NO_ALERTS,
        "duplicates": None,
        "forms": [],
        "columns": made.COLUMNS,
        "names_practitioner": False,
    }
    context = {"device": made.CONSOLE_DEVICE, **nothing, **more}
    return Scene(f"console-{name}", f"console/{template}.html", context, path, flash=flash)


def settings(name: str, template: str, path: str, **more: Any) -> Scene:
    return console(name, f"settings/{template}", path, sections=SECTIONS, **more)


def portal(name: str, path: str, **more: Any) -> Scene:
    flash = more.pop("flash", None)
    template = f"portal/{more.pop('template', name)}.html"
    return Scene(f"portal-{name}", template, {**PORTAL, **more}, path, flash=flash)


def home(name: str, schedule: PortalSchedule | None, **more: Any) -> Scene:
    return portal(name, "/home", template="home", **home_context(schedule) | more)


def home_context(schedule: PortalSchedule | None) -> dict[str, Any]:
    """What a client's home is made of at the gallery's time."""
    upcoming = schedule.upcoming if schedule else []
    return {
        "schedule": schedule,
        "current": on_now(upcoming, made.NOW),
        "changes_in": seconds_to_change(upcoming, made.NOW),
        "names": {made.number(2): "Dr. Miriam Rivera"},
        "forms": made.FORMS,
    }


def done(text: str) -> dict[str, str]:
    return {"kind": "success", "text": text}


def failed(text: str) -> dict[str, str]:
    return {"kind": "error", "text": text}
