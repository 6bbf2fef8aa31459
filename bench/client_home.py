"""The demo client, signed in to the portal, and the replies that the first page is made of."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from gateway.web.cookies import Cookie
from gateway.web.tokens import sha256
from portal_chassis.broker.wire import Reply
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.forms.rpc.filling import FORMS_TO_DO
from portal_contracts.identity_links.rpc.devices import RESOLVE_DEVICE, ClientDevice, ResolveDevice
from portal_contracts.scheduling.rpc.appointments import OfferedService
from portal_contracts.scheduling.rpc.offering import LIST_OFFERED
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from portal_runner.demo.people import SERVICES
from tests.kit.portal.portals import Portal


@dataclass(frozen=True)
class ClientHome:
    """The demo client on a device that is signed in.

    Attributes:
        secret: the value of its cookie.
    """

    secret: str

    @property
    def cookie(self) -> str:
        """The ``Cookie`` header that the client's browser sends."""
        return f"{Cookie.CLIENT_DEVICE}={self.secret}"

    def actor(self, rpc: RpcClient) -> Actor:
        """The client, as services know them."""
        return self._device(rpc).actor

    def reply_bytes(self, rpc: RpcClient) -> tuple[int, int, int]:
        """How long the three replies are that the first page is made of."""
        device = self._device(rpc)
        schedule = rpc.call(PORTAL_SCHEDULE, PortalOf(), actor=device.actor)
        forms = rpc.call(FORMS_TO_DO, PortalOf(), actor=device.actor)
        return _reply_bytes(device), _reply_bytes(schedule), _reply_bytes(forms)

    def _device(self, rpc: RpcClient) -> ClientDevice:
        arguments = ResolveDevice(device_hash=sha256(self.secret))
        return rpc.call(RESOLVE_DEVICE, arguments, actor=NOBODY)


def enter(portal: Portal) -> ClientHome:
    """The demo client follows the portal link."""
    visitor = portal.visitor()
    page = visitor.open(portal.demo_link)
    if page.path != "/home":
        message = f"the demo client's link leads to {page.path}"
        raise RuntimeError(message)
    return ClientHome(visitor.cookies[Cookie.CLIENT_DEVICE])


def _reply_bytes(result: msgspec.Struct) -> int:
    return len(msgspec.json.encode(Reply(result=msgspec.Raw(msgspec.json.encode(result)))))


def bookable_service(rpc: RpcClient, actor: Actor) -> OfferedService:
    """The service that the demo client comes for."""
    offered = rpc.call(LIST_OFFERED, Nothing(), actor=actor).items
    return next(one for one in offered if one.title == SERVICES["individual"].title)
