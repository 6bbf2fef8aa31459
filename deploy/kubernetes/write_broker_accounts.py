"""Write what each process may do at the broker into the cluster's accounts; ``make reference``."""

from __future__ import annotations

import re
from pathlib import Path

from portal_contracts.broker_accounts import RIGHTS

ACCOUNTS = Path(__file__).parent / "cluster" / "broker-accounts.yaml"


def with_rights(text: str) -> str:
    """The manifests with the patterns of `RIGHTS`; all else stays.

    Raises:
        LookupError: a process has no account in them.
    """
    for process, rights in RIGHTS.items():
        user = f"latchkey-{process.replace('_', '-')}"
        lines = "".join(f"    {kind}: '{how}'\n" for kind, how in rights.patterns.items())
        head = rf"  userReference: \{{name: {user}\}}\n  permissions:\n"
        found = re.search(rf"(?<={head})(?:    \w+: [^\n]*\n)+", text)
        if found is None:
            message = f"{user} has no permissions in {ACCOUNTS.name}"
            raise LookupError(message)
        text = text[: found.start()] + lines + text[found.end() :]
    return text


if __name__ == "__main__":
    ACCOUNTS.write_text(with_rights(ACCOUNTS.read_text("utf-8")), "utf-8")
