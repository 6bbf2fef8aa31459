"""The portal in one process: PostgreSQL, four services, the web server, and their end.

The process is patched by eventlet before this module is imported
(`portal_runner.standalone`).
"""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import eventlet
import structlog
from eventlet.event import Event

from gateway.app import create_app
from gateway.serving.rules import ServingRules
from portal_chassis.broker import topology
from portal_chassis.database.master_key import WrongMasterKey
from portal_chassis.embedded.postgres import EmbeddedPostgres, PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_chassis.logging import configure_logging
from portal_chassis.process.eventlet_process import assert_cooperative_waiting
from portal_chassis.process.garbage import keep_what_is_loaded
from portal_chassis.rpc.client import RpcClient
from portal_chassis.variables import SettingsError
from portal_runner.announcement import (
    announce,
    answers_elsewhere,
    became_its_own,
    keep_both,
)
from portal_runner.backup_process import backup_process
from portal_runner.data_folder import DataFolder
from portal_runner.databases import free_leases, prepare_databases, require_master_keys
from portal_runner.demo.practice import DemoContext, DemoPractice, prepare_demo
from portal_runner.first_run import fresh_setup_address, tell_setup_address
from portal_runner.modes import (
    MEMORY_BROKER,
    Mode,
    PortalSettings,
    keep_settings_of,
    load_portal_settings,
    serve_variables,
    try_variables,
)
from portal_runner.processes import Child, stop_all
from portal_runner.running import AlreadyRunningError, RunningPortal
from portal_runner.service_group import ServiceGroup
from portal_runner.web_port import PortTakenError, require_free, settled_port
from portal_runner.web_server import IDLE_SECONDS, WebServer

log = structlog.get_logger(__name__)

OK, FAILED, WRONG_SETTINGS = 0, 1, 2
LOOK_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Options:
    """How the portal was asked to run."""

    mode: Mode
    folder: DataFolder
    host: str
    port: int

    @property
    def listens_at(self) -> str:
        """Where the web server listens."""
        return f"http://{self.host}:{self.port}"


class OneProcessPortal:
    """Starts every part in order, and stops them in reverse.

    Args:
        options: how it was asked to run.
        settings: of every part.
    """

    def __init__(self, options: Options, settings: PortalSettings) -> None:
        self._options = options
        self._settings = settings
        self._ended: Event = Event()
        self._postgres = EmbeddedPostgres(
            options.folder.postgres, max_connections=settings.most_connections()
        )
        self._rpc: RpcClient | None = None
        self._services: ServiceGroup | None = None
        self._web: WebServer | None = None
        self._identity_links_url = ""
        self._backup: Child | None = None

    def start(self) -> DemoPractice | None:
        """Start everything; the demo practice under ``try``.

        Raises:
            MissingPostgresError, PostgresError: there is no database.
            WrongMasterKey: the data were sealed with another key.
            OSError: the port is taken.
        """
        self._postgres.start()
        databases = prepare_databases(self._postgres)
        require_master_keys(databases.values(), self._settings.sealer)
        free_leases(databases.values())
        self._identity_links_url = databases["identity_links"].runtime_url
        topology.declare(MEMORY_BROKER)
        services = {
            name: replace(
                settings,
                database_url=databases[name].runtime_url,
                owner_database_url=databases[name].owner_url,
            )
            for name, settings in self._settings.services.items()
        }
        self._rpc = RpcClient(MEMORY_BROKER, "portal")
        self._services = ServiceGroup(services, self._rpc)
        self._services.start(on_death=lambda _name: self.end(FAILED))
        app = create_app(self._rpc, self._settings.gateway)
        rules = ServingRules.of(self._settings.gateway, IDLE_SECONDS)
        self._web = WebServer(self._options.host, self._options.port, app, rules)
        demo = None
        if self._options.mode is Mode.TRY:
            sealer = self._settings.sealer
            demo = prepare_demo(
                DemoContext(self._options.folder.demo, databases, sealer, self._rpc)
            )
        self._web.start()
        keep_what_is_loaded()
        self._backup = backup_process(self._settings.backups, self._options.folder, self._postgres)
        if self._backup is not None:
            self._backup.start()
            eventlet.spawn(self._look_after, self._backup)
        return demo

    def setup_address(self) -> str | None:
        """A fresh address to set the first practice up at; None when there is an owner."""
        url = self._identity_links_url
        return fresh_setup_address(url, self._settings.gateway.public_url)

    def end(self, code: int) -> None:
        """Let `wait` return; the first one counts."""
        if not self._ended.ready():
            self._ended.send(code)

    def wait(self) -> int:
        """Wait until somebody ends it; the exit code."""
        code: int = self._ended.wait()
        return code

    def stop(self) -> None:
        """Stop everything, the database last."""
        if self._web is not None:
            self._web.stop()
        if self._services is not None:
            self._services.stop()
        if self._rpc is not None:
            self._rpc.close()
        if self._backup is not None:
            stop_all([self._backup])
        self._postgres.stop()

    def _look_after(self, child: Child) -> None:
        while not self._ended.ready():
            eventlet.sleep(LOOK_EVERY_SECONDS)
            child.revive()


