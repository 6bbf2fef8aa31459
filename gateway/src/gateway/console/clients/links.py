"""The portal links a practitioner hands out: by mail, copied, or as a QR code.

The token of a copied link and of a QR code is made here and shown once, on
the page that answers the form; identity-links gets its hash. It is derived
from the practitioner's own device and the form's key, so that the same form
sent twice, or its page loaded again, shows the same link.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

import falcon
import segno

from gateway.console.client_names import name_of_client
from gateway.console.first_steps import guide_of, onward
from gateway.web import flash
from gateway.web.request_context import RequestContext, context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.tokens import derived_link_token, new_secret, sha256
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Invalid, PortalError, Unavailable
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, GetClient
from portal_contracts.identity_links.rpc.links import CREATE_LINK, SHARE_LINK, CreateLink, ShareLink
from portal_contracts.identity_links.rpc.targets import LinkCause
from portal_contracts.notifications.mail_server import READ_MAIL_SENDER

QR_SCALE = 6
QR_BORDER_MODULES = 4


class SharePage(Resource):
    """``/console/clients/<client_id>/share``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """What will be mailed to whom."""
        show_share_page(self, req, resp, client_id)

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Have the link mailed."""
        context = context_of(req)
        try:
            context.backend.ask(
                SHARE_LINK, ShareLink(client_id=client_id), idempotency_key=context.form.key()
            )
        except (Conflict, Invalid, Unavailable) as error:
            show_share_page(self, req, resp, client_id, error)
            return
        said = flash.Flash.LINK_WAITS if _mails_wait(context) else flash.Flash.LINK_SHARED
        flash.leave(self.wiring.jar, resp, said)
        see_other(resp, onward(req, "link", f"/console/clients/{client_id}"))


class CopyLinkPage(Resource):
    """``/console/clients/<client_id>/links/copy``."""

    shows_secret = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """There is nothing to show without a form: the link was shown once."""
        see_other(resp, f"/console/clients/{client_id}/share")

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Make a link and show it."""
        made = _make_link(self, req, resp, client_id, LinkCause.COPIED)
        if made is not None:
            self.show(
                req,
                resp,
                "console/link_copy.html",
                device=practitioner_of(req),
                client=made.client,
                link=made.url,
                expires_at=made.expires_at,
            )


class QrPage(Resource):
    """``/console/clients/<client_id>/links/qr``."""

    shows_secret = True

    def on_get(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """There is nothing to show without a form: the code was shown once."""
        see_other(resp, f"/console/clients/{client_id}/share")

    def on_post(self, req: falcon.Request, resp: falcon.Response, client_id: UUID) -> None:
        """Make a link and show it as a QR code."""
        made = _make_link(self, req, resp, client_id, LinkCause.QR)
        if made is not None:
            code = segno.make(made.url, error="m", micro=False)
            self.show(
                req,
                resp,
                "console/link_qr.html",
                device=practitioner_of(req),
                client=made.client,
                link=made.url,
                expires_at=made.expires_at,
                qr_svg_data=code.svg_data_uri(
                    scale=QR_SCALE, border=QR_BORDER_MODULES, light="#fff"
                ),
            )


class NamedClient(NamedTuple):
    """As much of a client as these pages need."""

    id: UUID
    name: str


class MadeLink(NamedTuple):
    """A link that was just made, and the only place where its address stands."""

    client: NamedClient
    url: str
    expires_at: datetime


def _mails_wait(context: RequestContext) -> bool:
    """Whether there is no mail server yet; where it cannot be said, the mail log will say it."""
    sender = context.backend.part(READ_MAIL_SENDER, Nothing()).get()
    return sender is not None and not sender.address


def show_share_page(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    error: PortalError | None = None,
) -> None:
    """The page that asks before a link is made; with what went wrong, if it did.

    Raises:
        NotFound: there is no such client.
        PortalError: `error` itself, when not even the page can be drawn.
    """
    backend = context_of(req).backend
    if error is None:
        client = backend.ask(GET_CLIENT, GetClient(client_id=client_id))
    else:
        found = backend.part(GET_CLIENT, GetClient(client_id=client_id)).get()
        if found is None:
            raise error
        client = found
        set_retry_after(resp, error)
    resource.show(
        req,
        resp,
        "console/share_link.html",
        status=status_of(error) if error else HTTPStatus.OK,
        error=error.code if error else None,
        device=practitioner_of(req),
        client=client,
        subject=None,  # notifications words the mail; only it knows
        guide=guide_of(req, "link"),
    )


def _make_link(
    resource: Resource,
    req: falcon.Request,
    resp: falcon.Response,
    client_id: UUID,
    cause: LinkCause,
) -> MadeLink | None:
    """Make a link; None when it was refused and a page that says so is shown."""
    context = context_of(req)
    client = NamedClient(client_id, name_of_client(req, client_id))
    key = context.form.key()
    token = derived_link_token(_device_secret(context), f"link:{cause}:{client_id}:{key}")
    try:
        created = context.backend.ask(
            CREATE_LINK,
            CreateLink(client_id=client_id, cause=cause, token_hash=sha256(token)),
            idempotency_key=key,
        )
    except (Conflict, Invalid, Unavailable) as error:
        show_share_page(resource, req, resp, client_id, error)
        return None
    return MadeLink(client, f"{resource.wiring.settings.public_url}/p/{token}", created.expires_at)


def _device_secret(context: RequestContext) -> str:
    """The secret of the practitioner's device; a page of the console always has one."""
    return context.console_secret or new_secret()
