"""After a restore: clients who were erased since the backup are erased again.

Run before a restored portal answers. The ledger of erased clients lies beside the
backups; each service's database may be of another moment, so each is asked
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.erasures import Erasure
from identity_links.operations.erasing import erase_client
from identity_links.transports.erasure_ledger import read_ledger
from notifications.operations import erasing as mails
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.errors import NotFound


def replay_erasures(databases: Mapping[str, Database], folders: Iterable[Path]) -> int:
    """Erase again every client of the ledgers in `folders`, in every database. May be repeated.

    A client of whom identity-links no longer knows leaves the tombstone all the same.

    Args:
        databases: service name to its database, as the runtime role.
        folders: each holds a ledger; all are read, since one may be newer than another.

    Returns:
        How many clients the ledgers hold.

    Raises:
        LedgerError: a ledger cannot be read, or was changed; nothing was erased.
    """
    ledgers = [read_ledger(folder) for folder in folders]
    erased = {one.client_id: one for ledger in ledgers for one in ledger}
    for one in erased.values():
        for service, database in databases.items():
            with database.transaction() as tx:
                _erase(tx, service, one)
    return len(erased)


def _erase(tx: Transaction, service: str, one: Erasure) -> None:
    match service:
        case "identity_links":
            try:
                erase_client(tx, one.client_id, BY_ADMIN, now=one.erased_at)
            except NotFound:
                erase_data_key(tx, one.client_id, one.erased_at)
        case "notifications":
            mails.erase_client(tx, one.client_id, one.erased_at)
        case _:
            erase_data_key(tx, one.client_id, one.erased_at)
