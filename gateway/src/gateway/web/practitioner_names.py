"""Practitioners' names by id, for pages that can do without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from gateway.web.backend import Backend, Part
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS, Practitioners
from portal_contracts.identity_links.rpc.devices import ClientDevice


class PractitionerName(str):
    """A practitioner's name, with the picture that stands beside it.

    Args:
        name: the name; it is equal to this.
        picture: the name of a picture, or empty.
    """

    __slots__ = ("picture",)

    picture: str

    def __new__(cls, name: str, picture: str) -> Self:
        """Make it."""
        made = super().__new__(cls, name)
        made.picture = picture
        return made


@dataclass(frozen=True)
class Told:
    """Practitioners who were told of along with the device."""

    practitioners: Practitioners

    def get(self) -> Practitioners:
        """Them."""
        return self.practitioners


class PractitionerNames:
    """Names by id, which may be under way.

    Args:
        part: the call, or the names.
    """

    def __init__(self, part: Part[Practitioners] | Told) -> None:
        self._part = part

    def get(self) -> dict[UUID, str]:
        """The names; empty when they cannot be had."""
        found = self._part.get()
        if found is None:
            return {}
        return {card.id: PractitionerName(card.name, card.picture) for card in found.items}


def practitioner_names(backend: Backend, device: ClientDevice | None = None) -> PractitionerNames:
    """Begin to ask who works in the client's practice, unless that was told with the device."""
    if device is not None and device.practitioners is not None:
        return PractitionerNames(Told(device.practitioners))
    return PractitionerNames(backend.part(LIST_PRACTITIONERS, Nothing()))
