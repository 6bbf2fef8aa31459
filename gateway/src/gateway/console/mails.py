"""The mail log: what was mailed, whether it arrived, sending it again."""

from __future__ import annotations

from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import choosable_practitioners
from gateway.console.client_names import names_in_mails
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource, see_other
from gateway.web.submitted import read_query
from portal_contracts.errors import Invalid
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    OPEN_DELIVERY,
    RESEND_DELIVERY,
    DeliveryState,
    ListDeliveries,
    OpenDelivery,
    ResendDelivery,
)

OPEN = "open"
"""The filter for what is still on its way, in whichever of its states."""


class MailsPage(Resource):
    """``/console/mails``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The mails of the practice, newest first, by state, client or practitioner.

        Raises:
            Invalid: a filter that does not exist.
        """
        sent = read_query(req)
        query = {name: sent.text(name) for name in ("state", "client", "practitioner", "cursor")}
        backend = context_of(req).backend
        people = choosable_practitioners(req, sent.uuid("practitioner"))
        mails = backend.part(LIST_DELIVERIES, _read_filter(query)).get_unless_refused()
        self.show(
            req,
            resp,
            "console/mails.html",
            device=practitioner_of(req),
            mails=mails,
            names=names_in_mails(backend, mails.items if mails else []),
            state=query["state"] or None,
            people=people if len(people) > 1 else [],
            practitioner=query["practitioner"] or None,
            cursor=query["cursor"] or None,
        )


class MailPage(Resource):
    """``/console/mails/<delivery_id>``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, delivery_id: UUID) -> None:
        """One mail as it was sent, its link masked; notifications logs the opening."""
        backend = context_of(req).backend
        mail = backend.ask(OPEN_DELIVERY, OpenDelivery(delivery_id=delivery_id))
        names = names_in_mails(backend, [mail.delivery])
        self.show(
            req,
            resp,
            "console/mail.html",
            device=practitioner_of(req),
            mail=mail,
            client_name=names.get(str(mail.delivery.client_id), ""),
        )


class ResendPage(Resource):
    """``/console/mails/<delivery_id>/resend``."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, delivery_id: UUID) -> None:
        """Send it again with a new token; then the new mail, or Today if pressed there."""
        context = context_of(req)
        resent = context.backend.ask(
            RESEND_DELIVERY,
            ResendDelivery(delivery_id=delivery_id),
            idempotency_key=context.form.key(),
        )
        flash.leave(self.wiring.jar, resp, flash.Flash.MAIL_RESENT)
        today = context.form.raw("from") == "today"
        see_other(resp, "/console" if today else f"/console/mails/{resent.delivery_id}")


def _read_filter(query: dict[str, str]) -> ListDeliveries:
    try:
        return ListDeliveries(
            client_id=UUID(query["client"]) if query["client"] else None,
            practitioner_id=UUID(query["practitioner"]) if query["practitioner"] else None,
            state=None if query["state"] in ("", OPEN) else DeliveryState(query["state"]),
            only_open=query["state"] == OPEN,
            cursor=query["cursor"] or None,
        )
    except ValueError:
        raise Invalid("invalid_input", "This filter does not exist.") from None
