"""Acts on a client that are confirmed first: what will happen, in words, and one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import falcon

from gateway.console.client_names import name_of_client
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.words.extraction import _
from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.clients import (
    SET_CLIENT_STATUS,
    ClientStatus,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import REVOKE_DEVICE, RevokeDevice
from portal_contracts.identity_links.rpc.links import (
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    RevokeAllLinks,
    RevokeLink,
)


@dataclass(frozen=True)
class Confirmation:
    """What a practitioner is asked before something is done to a client.

    Attributes:
        title: the question; may hold ``%(name)s``.
        text: what will follow from it; may hold ``%(name)s``.
        label: of the button.
        done: what the next page says.
        danger: it takes something away.
    """

    title: str
    text: str
    label: str
    done: flash.Flash
    danger: bool = True


class ClientAct(Resource):
    """An act on a client that is confirmed first. Subclasses say what, and which call does it."""

    confirmation: ClassVar[Confirmation]

    def command(self, client_id: UUID, **ids: UUID) -> tuple[Method[Any, Any], Any]:
        """The call that does it, and its arguments."""
        raise NotImplementedError

    def on_get(
        self, req: falcon.Request, resp: falcon.Response, client_id: UUID, **ids: UUID
    ) -> None:
        """Ask."""
        language = context_of(req).language
        named = {"name": name_of_client(req, client_id)}
        sentence = self.wiring.screens.sentence
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(language, self.confirmation.title) % named,
            text=sentence(language, self.confirmation.text) % named,
            button=sentence(language, self.confirmation.label),
            action=req.path,
            cancel=f"/console/clients/{client_id}",
            danger=self.confirmation.danger,
        )

    def on_post(
        self, req: falcon.Request, resp: falcon.Response, client_id: UUID, **ids: UUID
    ) -> None:
        """Do it."""
        context = context_of(req)
        method, arguments = self.command(client_id, **ids)
        context.backend.ask(method, arguments, idempotency_key=context.form.key())
        flash.leave(self.wiring.jar, resp, self.confirmation.done)
        see_other(resp, f"/console/clients/{client_id}")


class RestorePage(ClientAct):
    """``/console/clients/<client_id>/restore``."""

    confirmation = Confirmation(
        _("Make %(name)s active again?"),
        _(
            "%(name)s stands in the list of active clients again. Old links stay revoked: "
            "share a new one to open the portal."
        ),
        _("Make active"),
        flash.Flash.CLIENT_RESTORED,
        danger=False,
    )

    def command(self, client_id: UUID, **ids: UUID) -> tuple[Method[Any, Any], Any]:
        """Make the client active again."""
        return SET_CLIENT_STATUS, SetClientStatus(client_id=client_id, status=ClientStatus.ACTIVE)


class RevokeAllPage(ClientAct):
    """``/console/clients/<client_id>/links/revoke-all``."""

    confirmation = Confirmation(
        _("Revoke all links of %(name)s?"),
        _(
            "Every portal link of %(name)s stops working and every device is signed out. "
            "Share a new link to open the portal again."
        ),
        _("Revoke all links"),
        flash.Flash.ALL_LINKS_REVOKED,
    )

    def command(self, client_id: UUID, **ids: UUID) -> tuple[Method[Any, Any], Any]:
        """Revoke all of them."""
        return REVOKE_ALL_LINKS, RevokeAllLinks(client_id=client_id)


class RevokeLinkPage(ClientAct):
    """``/console/clients/<client_id>/links/<link_id>/revoke``."""

    confirmation = Confirmation(
        _("Revoke this link of %(name)s?"),
        _(
            "The link stops working at once. Whoever opens it can have a new one mailed, to the "
            "address on file alone. Devices that are already signed in stay signed in."
        ),
        _("Revoke link"),
        flash.Flash.LINK_REVOKED,
    )

    def command(self, client_id: UUID, **ids: UUID) -> tuple[Method[Any, Any], Any]:
        """Revoke this one."""
        return REVOKE_LINK, RevokeLink(link_id=ids["link_id"])


class EndClientDevicePage(ClientAct):
    """``/console/clients/<client_id>/devices/<device_id>/end``."""

    confirmation = Confirmation(
        _("Sign out this device of %(name)s?"),
        _("The device is signed out at once. With a link that works it can enter again."),
        _("Sign out device"),
        flash.Flash.DEVICE_ENDED,
    )

    def command(self, client_id: UUID, **ids: UUID) -> tuple[Method[Any, Any], Any]:
        """End this device."""
        return REVOKE_DEVICE, RevokeDevice(device_id=ids["device_id"])
