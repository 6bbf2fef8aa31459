"""What a service's process looks up when its metrics are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal_chassis import metrics
from portal_chassis.database.transactions import Transaction, describe_error
from portal_chassis.metrics import Measured
from portal_chassis.process.housekeeping import count_backlog
from portal_chassis.process.runtime import Runtime

log = structlog.get_logger(__name__)

OwnGauges = Callable[[Transaction, datetime], Iterator[Measured]]
"""A service class may have one as its static `gauges`: what it measures besides."""


class ServiceGauges:
    """A source of metrics: pool, workers, backlog and what the service measures itself.

    Args:
        runtime: of the service.
        container: its container, which knows the workers.
    """

    def __init__(self, runtime: Runtime, container: Any) -> None:
        self._runtime = runtime
        self._container = container

    def __call__(self) -> Iterator[Measured]:
        """Look everything up; a database that is away leaves out what it knows."""
        labels = (self._runtime.service,)
        pool: Any = self._runtime.database.engine.pool
        yield Measured(metrics.POOL_IN_USE, labels, pool.checkedout())
        yield Measured(metrics.POOL_SIZE, labels, pool.size())
        yield Measured(metrics.WORKERS_IN_USE, labels, len(self._container._worker_threads))  # noqa: SLF001
        yield Measured(metrics.WORKERS_MAX, labels, self._container.max_workers)
        try:
            found = self._ask_the_database()
        except SQLAlchemyError as error:
            log.warning("measuring_without_database", error=describe_error(error))
            found = []
        yield Measured(metrics.DATABASE_UP, labels, int(bool(found)))
        yield from found

    def _ask_the_database(self) -> list[Measured]:
        labels, now = (self._runtime.service,), self._runtime.clock.now()
        own: OwnGauges | None = getattr(self._container.service_cls, "gauges", None)
        with self._runtime.database.transaction() as tx:
            backlog = count_backlog(tx, now)
            more = list(own(tx, now)) if own else []
        return [
            Measured(metrics.OUTBOX_UNSENT, labels, backlog.unsent),
            Measured(metrics.OUTBOX_OLDEST, labels, backlog.oldest_seconds),
            Measured(metrics.INBOX_WAITING, labels, backlog.waiting),
            Measured(metrics.INBOX_DEAD, labels, backlog.dead),
            *more,
        ]
