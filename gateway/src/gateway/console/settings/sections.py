"""The sections of the settings: one table of what there is, and who may see and change it.

The routes, the navigation and the reference (``docs/reference/sections.md``) come from
`SECTIONS`. The service that keeps a setting checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from gateway.web.resource import Resource, Wiring
from gateway.web.routing import Route, practitioner_route
from gateway.words.extraction import _
from portal_contracts.permissions import Permission

SETTINGS: Final = "/console/settings"


@dataclass(frozen=True)
class Section:
    """One section of the settings.

    Attributes:
        name: the last part of its address.
        title: in English.
        text: what is set there, in one sentence; in English.
        icon: a symbol of the sprite.
        see: what a role needs to open it; None: every practitioner may.
        change: … and to change something in it; None: whoever sees it may.
        own: what is set there is the practitioner's, not the practice's.
    """

    name: str
    title: str
    text: str
    icon: str
    see: Permission | None = None
    change: Permission | None = None
    own: bool = False

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{SETTINGS}/{self.name}"

    def page(self, resource: type[Resource], more: str = "", *, changes: bool = False) -> Route:
        """A route of the section; `changes`: only for whoever may change it, also to look.

        Args:
            resource: what answers.
            more: what follows the section's address, with its slash.
            changes: the page is nothing but a change, or the way to one.
        """
        change = self.change or self.see
        return practitioner_route(
            f"{self.address}{more}",
            resource,
            change if changes else self.see,
            {} if change is None else {"POST": change},
        )


PRACTICE: Final = Section(
    name="practice",
    title=_("Practice"),
    text=_("Contact, crisis contacts, time zone and language."),
    icon="house",
    change=Permission.PRACTICE_WRITE,
)
TEAM: Final = Section(
    name="team",
    title=_("Team"),
    text=_("Who works here and as what, who is invited, and what becomes of it when one leaves."),
    icon="users",
    see=Permission.TEAM_READ,
    change=Permission.TEAM_WRITE,
)
FACE: Final = Section(
    name="face",
    title=_("Logo and colour"),
    text=_("How your pages look to clients."),
    icon="leaf",
    change=Permission.PRACTICE_WRITE,
)
LINKS: Final = Section(
    name="links",
    title=_("Portal links"),
    text=_("How long a link works, and what a new device is asked for."),
    icon="link",
    change=Permission.PRACTICE_WRITE,
)
SECURITY: Final = Section(
    name="security",
    title=_("Security"),
    text=_("When devices are signed out by themselves, and who needs two-step sign-in."),
    icon="shield-check",
    change=Permission.PRACTICE_WRITE,
)
BOOKING: Final = Section(
    name="booking",
    title=_("Booking"),
    text=_("How much one client may book in the portal, so that nobody takes all times."),
    icon="calendar-plus",
    change=Permission.PRACTICE_WRITE,
)
MAIL_SERVER: Final = Section(
    name="mail-server",
    title=_("Mail server"),
    text=_("By which server your mails go, and from which address."),
    icon="mail",
    see=Permission.PRACTICE_WRITE,
)
VISIBILITY: Final = Section(
    name="visibility",
    title=_("Whose clients"),
    text=_("Whether every practitioner sees all clients of your practice, or only their own."),
    icon="users",
    see=Permission.PRACTICE_WRITE,
)
API_TOKENS: Final = Section(
    name="api-tokens",
    title=_("API tokens"),
    text=_("With a token, a program of yours works in your name: a backup, an import, a calendar."),
    icon="lock",
    own=True,
)
ACCOUNT: Final = Section(
    name="account",
    title=_("My account"),
    text=_("Your name and role, and the devices you are signed in on."),
    icon="monitor",
    own=True,
)

SECTIONS: Final[tuple[Section, ...]] = (
    PRACTICE,
    TEAM,
    FACE,
    MAIL_SERVER,
    BOOKING,
    LINKS,
    VISIBILITY,
    SECURITY,
    API_TOKENS,
    ACCOUNT,
)


class SectionPage(Resource):
    """A page of the settings: it is shown with the navigation of `SECTIONS`."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self.show = partial(self.show, sections=SECTIONS)
