"""The job entry point: background work at an interval, or sooner when woken.

Every replica runs every job; what they work on is claimed by lease, so a job
needs no leader. A run that raises is logged and tried at the next interval.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from eventlet.event import Event as Finished
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from portal_chassis import metrics
from portal_chassis.database.transactions import is_away
from portal_chassis.logging import origin
from portal_chassis.wakeups import wait_for_wakeup, wake_up

log = structlog.get_logger(__name__)

DONE = "done"
"""The outcome of a run that ended well."""


class Job(Entrypoint):
    """Runs a method every `every_seconds`; again at once while it returns more than 0."""

    def __init__(self, every_seconds: float, **options: Any) -> None:
        self.every_seconds = every_seconds
        self._stopping = threading.Event()
        self._loop: Any = None
        super().__init__(**options)

    @property
    def _measured_name(self) -> str:
        return f"{self.container.service_name}.{self.method_name}"

    @property
    def _wake_name(self) -> str:
        return wake_name(self.container.service_name, self.method_name)

    def start(self) -> None:
        """Begin; the first run comes at once."""
        # So that one that never ends well is seen too: a count of none, not no count.
        metrics.JOBS_RUN.labels(self._measured_name, DONE)
        self._loop = self.container.spawn_managed_thread(self._run, identifier=self.method_name)

    def stop(self) -> None:
        """Run no more; a run under way is finished."""
        self._stopping.set()
        wake_up(self._wake_name)
        if self._loop is not None:
            self._loop.wait()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                more = self._run_once()
            except ContainerBeingKilled:
                return
            if not more and not self._stopping.is_set():
                wait_for_wakeup(self._wake_name, self.every_seconds)

    def _run_once(self) -> bool:
        finished = Finished()
        self.container.spawn_worker(self, (), {}, handle_result=partial(self._finish, finished))
        return bool(finished.wait())

    def _finish(
        self, finished: Finished, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        outcome = DONE
        if exc_info is not None:
            error = exc_info[1]
            outcome = "database_away" if is_away(error) else "failed"
            log.error(
                "job_failed",
                job=self.method_name,
                error=type(error).__name__,
                where=origin(error),
            )
        metrics.JOBS_RUN.labels(self._measured_name, outcome).inc()
        if exc_info is None:
            metrics.JOBS_LAST_SUCCESS.labels(self._measured_name).set_to_current_time()
        finished.send(result if exc_info is None else 0)
        return result, exc_info


J = TypeVar("J", bound=Callable[..., int])


def job(*, every_seconds: float) -> Callable[[J], J]:
    """Make a method ``(self) -> int`` of a service class a background job."""
    return Job.decorator(every_seconds)


def wake_name(service: str, method: str) -> str:
    """The name under which a job of a service is woken."""
    return f"job {service}.{method}"


class Jobs:
    """Wakes the jobs of one service in this process."""

    def __init__(self, service: str) -> None:
        self._service = service

    def wake(self, method: str) -> None:
        """Let the job `method` run now; give it to `after_commit` to run after a change."""
        wake_up(wake_name(self._service, method))
