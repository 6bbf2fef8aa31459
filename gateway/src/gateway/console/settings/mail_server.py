"""*Settings, Mail server*: by which server the practice's mails go, and whether they do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import falcon

from gateway.console.first_steps import guide_of, onward
from gateway.console.settings.sections import MAIL_SERVER, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, Invalid, PortalError
from portal_contracts.notifications.mail_server import (
    READ_MAIL_SERVER,
    SAVE_MAIL_SERVER,
    SEND_TEST_MAIL,
    MailSecurity,
    MailServerFields,
    SaveMailServer,
    SendTestMail,
    StoredMailServer,
)

FIELDS: Final = ("host", "port", "security", "user", "sender_address", "sender_name")
"""What is typed and shown again; the password is not."""
ORDER: Final = (*FIELDS[:4], "password", *FIELDS[4:], "to")
_TEST: Final = "test"


class MailServerPage(SectionPage):
    """``/console/settings/mail-server``: one form with two buttons, *save*, and *save and test*."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """How mails go, and what came of the newest test mail."""
        device = practitioner_of(req)
        stored = context_of(req).backend.ask(READ_MAIL_SERVER, Nothing())
        # Nobody has said anything yet: most practices write from the address they sign in with.
        fields = stored.fields or MailServerFields(sender_address=device.email)
        self._show(req, resp, stored, _as_typed(fields), to=device.email)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save; and send a test mail if that button was pressed."""
        context = context_of(req)
        form = context.form
        stored = context.backend.ask(READ_MAIL_SERVER, Nothing())
        tests = stored.by_environment or form.text("do") == _TEST
        try:
            if not stored.by_environment:
                context.backend.ask(SAVE_MAIL_SERVER, _command(form))
            if tests:
                context.backend.ask(
                    SEND_TEST_MAIL, SendTestMail(to=form.text("to")), idempotency_key=form.key()
                )
        except PortalError as error:
            if isinstance(error, Forbidden) and error.code == "not_allowed":
                raise
            self._show_refused(req, resp, stored, error)
            return
        if tests:
            # On the way through the first steps too: what comes of the test is to be seen.
            way = "?guide=1" if guide_of(req, "mail") else ""
            see_other(resp, f"{MAIL_SERVER.address}{way}#test-mail")
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.MAIL_SERVER_SAVED)
        see_other(resp, onward(req, "mail", MAIL_SERVER.address))

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        before: StoredMailServer,
        error: PortalError,
    ) -> None:
        """The form again. What was saved before a test was refused counts as saved."""
        context = context_of(req)
        newest = context.backend.part(READ_MAIL_SERVER, Nothing()).get() or before
        stale = isinstance(error, Conflict) and error.code == "stale_version"
        saved = "to" in error.fields or not (isinstance(error, Invalid) or stale)
        version = newest.version if stale or saved else context.form.number("version") or 0
        set_retry_after(resp, error)
        typed = context.form.values(dict.fromkeys(FIELDS, ""))
        self._show(
            req,
            resp,
            newest,
            _as_typed(newest.fields) if newest.by_environment and newest.fields else typed,
            to=context.form.text("to"),
            version=version,
            error=error,
            others=newest.fields if stale else None,
        )

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        stored: StoredMailServer,
        fields: dict[str, str],
        *,
        to: str,
        version: int | None = None,
        error: PortalError | None = None,
        others: MailServerFields | None = None,
    ) -> None:
        self.show(
            req,
            resp,
            "console/settings/mail_server.html",
            status=status_of(error) if error else HTTPStatus.OK,
            error=error.code if error and not error.fields else None,
            errors=dict(error.fields) if error else {},
            device=practitioner_of(req),
            stored=stored,
            fields=fields,
            order=ORDER,
            securities=tuple(MailSecurity),
            version=stored.version if version is None else version,
            to=to,
            others=others,
            guide=guide_of(req, "mail"),
        )


def _command(form: Submitted) -> SaveMailServer:
    """What is to be saved; a port that is no number, and a protection that is none, are told.

    Raises:
        Invalid: ``mail_server_fields``.
    """
    port = form.number("port")
    security = form.text("security")
    errors: dict[str, str] = {}
    if port is None:
        errors["port"] = "port_out_of_range"
    if security not in set(MailSecurity):
        errors["security"] = "security_unknown"
    if errors or port is None:
        raise Invalid("mail_server_fields", "Some fields are not right.", fields=errors)
    return SaveMailServer(
        version=form.number("version") or 0,
        fields=MailServerFields(
            host=form.text("host"),
            port=port,
            security=MailSecurity(security),
            user=form.text("user"),
            sender_address=form.text("sender_address"),
            sender_name=form.text("sender_name"),
        ),
        password=form.raw("password") or None,
    )


def _as_typed(fields: MailServerFields) -> dict[str, str]:
    return {name: str(getattr(fields, name)) for name in FIELDS}
