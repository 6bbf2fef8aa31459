"""What the access log tells of a change of a practice: its section, and which members changed.

The values of a few members are told too (`SHOWN_IN_LOG`); of what may name or reach a person
only that it changed. A row reads ``links: link_days=14, single_use=yes``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from portal_contracts.identity_links.rpc.practice import (
    SECTION_FIELDS,
    SHOWN_IN_LOG,
    FieldChange,
    PracticeFields,
    PracticeSection,
)

_NO_YES = ("no", "yes")


def changed_sections(
    before: PracticeFields, after: PracticeFields
) -> Mapping[PracticeSection, Sequence[str]]:
    """Each section in which a member is other than before, with those members."""
    found = {
        section: [name for name in names if getattr(before, name) != getattr(after, name)]
        for section, names in SECTION_FIELDS.items()
    }
    return {section: names for section, names in found.items() if names}


def written(section: PracticeSection, names: Sequence[str], after: PracticeFields) -> str:
    """The row's detail; `names` changed, and are now as in `after`."""
    return f"{section}: " + ", ".join(
        f"{name}={_word(getattr(after, name))}" if name in SHOWN_IN_LOG else name for name in names
    )


def read_detail(detail: str) -> list[FieldChange]:
    """The members that a row's detail names."""
    parts = detail.partition(": ")[2].split(", ")
    named = (part.partition("=") for part in parts if part)
    return [FieldChange(name=name, value=value) for name, _, value in named]


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _NO_YES[value]
    return value.value if isinstance(value, StrEnum) else str(value)