def run(arguments: list[str]) -> int:
    """Run the portal until SIGINT or SIGTERM; the exit code."""
    assert_cooperative_waiting()
    options = parse(arguments)
    running = RunningPortal(options.folder.path)
    try:
        options.folder.prepare()
        running.claim()
        options = settled(options)
        had_key = options.folder.master_key.exists()
        settings = load_portal_settings(variables_of(options))
        keep_settings_of(options.folder)
        if not had_key and options.folder.master_key.exists():
            tell(keep_both(options.folder.path, options.folder.master_key))
    except (AlreadyRunningError, PortTakenError, SettingsError, OSError) as error:
        tell(str(error))
        return WRONG_SETTINGS
    platform = settings.gateway
    configure_logging("portal", platform.log_level, platform.log_format)
    portal = OneProcessPortal(options, settings)
    _end_on_signals(portal)
    try:
        demo = portal.start()
        running.announce(
            mode=options.mode.value, url=platform.public_url, listens_at=options.listens_at
        )
        announce(platform.public_url, options.folder.path, demo)
        if options.mode is Mode.SERVE:
            tell_setup_address(options.folder, portal.setup_address())
        return portal.wait()
    except WrongMasterKey as error:
        tell(str(error))
        return WRONG_SETTINGS
    except (MissingPostgresError, PostgresError, OSError) as error:
        tell(str(error))
        return FAILED
    finally:
        tell("Stopping.")
        portal.stop()
        running.release()


def settled(options: Options) -> Options:
    """The options with the port to answer on, once the claimed folder is its own.

    Raises:
        PortTakenError: the port that mails name is taken.
    """
    if (original := options.folder.settle()) is not None:
        tell(became_its_own(options.folder.path, original))
    if options.mode is Mode.SERVE:
        require_free(options.host, options.port, within=0)
        return options
    port = settled_port(options.folder, options.host, options.port)
    if port != options.port:
        tell(answers_elsewhere(options.port, port))
    return replace(options, port=port)


def variables_of(options: Options) -> dict[str, str]:
    """The variables of this way of running.

    Raises:
        SettingsError: one that real use needs is missing.
    """
    if options.mode is Mode.TRY:
        return try_variables(options.folder, options.port)
    return serve_variables(options.folder)


def parse(arguments: list[str]) -> Options:
    """The options that the `portal` command passes on."""
    parser = argparse.ArgumentParser(prog="portal_runner.standalone")
    parser.add_argument("--mode", type=Mode, choices=list(Mode), required=True)
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args(arguments)
    return Options(given.mode, DataFolder(given.var.resolve()), given.host, given.port)


def tell(sentence: str) -> None:
    """Say something to the person at the terminal."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - a command speaks


def _end_on_signals(portal: OneProcessPortal) -> None:
    def end(number: int, _frame: Any) -> None:
        # A second Ctrl-C does not wait for what is under way.
        signal.signal(number, signal.SIG_DFL)
        portal.end(OK)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
