"""What runs beside a service's workers: the relay, retries of the inbox, housekeeping."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis import metrics
from portal_chassis.database.master_key import wrap_anew
from portal_chassis.database.transactions import describe_error, is_away
from portal_chassis.events.handover import Handover, close_handover, open_handover
from portal_chassis.events.inbox import retries_of
from portal_chassis.events.inbox_retries import DueRow, due_rows, fail, next_attempt, retry
from portal_chassis.events.relay import BATCH, Relay
from portal_chassis.events.subscribe import UNDECODABLE, EventEntrypoint, decode_event
from portal_chassis.logging import origin
from portal_chassis.process.gauges import ServiceGauges
from portal_chassis.process.housekeeping import prune
from portal_chassis.process.providers import RuntimePart
from portal_chassis.wakeups import wait_for_wakeup, wake_up

log = structlog.get_logger(__name__)

RELAY_EVERY_SECONDS = 5.0
"""Only a repair, and for rows of another process: a commit wakes the relay of its own."""

RELAY_AGAIN_SECONDS = 1.0
"""After something could not be sent, most likely because the broker is away."""

INBOX_EVERY_SECONDS = 5.0
"""Only for what failed in another process: of its own a process knows when it is due again."""

INBOX_AGAIN_SECONDS = 0.2
"""When what is due was taken by another replica meanwhile."""

HOUSEKEEPING_EVERY_SECONDS = 3_600.0
AT_ONCE = 0.0


class _Loop(RuntimePart):
    """A loop beside the workers: `step` after step, with pauses that a wake ends."""

    every_seconds: float

    def setup(self) -> None:
        """Prepare; the loop begins with `start`."""
        self._stopping = threading.Event()
        self._thread: Any = None

    def start(self) -> None:
        """Begin; the first step comes at once."""
        self._thread = self.container.spawn_managed_thread(
            self._run, identifier=type(self).__name__
        )

    def stop(self) -> None:
        """Finish the step under way and end."""
        self._stopping.set()
        wake_up(self.wake_name)
        if self._thread is not None:
            self._thread.wait()

    @property
    def wake_name(self) -> str:
        """Under which name the loop is woken."""
        return f"{type(self).__name__} {self.runtime.service}"

    def step(self) -> float:
        """Do what is due; after how many seconds to look again."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self.every_seconds
            try:
                pause = self.step()
            except Exception as error:  # noqa: BLE001 - a loop outlives one failed step
                log.warning(
                    "loop_step_failed",
                    loop=type(self).__name__,
                    error=type(error).__name__,
                    database_away=is_away(error),
                    where=origin(error),
                )
            if pause and not self._stopping.is_set():
                wait_for_wakeup(self.wake_name, pause)

    def get_dependency(self, _worker_ctx: Any) -> None:
        """Nothing: the loop works by itself."""


class OutboxRelay(_Loop):
    """Publishes this service's outbox."""

    every_seconds = RELAY_EVERY_SECONDS

    _handover: Handover | None = None
    _look_at = 0.0
    """When the database is looked into for what was not handed over, on the monotonic clock."""

    def setup(self) -> None:
        """Make the relay; it connects with the first event."""
        super().setup()
        runtime = self.runtime
        self._relay = Relay(
            runtime.service, runtime.database, runtime.settings.amqp_uri, runtime.holder
        )

    @property
    def wake_name(self) -> str:
        """`outbox.record` wakes it by the database's name."""
        return f"relay {self.runtime.database.engine.url.database}"

    def start(self) -> None:
        """Begin, also to be handed what is committed."""
        runtime = self.runtime
        self._handover = open_handover(runtime.database, runtime.holder, runtime.clock)
        super().start()

    def step(self) -> float:
        """Publish what was handed over; what is due besides when it is time to look, or alone."""
        handed, held_up = self._publish_handed(), self._relay.held_up
        left = self._look_at - time.monotonic()
        if handed and left > 0 and not held_up:
            return left
        sent = self._relay.publish_due(self.runtime.clock.now())
        pause = self.every_seconds
        if sent >= BATCH:
            pause = AT_ONCE
        elif held_up or self._relay.held_up:
            pause = RELAY_AGAIN_SECONDS
        self._look_at = time.monotonic() + pause
        return pause

    def stop(self) -> None:
        """Finish the batch under way and what was handed over, and close the connection."""
        close_handover(self.runtime.database)
        super().stop()
        self._publish_handed()
        self._relay.close()

    def _publish_handed(self) -> int:
        """Publish what commits have handed over; how many that was."""
        handed = [] if self._handover is None else self._handover.take()
        self._relay.publish_claimed(handed, self.runtime.clock.now())
        return len(handed)


class InboxRetry(_Loop):
    """Runs failed handlers again when their time has come."""

    every_seconds = INBOX_EVERY_SECONDS

    @property
    def wake_name(self) -> str:
        """`inbox.receive` wakes it by the database's name."""
        return retries_of(self.runtime.database)

    def step(self) -> float:
        """Retry what is due."""
        runtime = self.runtime
        handlers = self._handlers
        if not handlers:
            return self.every_seconds
        now = runtime.clock.now()
        due_at = next_attempt(runtime.database, list(handlers), now=now)
        if due_at is None:
            return self.every_seconds
        if due_at > now:
            return min(self.every_seconds, (due_at - now).total_seconds())
        rows = due_rows(runtime.database, list(handlers), holder=runtime.holder, now=now)
        for row in rows:
            try:
                self._retry(row, handlers[row.consumer])
            except SQLAlchemyError as error:
                if is_away(error):
                    raise
                # Its lease keeps it for a while; the others need not wait for it.
                log.warning("retry_failed", consumer=row.consumer, error=describe_error(error))
        return AT_ONCE if rows else INBOX_AGAIN_SECONDS

    @property
    def _handlers(self) -> dict[str, EventEntrypoint]:
        """Consumer to the entry point whose workers handle its events."""
        return {
            f"{self.runtime.service}.{one.method_name}": one
            for one in self.container.entrypoints
            if isinstance(one, EventEntrypoint)
        }

    def _retry(self, row: DueRow, entry: EventEntrypoint) -> None:
        runtime = self.runtime
        holder, now = runtime.holder, runtime.clock.now()
        try:
            event = decode_event(row.body, entry.event_class)
        except UNDECODABLE as error:
            # Stored by a release whose contract was another: it must not hold up the others.
            fail(runtime.database, row, error, holder=holder, now=now)
            return
        again = partial(
            retry, runtime.database, row, event, mode=entry.mode, holder=holder, now=now
        )
        entry.take_again(event, again)


class Housekeeping(_Loop):
    """Prunes old rows hourly, ends the use of former master keys; knows the metrics' numbers."""

    every_seconds = HOUSEKEEPING_EVERY_SECONDS

    def setup(self) -> None:
        """Let the metrics ask; the first pruning comes with the first step."""
        super().setup()
        self._gauges = ServiceGauges(self.runtime, self.container)
        metrics.add_source(self._gauges)

    def stop(self) -> None:
        """Finish the step under way and end."""
        metrics.remove_source(self._gauges)
        super().stop()

    def step(self) -> float:
        """Prune, and wrap by the present master key what former ones wrapped."""
        deleted = prune(self.runtime.database, self.runtime.clock.now())
        if any(deleted.values()):
            log.info("pruned", **deleted)
        if self.runtime.sealer is not None:
            anew = wrap_anew(self.runtime.database, self.runtime.sealer)
            if anew:
                log.info("data_keys_wrapped_anew", number=anew)
        return self.every_seconds
