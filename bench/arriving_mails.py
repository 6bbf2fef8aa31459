"""A mail server's mails, with the instant in which each was accepted."""

from __future__ import annotations

import queue
import time
from collections.abc import Collection

from tests.kit.mail_server import RecordedMail

PATIENCE_SECONDS = 20.0


class ArrivingMails(list[RecordedMail]):
    """The mails of a mail server; says when each was accepted, and for whom."""

    def __init__(self, known: list[RecordedMail]) -> None:
        super().__init__(known)
        self._arrivals: queue.SimpleQueue[tuple[float, tuple[str, ...]]] = queue.SimpleQueue()

    def append(self, mail: RecordedMail) -> None:
        """The mail server has accepted one."""
        self._arrivals.put((time.perf_counter(), mail.recipients))
        super().append(mail)

    def next_for(self, address: str) -> float:
        """When the next mail for `address` was accepted, waited for."""
        [at] = self.next_for_all([address])
        return at

    def next_for_all(self, addresses: Collection[str], *, since: float = 0.0) -> list[float]:
        """When the next mail for each of `addresses` was accepted, in the order of time.

        What was accepted before `since`, on `time.perf_counter`, was of something else.
        """
        waiting, found = set(addresses), []
        while waiting:
            at, recipients = self._arrivals.get(timeout=PATIENCE_SECONDS)
            if at >= since and waiting & set(recipients):
                waiting -= set(recipients)
                found.append(at)
        return found
