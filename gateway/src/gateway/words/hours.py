"""Times of day that are no instants, written as the reader of a page is used to."""

from __future__ import annotations

from datetime import time

from jinja2 import pass_context
from jinja2.runtime import Context

from portal_contracts.wall_clock import time_of_day


def has_twelve_hours(context: Context) -> bool:
    """Whether this page writes *1:30 PM*; the request said so (`writes_twelve_hours`)."""
    return bool(context.get("twelve_hours"))


@pass_context
def typed_time(context: Context, text: str) -> str:
    """A time of day ``HH:MM`` as the reader writes it: ``9:30 AM``; anything else as it stands."""
    try:
        meant = time.fromisoformat(text)
    except ValueError:
        return text
    return time_of_day(meant, twelve_hours=has_twelve_hours(context))
