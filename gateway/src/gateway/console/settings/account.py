"""*Settings, My account*: name and language, password, second factor, devices that are signed in.

Each part is a form that saves by itself.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import falcon

from gateway.console.settings.sections import ACCOUNT, SectionPage
from gateway.web import flash
from gateway.web.cookies import Cookie
from gateway.web.field_errors import told
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.tokens import new_secret, sha256
from gateway.words.language import LANGUAGES
from portal_contracts.calls import Nothing
from portal_contracts.errors import PortalError, Unavailable
from portal_contracts.identity_links.rpc.accounts import (
    CHANGE_PASSWORD,
    EDIT_ACCOUNT,
    READ_ACCOUNT,
    ChangePassword,
    EditAccount,
)
from portal_contracts.identity_links.rpc.devices import (
    LIST_OWN_DEVICES,
    LONGEST_PASSWORD,
    REVOKE_DEVICE,
    RevokeDevice,
)


class AccountPage(SectionPage):
    """``/console/settings/account``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The account, and where it is signed in."""
        _show(self, req, resp)


class ProfilePage(SectionPage):
    """``/console/settings/account/profile``: name and language."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """It stands on the page of the account."""
        see_other(resp, ACCOUNT.address)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save it; a refusal keeps what was typed."""
        context = context_of(req)
        said = {name: context.form.text(name) for name in ("name", "language")}
        try:
            context.backend.ask(
                EDIT_ACCOUNT, EditAccount(**said), idempotency_key=context.form.key()
            )
        except PortalError as error:
            if isinstance(error, Unavailable):
                raise
            _show(self, req, resp, error=error, said=said)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.ACCOUNT_SAVED)
        see_other(resp, ACCOUNT.address)


class PasswordPage(SectionPage):
    """``/console/settings/account/password``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """It stands on the page of the account."""
        see_other(resp, ACCOUNT.address)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Replace it; this device stays signed in, and its browser known."""
        context = context_of(req)
        browser = self.wiring.jar.read_secret(req, Cookie.CONSOLE_BROWSER)
        command = ChangePassword(
            password=context.form.raw("present")[:LONGEST_PASSWORD],
            new_password=context.form.raw("password")[:LONGEST_PASSWORD],
            device_hash=sha256(context.console_secret or new_secret()),
            browser_hash=sha256(browser) if browser else None,
        )
        try:
            context.backend.ask(CHANGE_PASSWORD, command)
        except PortalError as error:
            if isinstance(error, Unavailable) and error.code != "sign_in_busy":
                raise
            _show(self, req, resp, error=error)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.PASSWORD_CHANGED)
        see_other(resp, ACCOUNT.address)


class EndOwnDevicePage(Resource):
    """``/console/devices/<device_id>/end``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, device_id: UUID) -> None:
        """End one of the actor's own devices; whose it is, identity-links decides."""
        context = context_of(req)
        context.backend.ask(
            REVOKE_DEVICE, RevokeDevice(device_id=device_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.DEVICE_ENDED)
        see_other(resp, ACCOUNT.address)


def _show(
    page: SectionPage,
    req: falcon.Request,
    resp: falcon.Response,
    *,
    error: PortalError | None = None,
    said: dict[str, str] | None = None,
) -> None:
    backend, device = context_of(req).backend, practitioner_of(req)
    devices = backend.part(LIST_OWN_DEVICES, Nothing())
    account = backend.part(READ_ACCOUNT, Nothing())
    errors: dict[str, Any] = {}
    if error is not None:
        set_retry_after(resp, error)
        context = context_of(req)
        errors = told(error.fields, context.form, context.language) or {"present": error.code}
    page.show(
        req,
        resp,
        "console/settings/account.html",
        status=status_of(error) if error else HTTPStatus.OK,
        device=device,
        devices=devices.get(),
        account=account.get(),
        said=said or {"name": device.name, "language": device.language},
        errors=errors,
        languages=LANGUAGES,
    )
