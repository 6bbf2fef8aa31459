"""Crisis lines to begin with, by country: each with the page of those who run it.

A practice checks what it takes over, and says on which day it did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class CrisisLine(NamedTuple):
    """A crisis line, and where it says its number."""

    name: str
    number: str
    source: str


PRESETS: Final[Mapping[str, tuple[CrisisLine, ...]]] = {
    "AT": (CrisisLine("Telefonseelsorge", "142", "https://www.telefonseelsorge.at"),),
    "CH": (CrisisLine("Die Dargebotene Hand", "143", "https://www.143.ch"),),
    "DE": (CrisisLine("TelefonSeelsorge", "116 123", "https://www.telefonseelsorge.de"),),
    "FR": (CrisisLine("Numéro national de prévention du suicide", "3114", "https://3114.fr"),),
    "GB": (CrisisLine("Samaritans", "116 123", "https://www.samaritans.org"),),
    "IE": (CrisisLine("Samaritans", "116 123", "https://www.samaritans.org/ireland"),),
    "NL": (CrisisLine("113 Zelfmoordpreventie", "0800-0113", "https://www.113.nl"),),
    "US": (CrisisLine("988 Suicide & Crisis Lifeline", "988", "https://988lifeline.org"),),
}
"""By ISO 3166-1; a country is missing where we know of no source."""
