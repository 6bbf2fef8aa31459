"""What may be seen of a practice and of a client: the cards that come with a device or a link."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.greeting_names import greeting_name
from portal_contracts.identity_links.rpc.practice import CrisisContact


class PracticeCard(Struct, frozen=True, kw_only=True):
    """What anyone with a link may see of a practice: name, how to reach it, look.

    `accent` is a hex colour ``#rrggbb``; `timezone` an IANA zone;
    `language` ``en`` or ``de``; `country` ISO 3166-1, or empty; `logo` the name of a picture,
    or empty.
    """

    id: UUID
    name: str
    contact_email: str
    contact_phone: str
    language: str
    timezone: str
    accent: str
    postal_address: str = ""
    country: str = ""
    crisis_contacts: list[CrisisContact] = []
    logo: str = ""


class ClientCard(Struct, frozen=True, kw_only=True):
    """What the portal greets a client with. `timezone` is IANA, `language` ``en`` or ``de``.

    `email_masked` is "" while a new address waits to be confirmed: nothing is mailed to it.
    """

    id: UUID
    name: str
    preferred_name: str
    language: str
    timezone: str
    email_masked: str

    @property
    def greeting_name(self) -> str:
        """What *Hello* is followed by."""
        return greeting_name(self.name, self.preferred_name)
