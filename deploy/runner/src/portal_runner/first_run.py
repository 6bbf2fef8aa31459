"""The address at which the first practice is made, and who is told it.

Whoever knows it owns the portal, so it goes to a person at a terminal or into a file for the
owner of the data folder alone, and into no log.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from identity_links.operations.setup import make_setup_address
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.running_portal import write_private
from portal_runner.data_folder import DataFolder


def fresh_setup_address(database_url: str, public_url: str) -> str | None:
    """A fresh address, which ends the former one; None when there is an owner."""
    database = Database(database_url, pool_size=1, application_name="first-run")
    try:
        with database.transaction() as tx:
            return make_setup_address(tx, public_url, now=Clock().now())
    finally:
        database.dispose()


def tell_setup_address(folder: DataFolder, address: str | None) -> None:
    """Tell it to the terminal, or where there is none, write it into the data folder."""
    folder.setup_address.unlink(missing_ok=True)
    if address is None:
        return
    console = Console(highlight=False, soft_wrap=True)
    if sys.stdout.isatty():
        console.print("\nSet up your practice here, within an hour; the address works once:")
        console.print(Text(address, style="bold"))
    else:
        write_private(folder.setup_address, f"{address}\n")
        console.print(
            Text(
                "\nSet up your practice at the address in "
                f"{folder.setup_address}, within an hour; it works once."
            )
        )
    console.file.flush()
