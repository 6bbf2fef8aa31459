"""Devices: who is signed in, where, and until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Actor
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.rpc.access import Practitioners
from portal_contracts.identity_links.rpc.cards import ClientCard, PracticeCard
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256, TypedEmail
from portal_contracts.instants import Instant
from portal_contracts.text import EXACTLY, Line


class ResolveDevice(Struct, frozen=True, kw_only=True):
    """`device_hash`: of the cookie; `address`: the IP address it came from now.

    `with_practitioners`: a client's page names those who work in the practice.
    """

    device_hash: Sha256
    address: str = ""
    with_practitioners: bool = False


class ClientDevice(Struct, frozen=True, kw_only=True):
    """A client's device that is signed in, and whose it is.

    `idle_ends_at`: when it ends unless used before; `ends_at`: when it ends anyway.
    `practitioners`: as `list_practitioners` tells them; None where nobody asked for them.
    """

    actor: Actor
    device_id: UUID
    client: ClientCard
    practice: PracticeCard
    idle_ends_at: Instant
    ends_at: Instant
    practitioners: Practitioners | None = None


class ConsoleDevice(Struct, frozen=True, kw_only=True):
    """A practitioner's device that is signed in, and whose it is.

    `second_factor_from`: the day from which the practice wants a second factor of this
    practitioner, who has none; None: nothing is wanted. `must_set_up`: that day has come, so
    the actor may do nothing but set it up. `has_colleagues`: another practitioner is or was in the
    practice; assistants do not count.
    """

    actor: Actor
    device_id: UUID
    name: str
    email: str
    language: str
    practice: PracticeCard
    idle_ends_at: Instant
    ends_at: Instant
    second_factor_from: date | None = None
    must_set_up: bool = False
    picture: str = ""
    has_colleagues: bool = True


SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
Password = Annotated[str, Meta(max_length=LONGEST_PASSWORD, extra=EXACTLY)]
"""As it is typed; nothing of it is cleaned."""


class SignIn(Struct, frozen=True, kw_only=True):
    """A practitioner signs in with e-mail and password.

    `browser_hash`: of the lasting cookie that the browser holds or gets with the sign-in; it
    lets nobody in, but is known from then on, and strangers' tries do not slow it.
    `step_hash`: of the cookie by which this browser goes on with `finish_sign_in`, where a code
    is asked for.
    """

    email: TypedEmail
    password: Password
    device_hash: Sha256
    browser_hash: Sha256 | None = None
    user_agent: Line = ""
    address: str = ""
    step_hash: Sha256 | None = None


class EndDevice(Struct, frozen=True, kw_only=True):
    """Sign out: the device of this cookie hash ends on the server."""

    device_hash: Sha256


class Device(Struct, frozen=True, kw_only=True):
    """One device in a list. `label` is made from the user agent: ``Firefox on Android``.

    `revealed`: a link let it in which the practice saw; `revealed_by` is the name of
    whoever made that link, or "".
    """

    id: UUID
    label: str
    created_at: Instant
    last_seen_at: Instant
    address: str
    revealed: bool = False
    revealed_by: str = ""


class Devices(Struct, frozen=True, kw_only=True):
    """Devices that are signed in, latest first."""

    items: list[Device]


class ListClientDevices(Struct, frozen=True, kw_only=True):
    """The devices of one client, for the console."""

    client_id: UUID


class RevokeDevice(Struct, frozen=True, kw_only=True):
    """End one device: a client's (by a practitioner), or the actor's own."""

    device_id: UUID


RESOLVE_DEVICE = Method(
    SERVICE,
    "resolve_device",
    ResolveDevice,
    ClientDevice,
    "Who is behind a portal cookie; NotFound when it has ended.",
)
RESOLVE_CONSOLE_DEVICE = Method(
    SERVICE,
    "resolve_console_device",
    ResolveDevice,
    ConsoleDevice,
    "Who is behind a console cookie; NotFound when it has ended.",
)
SIGN_IN = Method(
    SERVICE,
    "sign_in",
    SignIn,
    ConsoleDevice,
    "Sign a practitioner in; throttled; Forbidden sign_in_failed for any mismatch; Conflict "
    "second_step_needed where finish_sign_in has to follow.",
    personal=True,
)
END_DEVICE = Method(
    SERVICE,
    "end_device",
    EndDevice,
    Done,
    "Sign a device out; done also when it was not in.",
)
LIST_OWN_DEVICES = Method(
    SERVICE,
    "list_own_devices",
    Nothing,
    Devices,
    "The devices of whoever asks.",
)
LIST_CLIENT_DEVICES = Method(
    SERVICE,
    "list_client_devices",
    ListClientDevices,
    Devices,
    "The devices of one client.",
)
REVOKE_DEVICE = Method(
    SERVICE,
    "revoke_device",
    RevokeDevice,
    Done,
    "End one device.",
    mutates=True,
)

METHODS = (
    RESOLVE_DEVICE,
    RESOLVE_CONSOLE_DEVICE,
    SIGN_IN,
    END_DEVICE,
    LIST_OWN_DEVICES,
    LIST_CLIENT_DEVICES,
    REVOKE_DEVICE,
)
