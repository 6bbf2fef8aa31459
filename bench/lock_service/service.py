"""The service; ``python -m portal_chassis.launch bench.lock_service`` starts it."""

from __future__ import annotations

from bench.lock_service import LOCK, NAME, Lock
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.process.providers import DatabaseProvider
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.settings import ServiceSettings
from portal_contracts.calls import Done
from scheduling.storage.locks import lock_client, lock_practitioners


class Settings(ServiceSettings, prefix="BENCH_LOCK_"):
    """Its database is scheduling's, whose locks it takes."""


class LockService:
    """Takes the locks that holding a time takes, in their order."""

    name = NAME
    settings_class = Settings
    housekeeping = None

    database = DatabaseProvider()

    @rpc(LOCK)
    def lock(self, tx: Transaction, command: Lock, _call: Call) -> Done:
        """Nothing is read or written under them."""
        lock_client(tx, command.client_id)
        lock_practitioners(tx, command.practitioner_id)
        return Done()
