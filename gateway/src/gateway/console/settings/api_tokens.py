"""A practitioner's API tokens: the list, a new one, and revoking.

The value is made here and shown once, on the page that answers the form;
identity-links gets its hash. It is derived from the practitioner's device and the
form's key, so that the same form sent twice, or its page loaded again, shows the
same token.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import falcon

from gateway.console.settings.sections import API_TOKENS, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.submitted import Submitted
from gateway.web.tokens import derived_api_token, new_secret, sha256
from gateway.words.extraction import _
from gateway.words.scopes import scope_groups
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Invalid, NotFound, PortalError
from portal_contracts.identity_links.rpc.api_tokens import (
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    LIST_PRACTICE_TOKENS,
    REVOKE_API_TOKEN,
    ApiToken,
    ApiTokens,
    CreateApiToken,
    RevokeApiToken,
)
from portal_contracts.permissions import Permission, has_permission

LIFETIMES: Final = (7, 30, 90, 180, 365)
"""Days to choose from."""
USUAL_DAYS: Final = 90

REVOKE_TITLE = _("Revoke the token %(name)s?")
REVOKE_TEXT = _(
    "Whatever program uses it is refused at once. This cannot be undone: "
    "to let the program in again, make a new token."
)
REVOKE_LABEL = _("Revoke token")


class ApiTokensPage(SectionPage):
    """``/console/settings/api-tokens``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The tokens that work; for an owner those of colleagues too."""
        backend, device = context_of(req).backend, practitioner_of(req)
        tokens = backend.part(LIST_API_TOKENS, Nothing())
        everybodys = None
        if has_permission(device.actor, Permission.PRACTICE_WRITE):
            everybodys = backend.part(LIST_PRACTICE_TOKENS, Nothing())
        own, all_of_them = tokens.get(), everybodys.get() if everybodys else None
        self.show(
            req,
            resp,
            "console/settings/api_tokens.html",
            device=device,
            tokens=own,
            colleagues=_of_others(own, all_of_them),
        )


class NewApiTokenPage(SectionPage):
    """``/console/settings/api-tokens/new``."""

    shows_secret = True

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form."""
        _show(self, req, resp, called="", chosen=[], days=USUAL_DAYS)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Make the token and show it; a refusal keeps what was typed.

        A failure of the service is answered by the page that sends the same
        form again, key and all, so that no second token comes of it.
        """
        context = context_of(req)
        try:
            key = context.form.key()
            value = derived_api_token(context.console_secret or new_secret(), f"api-token:{key}")
            command = _command(context.form, value)
            created = context.backend.ask(CREATE_API_TOKEN, command, idempotency_key=key)
        except (Conflict, Invalid) as error:
            _show_again(self, req, resp, error)
            return
        self.show(
            req,
            resp,
            "console/settings/api_token_made.html",
            device=practitioner_of(req),
            called=command.name,
            value=value,
            expires_at=created.expires_at,
        )


class RevokeTokenPage(SectionPage):
    """``/console/settings/api-tokens/<token_id>/revoke``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, token_id: UUID) -> None:
        """Ask, and say what follows."""
        language = context_of(req).language
        sentence = self.wiring.screens.sentence
        self.show(
            req,
            resp,
            "console/confirm.html",
            device=practitioner_of(req),
            title=sentence(language, REVOKE_TITLE) % {"name": _token(req, token_id).name},
            text=sentence(language, REVOKE_TEXT),
            button=sentence(language, REVOKE_LABEL),
            action=req.path,
            cancel=API_TOKENS.address,
        )

    def on_post(self, req: falcon.Request, resp: falcon.Response, token_id: UUID) -> None:
        """Revoke it."""
        context = context_of(req)
        context.backend.ask(
            REVOKE_API_TOKEN, RevokeApiToken(token_id=token_id), idempotency_key=context.form.key()
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.API_TOKEN_REVOKED)
        see_other(resp, API_TOKENS.address)


def _of_others(own: ApiTokens | None, everybodys: ApiTokens | None) -> list[ApiToken]:
    """The tokens of colleagues; none where it is not known which are one's own."""
    if own is None or everybodys is None:
        return []
    mine = {one.id for one in own.items}
    return [one for one in everybodys.items if one.id not in mine]


def _token(req: falcon.Request, token_id: UUID) -> ApiToken:
    """The token that is to be revoked, one's own or, for an owner, a colleague's.

    Raises:
        NotFound: there is none.
    """
    may_all = has_permission(practitioner_of(req).actor, Permission.PRACTICE_WRITE)
    asked = LIST_PRACTICE_TOKENS if may_all else LIST_API_TOKENS
    for token in context_of(req).backend.ask(asked, Nothing()).items:
        if token.id == token_id:
            return token
    raise NotFound("not_found", "There is no such token here.")


def _command(form: Submitted, value: str) -> CreateApiToken:
    """What is asked for.

    Raises:
        Invalid: ``invalid_fields``: not from the lists of our form.
    """
    errors: dict[str, str] = {}
    days = form.number("days")
    if days not in LIFETIMES:
        errors["days"] = "days_unknown"
    known = set(Permission)
    scopes = form.every("scopes")
    if not known.issuperset(scopes):
        errors["scopes"] = "scopes_not_granted"
    if errors or days is None:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return CreateApiToken(
        name=form.text("name"),
        token_hash=sha256(value),
        scopes=[Permission(one) for one in scopes],
        days=days,
    )


def _show_again(
    resource: Resource, req: falcon.Request, resp: falcon.Response, error: PortalError
) -> None:
    form = context_of(req).form
    set_retry_after(resp, error)
    _show(
        resource,
        req,
        resp,
        status=status_of(error),
        error=None if error.fields else error.code,
        # A client's name may be longer than a token's.
        errors={
            field: "token_name_too_long" if code == "name_too_long" else code
            for field, code in error.fields.items()
        },
        called=form.text("name"),
        chosen=form.every("scopes"),
        days=form.number("days") or USUAL_DAYS,
    )


def _show(resource: Resource, req: falcon.Request, resp: falcon.Response, **values: Any) -> None:
    device = practitioner_of(req)
    granted = [one for one in Permission if has_permission(device.actor, one)]
    resource.show(
        req,
        resp,
        "console/settings/api_token_form.html",
        **(
            {"status": HTTPStatus.OK, "error": None, "errors": {}}
            | values
            | {"device": device, "groups": scope_groups(granted), "lifetimes": LIFETIMES}
        ),
    )
