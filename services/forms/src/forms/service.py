"""The forms service: how it is wired."""

from __future__ import annotations

from typing import Any

from forms.config import Settings
from forms.entry_points.filling import FillingCalls
from forms.entry_points.requests import RequestCalls
from forms.entry_points.templates import TemplateCalls
from forms.operations.access_log import ACCESS_LOG
from portal_chassis.call import Call
from portal_chassis.process.providers import (
    DatabaseProvider,
    OutboxRelay,
    RpcClientProvider,
    SealerProvider,
)
from portal_contracts.errors import PortalError


class FormsService(TemplateCalls, RequestCalls, FillingCalls):
    """What the practice asks its clients."""

    name = "forms"
    settings_class = Settings
    seals = True

    database: Any = DatabaseProvider()
    sealer: Any = SealerProvider()
    rpc_client: Any = RpcClientProvider()
    relay = OutboxRelay()

    def on_call_refused(self, call: Call, error: PortalError) -> None:
        """Write a refusal down, in a transaction of its own."""
        with self.database.transaction() as tx:
            ACCESS_LOG.record_refusal(tx, call, error)
