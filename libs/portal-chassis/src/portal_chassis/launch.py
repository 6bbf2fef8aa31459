"""Run one service as a process: ``python -m portal_chassis.launch identity_links``."""

import portal_chassis.process.patching  # isort: skip # noqa: F401 - before anything else

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import eventlet
import eventlet.wsgi
import structlog
from sqlalchemy.exc import DBAPIError

from portal_chassis.database.master_key import WrongMasterKey, require_master_key
from portal_chassis.database.room import FullError, NoRoomError, is_full, require_room
from portal_chassis.database.transactions import describe_error, is_away, sqlstate
from portal_chassis.embedded.polling import wait_until
from portal_chassis.logging import configure_logging, origin
from portal_chassis.process.container import PortalContainer, make_container, service_class
from portal_chassis.process.eventlet_process import assert_cooperative_waiting
from portal_chassis.process.garbage import keep_what_is_loaded
from portal_chassis.process.health import health_app
from portal_chassis.process.runtime import Runtime, build_runtime
from portal_chassis.variables import SettingsError, load_settings, settings_in

log = structlog.get_logger(__name__)

DATABASE_SECONDS = 60.0
"""How long a start waits for its database, or for the migration of it."""

ROOM_SECONDS = 15.0
"""How long a start waits for room among the database's connections."""

BROKER_SECONDS = 2.0
"""How long a start that takes calls already waits until it could make some too."""

UNDEFINED_TABLE = "42P01"


def serve_health(runtime: Runtime, package: str) -> None:
    """Open the health port, where the settings name one."""
    settings = runtime.settings
    if settings.health_port:
        # Its own port, not one shared in silence with another replica.
        listener = eventlet.listen((settings.health_host, settings.health_port), reuse_port=False)
        app = health_app(runtime, f"{package}.migrations")
        eventlet.spawn(eventlet.wsgi.server, listener, app, log_output=False, debug=False)


def prove_master_key(runtime: Runtime) -> None:
    """Refuse a wrong master key before anything is answered.

    Raises:
        WrongMasterKey: see `require_master_key`.
        FullError: see `_with_database`.
        sqlalchemy.exc.DBAPIError: see `_with_database`.
    """
    if (sealer := runtime.sealer) is not None:
        _with_database(
            runtime, lambda: require_master_key(runtime.database, sealer, runtime.service)
        )


def find_room(runtime: Runtime) -> None:
    """Refuse to run where PostgreSQL could not take the connections of all processes.

    Raises:
        NoRoomError: see `require_room` and `_with_database`.
        sqlalchemy.exc.DBAPIError: see `_with_database`.
    """
    variable = settings_in(type(runtime.settings))["pool_size"].variable
    runtime.waits_for_room = True
    _with_database(runtime, lambda: require_room(runtime.database, variable, within=ROOM_SECONDS))
    runtime.waits_for_room = False


def _with_database(runtime: Runtime, act: Callable[[], None]) -> None:
    """Do it; wait for a database that is away, or whose tables are not made yet.

    Raises:
        FullError: it took no connection of ours within `DATABASE_SECONDS`.
        sqlalchemy.exc.DBAPIError: no database with our tables came within them.
    """
    failure: DBAPIError | None = None

    def done() -> bool:
        nonlocal failure
        try:
            act()
        except DBAPIError as error:
            if not (is_away(error) or sqlstate(error) == UNDEFINED_TABLE):
                raise
            failure = error
            return False
        return True

    if not wait_until(done, within=DATABASE_SECONDS, every=1.0) and failure is not None:
        raise FullError if is_full(failure, runtime.database.url) else failure


def main(package: str) -> int:
    """Run until SIGTERM or SIGINT; the exit code."""
    assert_cooperative_waiting()
    service = service_class(package)
    try:
        settings = load_settings(service.settings_class)
        configure_logging(package, settings.log_level, settings.log_format)
        runtime = build_runtime(service, settings)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a sentence for a person, before any log
        return 2
    serve_health(runtime, package)
    try:
        prove_master_key(runtime)
        find_room(runtime)
    except (WrongMasterKey, NoRoomError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a sentence for a person
        return 2
    except DBAPIError as error:
        log.error("service_died", error=describe_error(error), where=origin(error))
        return 1
    container = make_container(service, runtime)
    _stop_on_signals(container)
    container.start()
    if runtime.consuming:
        runtime.rpc.ready(BROKER_SECONDS)
    keep_what_is_loaded()
    log.info("service_started")
    try:
        container.wait()
    except Exception as error:  # noqa: BLE001 - whatever ended it, the supervisor restarts it
        log.error("service_died", error=type(error).__name__, where=origin(error))
        return 1
    finally:
        runtime.rpc.close()
    log.info("service_stopped")
    return 0


def _stop_on_signals(container: PortalContainer) -> None:
    def stop(_number: int, _frame: Any) -> None:
        eventlet.spawn_n(_stop, container)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _stop(container: PortalContainer) -> None:
    try:
        container.stop()
    except Exception as error:  # noqa: BLE001 - it must end all the same
        log.error("stop_failed", error=type(error).__name__, where=origin(error))
        container.kill()


if __name__ == "__main__":
    # A thread that never ends by itself (a driver's) must not keep a stopped service alive.
    code = main(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
