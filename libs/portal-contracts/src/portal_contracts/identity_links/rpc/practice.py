"""The practice: what is set of it, by sections; what a change concerns, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from msgspec import Meta, Struct

from portal_contracts.calls import Method, Nothing
from portal_contracts.changes import Changes, changes_of
from portal_contracts.identity_links.rpc.targets import (
    SERVICE,
    ClientVisibility,
    EntryMode,
    SecondCheck,
)
from portal_contracts.instants import Instant
from portal_contracts.text import Line

DEFAULT_LINK_DAYS: Final = 30
DEFAULT_ACCENT: Final = "#2f6f6a"

PRACTICE_LINES: Final[Mapping[str, int]] = {"name": 200, "contact_phone": 50, "accent": 50}
"""The texts of one line that can be said of a practice, with the most characters of each."""
PRACTICE_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "link_days": (1, 90),
    "device_idle_minutes": (5, 90 * 24 * 60),
    "device_absolute_minutes": (5, 90 * 24 * 60),
}
"""The numbers that can be set of a practice, with the least and the most."""

LONGEST_POSTAL_ADDRESS: Final = 500
MOST_ADDRESS_LINES: Final = 8
MOST_CRISIS_CONTACTS: Final = 6
CRISIS_LINES: Final[Mapping[str, int]] = {"name": 100, "number": 50, "hours": 100, "source": 300}
"""The texts of a crisis contact, with the most characters of each."""


class CrisisContact(Struct, frozen=True, kw_only=True):
    """Whom a client can call in a crisis: a name and a number, and who says so.

    `hours` may be empty. `source` is an address of the web or a sentence; `checked_on` the day
    on which somebody of the practice last looked there.
    """

    name: Line
    number: Line
    source: Line
    checked_on: date
    hours: Line = ""


class PracticeSection(StrEnum):
    """Parts in which a practice is set, each with members of its own."""

    PRACTICE = "practice"
    FACE = "face"
    LINKS = "links"
    SECURITY = "security"


class PracticeSettings(Struct, frozen=True, kw_only=True):
    """What `edit_practice` sets of a practice; checked whole, every error at once.

    `language` is ``en`` or ``de``, `timezone` IANA, `country` ISO 3166-1 or empty, `accent` a
    hex colour ``#rrggbb``. `crisis_contacts` are shown to clients in this order. New clients
    take language and zone. A client's device ends `device_idle_minutes` after its last use, and
    `device_absolute_minutes` after it signed in. From `second_factor_from` on, in the practice's
    zone, everybody who works there needs a second factor; None: nobody does.
    """

    name: Line
    contact_email: Line = ""
    contact_phone: Line = ""
    postal_address: str = ""
    language: str = "en"
    timezone: str = "Europe/Berlin"
    country: str = ""
    crisis_contacts: list[CrisisContact] = []
    accent: str = DEFAULT_ACCENT
    link_days: int = DEFAULT_LINK_DAYS
    single_use: bool = False
    entry: EntryMode = EntryMode.ONE_CLICK
    second_check: SecondCheck = SecondCheck.NONE
    device_idle_minutes: int = 60
    device_absolute_minutes: int = 7 * 24 * 60
    second_factor_from: date | None = None


class PracticeFields(PracticeSettings, frozen=True, kw_only=True):
    """All that is set of a practice. Whose clients it shows has a call of its own."""

    client_visibility: ClientVisibility = ClientVisibility.OWN


if TYPE_CHECKING:
    PracticeChanges: TypeAlias = Changes | PracticeSettings
else:
    PracticeChanges = changes_of(PracticeSettings, "PracticeChanges")


def practice_changes(members: Mapping[str, Any]) -> PracticeChanges:
    """Changes of these members, by name; all others stay."""
    kind: Any = PracticeChanges
    made: PracticeChanges = kind(**members)
    return made


SECTION_FIELDS: Final[Mapping[PracticeSection, tuple[str, ...]]] = {
    PracticeSection.PRACTICE: (
        "name",
        "contact_email",
        "contact_phone",
        "postal_address",
        "language",
        "timezone",
        "country",
        "crisis_contacts",
    ),
    PracticeSection.FACE: ("accent",),
    PracticeSection.LINKS: ("link_days", "single_use", "entry", "second_check"),
    PracticeSection.SECURITY: (
        "device_idle_minutes",
        "device_absolute_minutes",
        "second_factor_from",
        "client_visibility",
    ),
}
"""Which members each section has."""

SHOWN_IN_LOG: Final[frozenset[str]] = frozenset(
    {
        *("language", "timezone", "country", "accent", *PRACTICE_RANGES),
        *("single_use", "entry", "second_check", "second_factor_from"),
        "client_visibility",
    }
)
"""Members whose new value the access log tells; of all others it tells that they changed."""


class PracticeDetails(PracticeFields, frozen=True, kw_only=True):
    """All that is set of a practice; `version` counts the changes."""

    version: int


class EditPractice(Struct, frozen=True, kw_only=True):
    """Change what `fields` holds; the rest stays. `version` is the one that was read."""

    version: int
    fields: PracticeChanges


class PracticeChanged(Struct, frozen=True, kw_only=True):
    """The version after the change."""

    version: int


class PracticeReach(Struct, frozen=True, kw_only=True):
    """How many a change of the practice concerns.

    `clients` are active. `without_date_of_birth` of them are mailed a code where the second
    check asks for a date of birth; `without_check`, who have no address either, do not get in.
    """

    clients: int
    live_links: int
    client_devices: int
    without_date_of_birth: int
    without_check: int


class ListPracticeChanges(Struct, frozen=True, kw_only=True):
    """The last changes of one section, newest first."""

    section: PracticeSection
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class FieldChange(Struct, frozen=True, kw_only=True):
    """A member that was changed; `value` is its new one where the log tells it, or empty."""

    name: str
    value: str


class PracticeChange(Struct, frozen=True, kw_only=True):
    """Who changed what, and when. `by` is empty for the administration of the server."""

    at: Instant
    by: str
    fields: list[FieldChange]


class PracticeHistory(Struct, frozen=True, kw_only=True):
    """The last changes of one section, newest first."""

    items: list[PracticeChange]


READ_PRACTICE = Method(
    SERVICE, "read_practice", Nothing, PracticeDetails, "All that is set of the actor's practice."
)
EDIT_PRACTICE = Method(
    SERVICE,
    "edit_practice",
    EditPractice,
    PracticeChanged,
    "Change what is set of a practice; Conflict stale_version when someone else was quicker.",
    mutates=True,
)
MEASURE_PRACTICE = Method(
    SERVICE,
    "measure_practice",
    Nothing,
    PracticeReach,
    "How many clients, links and devices a change of the practice concerns.",
)
LIST_PRACTICE_CHANGES = Method(
    SERVICE,
    "list_practice_changes",
    ListPracticeChanges,
    PracticeHistory,
    "Who changed what in one section of the practice, by the access log.",
)

METHODS = (READ_PRACTICE, EDIT_PRACTICE, MEASURE_PRACTICE, LIST_PRACTICE_CHANGES)
