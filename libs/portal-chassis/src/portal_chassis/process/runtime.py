"""What one running service is made of: settings, database, sealer, clock, RPC client."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal_chassis.broker.senders import require_own_user
from portal_chassis.clock import Clock
from portal_chassis.database.room import pool_name
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_chassis.rpc.client import RpcClient
from portal_chassis.settings import ServiceSettings
from portal_chassis.variables import SettingsError, settings_in
from portal_contracts.catalogue import SERVICES


@dataclass
class Runtime:
    """The collaborators of one service in this process.

    Attributes:
        service: its nameko name.
        settings: its `Settings`.
        database: as the runtime role.
        sealer: None where no master key is set.
        clock: tells the time.
        rpc: calls other services.
        holder: names this process in leases.
        consumers: of those who take calls and events, whether they reach them now; none before
            the start.
        waits_for_room: whether the start waits for room among the database's connections, and
            nothing else is to open one.
    """

    service: str
    settings: ServiceSettings
    database: Database
    sealer: Sealer | None
    clock: Clock
    rpc: RpcClient
    holder: str
    consumers: list[Callable[[], bool]] = field(default_factory=list)
    waits_for_room: bool = False

    @property
    def consuming(self) -> bool:
        """Whether calls and events reach this process now."""
        return bool(self.consumers) and all(reached() for reached in self.consumers)


def build_runtime(
    service_cls: Any,
    settings: ServiceSettings,
    *,
    clock: Clock | None = None,
    rpc: RpcClient | None = None,
) -> Runtime:
    """Make a service's collaborators; opens no connection yet.

    Raises:
        SettingsError: no database is named, the broker's user is another's, the
            master key is wrong, or the service seals and has none.
    """
    if not settings.database_url:
        message = f"{settings_in(type(settings))['database_url'].variable}: needed."
        raise SettingsError(message)
    key = settings.master_key_bytes()
    if key is None and getattr(service_cls, "seals", False):
        message = "PORTAL_MASTER_KEY_FILE: needed, because this service seals personal data."
        raise SettingsError(message)
    name = service_cls.name
    if name in SERVICES:
        require_own_user(settings, name)
    return Runtime(
        service=name,
        settings=settings,
        database=Database(
            settings.database_url,
            pool_size=settings.pool_size,
            application_name=pool_name(name, settings.pool_size),
        ),
        sealer=Sealer(key, settings.former_master_keys()) if key else None,
        clock=clock or Clock(),
        rpc=rpc or RpcClient(settings.amqp_uri, name),
        holder=f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
    )
