"""Entry points of forms."""

from __future__ import annotations

from typing import Any

import structlog

from forms.config import Settings
from forms.messages import forms_to_wire
from forms.operations.portal import portal_forms
from portal_chassis.providers import DatabaseProvider
from portal_chassis.rpc import Call, rpc
from portal_contracts.calls import Nothing
from portal_contracts.errors import PortalError
from portal_contracts.forms.rpc import PORTAL_FORMS, PortalForms

log = structlog.get_logger(__name__)


class FormsService:
    """What the practice asks its clients."""

    name = "forms"
    settings_class = Settings

    database: Any = DatabaseProvider()

    @rpc(PORTAL_FORMS)
    def portal_forms(self, _command: Nothing, call: Call) -> PortalForms:
        """The forms of the client who asks."""
        with self.database.transaction() as tx:
            overview = portal_forms(tx, call.actor)
        return forms_to_wire(overview)

    def on_call_refused(self, call: Call, error: PortalError) -> None:
        """Write a refused try to the log, by ids alone."""
        log.warning(
            "refused",
            method=call.method.address,
            actor=call.actor.label,
            code=error.code,
            request_id=call.request_id,
        )
