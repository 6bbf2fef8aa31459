"""After a restore: clients who were erased since the backup are erased again.

Run before a restored portal answers. The ledger of erased clients lies beside the
backups; each service's database may be of another moment, so each is asked
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer
from sqlalchemy.exc import SQLAlchemyError

from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.erasures import Erasure
from identity_links.operations.erasing import erase_client
from identity_links.transports.erasure_ledger import FILE_NAME, LedgerError, read_ledger
from notifications.operations import erasing as mails
from portal_chassis.database.erasure import erase_data_key
from portal_chassis.database.transactions import Database, Transaction, describe_error
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


def run_erase_again(ledgers: Sequence[Path], var: Path | None) -> int:
    """``portal erase-again``: replay ledgers in the portal of `var`, else the environment's.

    Returns:
        0 when it is done, 1 when a ledger is missing or was changed, 2 without databases.
    """
    from portal_runner.doctor.invariants.checking import UNREADABLE, CheckOptions, open_context
    from portal_runner.doctor.target import find_target

    for folder in ledgers:
        if not (folder / FILE_NAME).exists():
            typer.echo(f"There is no ledger of erased clients in {folder}.", err=True)
            return 1
    try:
        with find_target(var) as target, open_context(target, CheckOptions(var)) as context:
            erased = replay_erasures(context.databases, ledgers)
    except LedgerError as error:
        typer.echo(f"{error} Nothing was erased.", err=True)
        return 1
    except SQLAlchemyError as error:
        typer.echo(f"A database does not answer ({describe_error(error)}).", err=True)
        return 2
    except UNREADABLE as error:
        typer.echo(str(error), err=True)
        return 2
    typer.echo(f"Erased again, from the ledgers: {erased} client(s).")
    return 0


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
