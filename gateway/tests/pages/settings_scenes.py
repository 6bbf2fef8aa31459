"""The practice's settings: each section, what two owners changed at once, crisis contacts."""

from __future__ import annotations

from datetime import date
from typing import Any

import fixtures as made
from msgspec.structs import asdict, replace
from scene import Scene, settings

from gateway.console.settings import booking, practice_forms, sections
from gateway.console.settings.crisis_contacts import FIELDS, order_of
from gateway.console.settings.crisis_presets import PRESETS
from gateway.console.settings.face import Preview
from gateway.console.settings.section_forms import Clash
from gateway.web.brand import shades_of
from gateway.words.countries import countries_by_name
from portal_contracts.identity_links.rpc.pictures import MOST_PICTURE_BYTES
from portal_contracts.identity_links.rpc.practice import (
    CrisisContact,
    FieldChange,
    PracticeChange,
    PracticeDetails,
    PracticeHistory,
    PracticeReach,
    PracticeSection,
)
from portal_contracts.zones import zones_to_choose

HELPLINE = CrisisContact(
    name="TelefonSeelsorge",
    number="116 123",
    hours="day and night",
    source="https://www.telefonseelsorge.de",
    checked_on=date(2026, 11, 2),
)
PRACTICE = PracticeDetails(
    version=4,
    name=made.PRACTICE.name,
    contact_email=made.PRACTICE.contact_email,
    contact_phone=made.PRACTICE.contact_phone,
    postal_address="Seestraße 14\n10115 Berlin",
    country="DE",
    crisis_contacts=[HELPLINE],
    accent="#ffd400",
)
HISTORY = PracticeHistory(
    items=[
        PracticeChange(
            at=made.ago(hours=20),
            by="Dr. Miriam Rivera",
            fields=[
                FieldChange(name="contact_phone", value=""),
                FieldChange(name="timezone", value="Europe/Vienna"),
                FieldChange(name="country", value="AT"),
            ],
        ),
        PracticeChange(
            at=made.ago(days=9),
            by="",
            fields=[
                FieldChange(name="single_use", value="yes"),
                FieldChange(name="device_idle_minutes", value="90"),
            ],
        ),
    ]
)
REACH = PracticeReach(
    clients=48, live_links=31, client_devices=12, without_date_of_birth=5, without_check=1
)


def of_section(
    name: str, section: sections.Section, part: PracticeSection, template: str, **more: Any
) -> Scene:
    typed = practice_forms.typed_of(PRACTICE, part)
    context = {
        "section": section,
        "parts": practice_forms.FORMS[part],
        "order": practice_forms.names_of(part),
        "may_change": True,
        "settings": PRACTICE,
        "fields": typed,
        "was": typed,
        "errors": {},
        "clashes": [],
        "history": HISTORY,
        "timezones": zones_to_choose(),
        "languages": ["en", "de"],
        "countries": countries_by_name("en"),
    }
    return settings(name, template, section.address, **(context | more))


def of_crisis(name: str, *rows: dict[str, str], **more: Any) -> Scene:
    shown = [*rows, dict.fromkeys(FIELDS, "")]
    context = {
        "rows": shown,
        "order": order_of(len(shown)),
        "was": "[]",
        "version": 4,
        "errors": {},
        "theirs": None,
        "presets": [*enumerate(PRESETS["DE"], start=1)],
        "country": "DE",
    }
    address = f"{sections.PRACTICE.address}/crisis-contacts"
    return settings(name, "crisis_contacts", address, **(context | more))


ROW = {name: str(value) for name, value in asdict(HELPLINE).items()} | {"place": "1"}
NONE_SET = replace(PRACTICE, crisis_contacts=[])
FACE = {
    "most_bytes": MOST_PICTURE_BYTES,
    "preview": Preview(PRACTICE.accent, shades_of(PRACTICE.accent)),
}
_PRACTICE = (sections.PRACTICE, PracticeSection.PRACTICE, "practice")

SCENES = [
    of_section("practice", *_PRACTICE),
    of_section(
        "practice-wrong",
        *_PRACTICE,
        errors={"name": "name_missing", "contact_email": "contact_email_invalid"},
    ),
    of_section(
        "practice-clash",
        *_PRACTICE,
        clashes=[Clash("contact_phone", "+49 30 1", "+49 30 2"), Clash("name", "Praxis", "")],
    ),
    of_section(
        "practice-look",
        *_PRACTICE,
        may_change=False,
        history=None,
        settings=NONE_SET,
    ),
    of_section("face", sections.FACE, PracticeSection.FACE, "face", **FACE),
    settings(
        "settings-booking",
        "booking",
        sections.BOOKING.address,
        section=sections.BOOKING,
        parts=booking.PARTS,
        order=("max_open", "max_per_day"),
        fields={"max_open": "12", "max_per_day": "many"},
        version=3,
        errors={"max_per_day": "number_invalid"},
        may_change=True,
    ),
    of_section("links", sections.LINKS, PracticeSection.LINKS, "links", reach=REACH),
    of_section("security", sections.SECURITY, PracticeSection.SECURITY, "security", reach=REACH),
    settings(
        "logo-wrong",
        "picture",
        f"{sections.FACE.address}/logo",
        section=sections.FACE,
        of="logo",
        most_bytes=MOST_PICTURE_BYTES,
        shown="0" * 64 + ".webp",
        errors={"picture": "picture_kind_unknown"},
    ),
    of_crisis("crisis", ROW),
    of_crisis(
        "crisis-wrong",
        ROW | {"source": "", "checked_on": ""},
        errors={
            "crisis_contacts.0.source": "missing",
            "crisis_contacts.0.checked_on": "missing",
        },
    ),
    of_crisis("crisis-theirs", ROW, theirs=[HELPLINE], presets=[], country=""),
]
