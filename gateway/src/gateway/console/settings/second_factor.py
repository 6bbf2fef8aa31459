"""*My account, Two-step sign-in*: set up with an app, new recovery codes, off again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon
import segno
from msgspec.structs import replace

from gateway.console.settings.sections import ACCOUNT, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, PortalError, Unavailable
from portal_contracts.identity_links.rpc.accounts import (
    BEGIN_SECOND_FACTOR,
    DISABLE_SECOND_FACTOR,
    ENABLE_SECOND_FACTOR,
    LONGEST_TYPED_CODE,
    READ_ACCOUNT,
    RENEW_RECOVERY_CODES,
    DisableSecondFactor,
    EnableSecondFactor,
    Proof,
)
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD
from portal_contracts.portal_addresses import SECOND_FACTOR_PATH

MORE: Final = SECOND_FACTOR_PATH.removeprefix(ACCOUNT.address)
"""What follows the section's address."""
QR_SCALE = 5
QR_BORDER_MODULES = 4

_FIELD_OF: Final = {"second_step_failed": "code", "too_many_tries": "password"}
"""Where on a form it stands what a refusal is about; else it is the password."""


class SecondFactorPage(SectionPage):
    """``/console/settings/account/second-factor``."""

    shows_secret = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """How it stands: what an app needs to be set up, or what can be done once it is."""
        _show(self, req, resp)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Switch it on by the first code of the app, and show the recovery codes, this once."""
        form = context_of(req).form
        command = EnableSecondFactor(password=_password(form), code=_code(form))
        try:
            codes = context_of(req).backend.ask(ENABLE_SECOND_FACTOR, command)
        except PortalError as error:
            _show_refusal(self, req, resp, error, "on")
            return
        _show_codes(self, req, resp, codes.items)


class RecoveryCodesPage(SectionPage):
    """``/console/settings/account/second-factor/recovery-codes``."""

    shows_secret = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """There is nothing to show without a form: they were shown once."""
        see_other(resp, SECOND_FACTOR_PATH)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make new ones, and show them this once."""
        form = context_of(req).form
        try:
            codes = context_of(req).backend.ask(
                RENEW_RECOVERY_CODES, Proof(password=_password(form))
            )
        except PortalError as error:
            _show_refusal(self, req, resp, error, "renew")
            return
        _show_codes(self, req, resp, codes.items)


class SwitchOffPage(SectionPage):
    """``/console/settings/account/second-factor/off``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """It stands on the page of the second factor."""
        see_other(resp, SECOND_FACTOR_PATH)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Ask for no code any more."""
        form = context_of(req).form
        command = DisableSecondFactor(password=_password(form), code=_code(form))
        try:
            context_of(req).backend.ask(DISABLE_SECOND_FACTOR, command)
        except PortalError as error:
            _show_refusal(self, req, resp, error, "off")
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SECOND_FACTOR_OFF)
        see_other(resp, ACCOUNT.address)


def _password(form: Submitted) -> str:
    return form.raw("password")[:LONGEST_PASSWORD]


def _code(form: Submitted) -> str:
    return form.text("code")[:LONGEST_TYPED_CODE]


def _show_refusal(
    page: SectionPage, req: falcon.Request, resp: falcon.Response, error: PortalError, form: str
) -> None:
    """The page again, with what is wrong at the field of the form that was sent.

    What was done meanwhile in another window shows as it is now.
    """
    if isinstance(error, Unavailable) and error.code != "sign_in_busy":
        raise error
    set_retry_after(resp, error)
    field = _FIELD_OF.get(error.code, "password")
    errors = {} if isinstance(error, Conflict) else {field: error.code}
    _show(page, req, resp, status=status_of(error), errors=errors, sent=form)


def _show(
    page: SectionPage,
    req: falcon.Request,
    resp: falcon.Response,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    errors: dict[str, str] | None = None,
    sent: str = "",
) -> None:
    backend, device = context_of(req).backend, practitioner_of(req)
    account = backend.ask(READ_ACCOUNT, Nothing())
    setup = None
    qr = ""
    if account.second_factor_since is None:
        setup = backend.ask(BEGIN_SECOND_FACTOR, Nothing())
        made = segno.make(setup.address, error="m", micro=False)
        qr = made.svg_data_uri(scale=QR_SCALE, border=QR_BORDER_MODULES, light="#fff")
    page.show(
        req,
        resp,
        _template(device.must_set_up),
        status=status,
        device=device,
        account=account,
        setup=setup,
        qr_svg_data=qr,
        errors=errors or {},
        sent=sent,
    )


def _template(must_set_up: bool) -> str:
    name = "second_factor_first" if must_set_up else "second_factor"
    return f"console/settings/{name}.html"


def _show_codes(
    page: SectionPage, req: falcon.Request, resp: falcon.Response, codes: list[str]
) -> None:
    # Who had none when the request came has one now.
    device = replace(practitioner_of(req), second_factor_from=None, must_set_up=False)
    page.show(req, resp, "console/settings/recovery_codes.html", device=device, codes=codes)
