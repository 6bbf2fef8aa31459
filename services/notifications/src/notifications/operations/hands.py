"""Several mails in hand at once, so that one that takes long holds up no others.

What one event causes goes out one after the other, in one hand. A client's mails keep their
order: while one of them is in hand, the others are passed over. So are those of a practice
whose own mail server has as many as it may have, however slow it is. What is passed over is
looked for again as soon as a hand is free.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from notifications.domain.delivery import Delivery
from notifications.operations.gauges import MAILS_IN_HAND
from notifications.operations.sender import Sender
from notifications.operations.sending import attempt_all, claim_due
from portal_chassis.database.transactions import describe_error

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Bounds:
    """How many mails are in hand at the same time.

    Attributes:
        at_once: of all practices.
        of_practice: of one.
    """

    at_once: int
    of_practice: int


class Hands:
    """Sends what is due, several at a time.

    Args:
        sender: what sending needs.
        bounds: how many at a time.
        look_again: called when something may be due that was passed over.
    """

    def __init__(self, sender: Sender, bounds: Bounds, look_again: Callable[[], None]) -> None:
        self._sender = sender
        self._bounds = bounds
        self._look_again = look_again
        self._changed = threading.Condition()
        self._in_hand: dict[UUID, UUID] = {}
        """Clients, or the subjects of mails without one, each with the practice."""
        self._passed_over = False

    def send_due(self) -> int:
        """Take what is longest due, where a hand is free for it, and send it meanwhile.

        Returns:
            1 where more is due, for which a hand may be free; else 0. Whoever calls this does
            so one at a time.

        Raises:
            sqlalchemy.exc.DBAPIError: the database does not answer.
        """
        with self._changed:
            in_hand = dict(self._in_hand)
            self._passed_over = bool(in_hand)
        if len(in_hand) >= self._bounds.at_once:
            return 0
        counted = Counter(in_hand.values())
        full = [one for one, number in counted.items() if number >= self._bounds.of_practice]
        claimed = claim_due(self._sender, in_hand=in_hand, full=full)
        if claimed.deliveries:
            self._start(claimed.deliveries)
        return int(claimed.more_due)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is in hand, or for so long; whether nothing is."""
        end = time.monotonic() + seconds
        with self._changed:
            while self._in_hand and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            return not self._in_hand

    def _start(self, claimed: Sequence[Delivery]) -> None:
        about = {one.client_id or one.subject_id: one.practice_id for one in claimed}
        with self._changed:
            self._in_hand |= about
            MAILS_IN_HAND.set(len(self._in_hand))
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self._work, claimed, list(about)), name="mails", daemon=True
        ).start()

    def _work(self, claimed: Sequence[Delivery], about: Sequence[UUID]) -> None:
        try:
            attempt_all(self._sender, claimed)
        except Exception as error:  # noqa: BLE001 - their lease ends, and they are taken again
            log.warning("mails_left", number=len(claimed), error=describe_error(error))
        finally:
            with self._changed:
                for one in about:
                    del self._in_hand[one]
                MAILS_IN_HAND.set(len(self._in_hand))
                passed_over = self._passed_over
                self._changed.notify_all()
            if passed_over:
                self._look_again()
