"""The forms that ship with the service, read from its package once per process."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from portal_contracts.forms.rpc.questions import FormDocument

_NAMES = (
    "intake",
    "consent_treatment",
    "consent_telehealth",
    "phq9",
    "gad7",
    "phq2",
    "gad2",
    "phq15",
)
KEYS = tuple(f"{name}_{language}" for name in _NAMES for language in ("en", "de"))


def forms() -> dict[str, FormDocument]:
    """Every form of the library, by key, in the order it is offered in."""
    return {key: _read(key) for key in KEYS}


def find(key: str) -> FormDocument | None:
    """One form of the library."""
    return _read(key) if key in KEYS else None


@cache
def _read(key: str) -> FormDocument:
    content = resources.files("forms").joinpath("library", f"{key}.json").read_bytes()
    return msgspec.json.decode(content, type=FormDocument)
