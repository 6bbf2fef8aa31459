"""Several mails in hand at once, so that one that takes long holds up no others.

What one event causes goes out one after the other, in one hand. A client's mails keep their
order: while one of them is in hand, the others are passed over. So are those of a practice
whose own mail server has as many as it may have, however slow it is. What is passed over is
looked for again as soon as a hand is free.

Mails that are planned while a hand is free for them are claimed as they are written, and handed
over with the commit: nobody looks for them. They never overtake what is due already.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog

from notifications.domain.delivery import Delivery
from notifications.operations.gauges import MAILS_IN_HAND
from notifications.operations.sender import Sender
from notifications.operations.sending import attempt_all, claim_due
from notifications.storage import adding
from notifications.storage.adding import Lease
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
        self._more_due = False
        self._stopping = False

    def lease(self, about: UUID, practice_id: UUID) -> Lease | None:
        """For mails that are written now, and can be sent as soon as that is committed (`take`).

        Args:
            about: the client, or the subject of mails without one.
            practice_id: whose mails they are.

        Returns:
            None where no hand is free for them, or others wait to be looked for.
        """
        with self._changed:
            if not (self._nothing_waits and self._has_room(about, practice_id)):
                return None
        sender = self._sender
        until = sender.clock.now() + timedelta(seconds=sender.lease_seconds)
        return Lease(sender.holder, until)

    def take(self, claimed: Sequence[Delivery]) -> None:
        """Send what was claimed as it was written; what no hand is free for by now is given back.

        Raises:
            sqlalchemy.exc.DBAPIError: it could not be given back; its lease ends.
        """
        with self._changed:
            nothing_waits = self._nothing_waits
        if nothing_waits:
            self._send(claimed)
        else:
            self._give_back(claimed)

    @property
    def _nothing_waits(self) -> bool:
        return not (self._passed_over or self._more_due)

    def _has_room(self, about: UUID, practice_id: UUID) -> bool:
        of_practice = sum(one == practice_id for one in self._in_hand.values())
        return (
            not self._stopping
            and len(self._in_hand) < self._bounds.at_once
            and about not in self._in_hand
            and of_practice < self._bounds.of_practice
        )

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
        with self._changed:
            self._more_due = claimed.more_due
        self._send(claimed.deliveries)
        return int(claimed.more_due)

    def stop(self, seconds: float) -> bool:
        """Begin no mail any more, and see those out that are being sent, for so long.

        What a hand has not begun is given back: it need not wait for its lease, and nobody who
        ends the process ends it in the middle of such a mail.

        Returns:
            Whether nothing is in hand.
        """
        with self._changed:
            self._stopping = True
        return self.wait(seconds)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is in hand, or for so long; whether nothing is."""
        end = time.monotonic() + seconds
        with self._changed:
            while self._in_hand and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            return not self._in_hand

    def _send(self, claimed: Sequence[Delivery]) -> None:
        """Send what is claimed; what there is no hand for by now is given back."""
        about = {one.client_id or one.subject_id: one.practice_id for one in claimed}
        with self._changed:
            has_room = all(self._has_room(*one) for one in about.items())
            if has_room:
                self._in_hand.update(about)
                MAILS_IN_HAND.set(len(self._in_hand))
        if not has_room:
            self._give_back(claimed)
        elif claimed:
            context = contextvars.copy_context()
            work = partial(context.run, self._work, claimed, list(about))
            threading.Thread(target=work, name="mails", daemon=True).start()

    def _give_back(self, claimed: Sequence[Delivery]) -> None:
        with self._sender.database.autocommit() as tx:
            adding.give_back(tx, [one.id for one in claimed], holder=self._sender.holder)
        with self._changed:
            self._passed_over = True
            nobody_will_look = not self._in_hand
        if nobody_will_look:
            self._look_again()

    def _work(self, claimed: Sequence[Delivery], about: Sequence[UUID]) -> None:
        try:
            left = attempt_all(self._sender, claimed, may_begin=lambda: not self._stopping)
            if left:
                self._give_back(left)
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
