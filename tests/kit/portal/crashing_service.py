"""A service that kills itself at an exact point, when a test has asked for it.

``python -m tests.kit.portal.crashing_service scheduling`` is `portal_chassis.launch`
with its steps wrapped: before each of them the process looks for a file of the
folder `FOLDER_VARIABLE` names, ``<service>.<point>.<what>``. Where there is
one, it removes the file and sends SIGKILL to itself. Without such a file
nothing differs from the service that people run.
"""

from portal_chassis import launch  # it patches the process, so it comes first

# isort: split

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import Engine, event

from portal_chassis.broker.consumers import CallConsumers, Consumers
from portal_chassis.events.relay import SENT, Relay
from tests.kit.portal.crash_points import FOLDER_VARIABLE, CrashPoint, file_name

WROTE = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"


class Crash:
    """The end of this process, at a point and for one call, event or job.

    Args:
        service: whose process this is.
        folder: where a test leaves its wishes.
    """

    def __init__(self, service: str, folder: Path) -> None:
        self._service = service
        self._folder = folder

    def here(self, point: CrashPoint, what: str) -> None:
        """Die, if a test wants it; of several replicas one."""
        try:
            (self._folder / file_name(self._service, point, what)).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Wrap the steps of the chassis, and the mail transport's."""
        self._before_commits()
        self._before(
            CallConsumers, "answer", CrashPoint.BEFORE_REPLY, lambda call, _reply: [_method(call)]
        )
        self._before(Consumers, "ack", CrashPoint.BEFORE_ACK, lambda message: [_type(message)])
        self._before(Relay, "_outgoing", CrashPoint.BEFORE_PUBLISH, lambda row: [row.type])
        self._before(Relay, "_mark", CrashPoint.BEFORE_MARK, _published)
        if self._service == "notifications":
            self._around_handing_in()

    def _before(
        self, owner: type, step: str, point: CrashPoint, whats: Callable[..., list[str]]
    ) -> None:
        original = getattr(owner, step)

        @wraps(original)
        def wrapped(this: Any, *arguments: Any) -> Any:
            for what in whats(*arguments):
                self.here(point, what)
            return original(this, *arguments)

        setattr(owner, step, wrapped)

    def _before_commits(self) -> None:
        """Before the commit of a transaction that has written something, in a worker."""

        def on_commit(connection: Any) -> None:
            what = structlog.contextvars.get_contextvars().get("entry", "")
            if (self._folder / file_name(self._service, CrashPoint.BEFORE_COMMIT, what)).exists():
                with connection.connection.cursor() as cursor:
                    [wrote] = cursor.execute(WROTE).fetchone()
                if wrote:
                    self.here(CrashPoint.BEFORE_COMMIT, what)

        event.listen(Engine, "commit", on_commit)

    def _around_handing_in(self) -> None:
        """Before a mail is handed in, and between the server's 250 and the commit that notes it."""
        from notifications.domain.letters import Letter
        from notifications.domain.outcome import Outcome
        from notifications.transports.smtp import SmtpTransport

        original = SmtpTransport.send

        def send(this: SmtpTransport, letter: Letter, **options: Any) -> Outcome:
            self.here(CrashPoint.BEFORE_HANDING_IN, "mail")
            outcome = original(this, letter, **options)
            self.here(CrashPoint.AFTER_ACCEPTANCE, outcome.kind)
            return outcome

        SmtpTransport.send = send  # type: ignore[method-assign, assignment]


def _method(call: Any) -> str:
    return str(call.headers.get("method"))


def _type(event: Any) -> str:
    return str(msgspec.json.decode(event.body)["type"])


def _published(rows: Any, outcomes: Any, _now: Any) -> list[str]:
    return [row.type for row in rows if outcomes[row.id] == SENT]


def main(service: str) -> int:
    """Run `service`; the exit code."""
    Crash(service, Path(os.environ[FOLDER_VARIABLE])).install()
    return launch.main(service)


if __name__ == "__main__":
    code = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
