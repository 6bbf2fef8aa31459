"""Services to begin with: a form that is filled in, of which everything can be changed."""

from __future__ import annotations

from typing import Final, NamedTuple

from gateway.console.schedule import service_fields
from gateway.words.extraction import _
from portal_contracts.scheduling.rpc.services import Alignment, ServiceColour, ServiceFields


class Preset(NamedTuple):
    """A service to begin with; its title is a msgid."""

    key: str
    fields: ServiceFields


PRESETS: Final = (
    Preset(
        "first",
        ServiceFields(
            title=_("First consultation"),
            minutes=50,
            self_scheduling=True,
            buffer_after_minutes=10,
            min_notice_minutes=2 * 1440,
            max_horizon_days=30,
            max_per_day=2,
            colour=ServiceColour.TEAL,
        ),
    ),
    Preset(
        "weekly",
        ServiceFields(
            title=_("Weekly session"),
            minutes=50,
            self_scheduling=True,
            increment_minutes=60,
            buffer_after_minutes=10,
            max_horizon_days=90,
            alignment=Alignment.GAP_START,
        ),
    ),
    Preset(
        "on-request",
        ServiceFields(
            title=_("Appointment on request"),
            self_scheduling=True,
            on_request=True,
            min_notice_minutes=2 * 1440,
            clients_may_move=False,
            colour=ServiceColour.AMBER,
        ),
    ),
)


def preset(key: str) -> Preset | None:
    """The preset of that key."""
    return next((one for one in PRESETS if one.key == key), None)


def filled_in(found: Preset, title: str) -> dict[str, str]:
    """The form as the preset has it, under a title in the page's language."""
    return service_fields.of_service(found.fields) | {"title": title}
