"""What must hold at the end of a fault test: `portal doctor --invariants`, with its journal."""

from __future__ import annotations

import msgspec

from portal_runner.invariants.journal import Journal
from portal_runner.testing.portals import Portal

REST_SECONDS = 50.0
"""Within this a portal with nothing to do is at rest: the leases of the dead are over."""


class Promises:
    """Keeps the journal of one stack, and has its invariants checked.

    Attributes:
        journal: where tests note what they did and were told.
        planted: so many dead letters are there on purpose.
        resent: so many mails may be there twice, because their sender was killed.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._journal = portal.folder.with_name("journal.jsonl")
        self._mails = portal.folder.with_name("mails.jsonl")
        self.journal = Journal(self._journal)
        self.planted = 0
        self.resent = 0

    def check(self) -> str:
        """What was found.

        Raises:
            AssertionError: one of them does not hold; the text says which.
        """
        assert self._portal.mail_server is not None
        lines = [
            msgspec.json.encode({"message_id": str(mail.message["Message-ID"])})
            for mail in self._portal.mail_server.messages
        ]
        self._mails.write_bytes(b"\n".join(lines))
        done = self._portal.command(
            *("doctor", "--var", str(self._portal.folder), "--invariants"),
            *("--journal", str(self._journal), "--mails", str(self._mails)),
            *("--within", str(REST_SECONDS)),
            *("--planted", str(self.planted), "--resent", str(self.resent)),
        )
        found = done.stdout + done.stderr
        assert done.returncode == 0, found
        return found
