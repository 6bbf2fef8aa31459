"""What a scene is: one page in one state, with made-up data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import fixtures as made

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
    context = {"device": made.CONSOLE_DEVICE, **more}
    return Scene(f"console-{name}", f"console/{template}.html", context, path, flash=flash)


def portal(name: str, path: str, **more: Any) -> Scene:
    flash = more.pop("flash", None)
    template = f"portal/{more.pop('template', name)}.html"
    return Scene(f"portal-{name}", template, {**PORTAL, **more}, path, flash=flash)


def done(text: str) -> dict[str, str]:
    return {"kind": "success", "text": text}


def failed(text: str) -> dict[str, str]:
    return {"kind": "error", "text": text}
