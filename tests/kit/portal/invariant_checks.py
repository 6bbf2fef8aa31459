"""What must hold at the end of a fault test: `portal doctor --invariants`, with its journal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from unittest.mock import patch

import msgspec

from portal_runner.doctor.invariants.checking import CheckOptions, examine, open_context
from portal_runner.doctor.invariants.context import Allowed
from portal_runner.doctor.invariants.journal import Journal
from portal_runner.doctor.invariants.verdict import Verdict
from portal_runner.doctor.target import find_target
from tests.kit.mail_server import RecordedMail
from tests.kit.portal.portals import Portal

REST_SECONDS = 50.0
"""Within this a portal with nothing to do is at rest: the leases of the dead are over."""


class InvariantChecks:
    """Keeps the journal of one stack, and checks its invariants.

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
        """What was found, as `portal doctor --invariants` prints it.

        Raises:
            AssertionError: one of them does not hold; the text says which.
        """
        server = self._portal.mail_server
        assert server is not None
        listed = -1
        verdicts: Sequence[Verdict] = ()
        # What was sent while the portal came to rest is not in the list that was made before.
        while listed != len(server.messages):
            listed = len(server.messages)
            verdicts = self._examine(server.messages[:listed])
        found = "\n".join(line for verdict in verdicts for line in verdict.lines())
        assert all(verdict.holds for verdict in verdicts), found
        assert not any(verdict.left_out for verdict in verdicts), found
        return found

    def _examine(self, mails: Sequence[RecordedMail]) -> Sequence[Verdict]:
        """The verdicts once the portal is at rest, with what the mail server had until then."""
        lines = [
            msgspec.json.encode({"message_id": str(mail.message["Message-ID"])}) for mail in mails
        ]
        self._mails.write_bytes(b"\n".join(lines))
        options = CheckOptions(
            var=self._portal.folder,
            journal=self._journal,
            mails=self._mails,
            allowed=Allowed(dead_letters=self.planted, resent=self.resent),
        )
        # Its folder of settings tells where the master key is.
        with (
            patch.dict(os.environ, self._portal.environment),
            find_target(options.var) as target,
            open_context(target, options) as context,
        ):
            return examine(context, within_seconds=REST_SECONDS)
