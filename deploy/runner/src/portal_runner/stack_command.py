"""``portal stack``: the command around `portal_runner.stack`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from portal_chassis.database.master_key import WrongMasterKey
from portal_chassis.embedded.ports import LOOPBACK
from portal_chassis.embedded.postgres import PostgresError
from portal_chassis.embedded.postgres_binaries import MissingPostgresError
from portal_chassis.embedded.rabbitmq import MissingRabbitMQError, RabbitMQError
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.logging import configure_logging
from portal_chassis.rpc.client import RpcClient
from portal_chassis.variables import SettingsError
from portal_contracts.calls import GATEWAY
from portal_runner.announcement import (
    announce,
    answers_elsewhere,
    became_its_own,
    keep_both,
)
from portal_runner.data_folder import DataFolder
from portal_runner.demo.practice import DemoContext, DemoPractice, prepare_demo
from portal_runner.modes import (
    PortalSettings,
    keep_settings_of,
    load_portal_settings,
    stack_variables,
)
from portal_runner.running import AlreadyRunningError, RunningPortal
from portal_runner.stack import Stack, StackOptions
from portal_runner.web_port import PortTakenError, settled_port

OK, FAILED, WRONG_SETTINGS = 0, 1, 2
LOOK_EVERY_SECONDS = 0.2


def run_stack(var: Path, *, port: int, replicas: int, mail_smtp: str) -> int:
    """Run the stack until SIGINT or SIGTERM; the exit code."""
    folder = DataFolder(var.resolve())
    running = RunningPortal(folder.path)
    try:
        folder.prepare()
        running.claim()
        port = _settled_port(folder, port)
        settings = _settings(folder, port, mail_smtp)
    except (AlreadyRunningError, PortTakenError, SettingsError, OSError) as error:
        typer.echo(str(error), err=True)
        return WRONG_SETTINGS
    # The supervisor speaks to a person; its children write JSON to their files.
    configure_logging("stack", settings.gateway.log_level, "console")
    options = StackOptions(folder, LOOPBACK, port, replicas, running.inherited)
    stack = Stack(options, settings)
    with _own_signals():
        try:
            _run_until_interrupted(stack, running, mails=mail_smtp)
        except KeyboardInterrupt:
            return OK
        except WrongMasterKey as error:
            typer.echo(str(error), err=True)
            return WRONG_SETTINGS
        except (
            MissingRabbitMQError,
            RabbitMQError,
            MissingPostgresError,
            PostgresError,
            TimeoutError,
        ) as error:
            typer.echo(str(error), err=True)
            return FAILED
        finally:
            _ignore_interrupts()
            typer.echo("Stopping.", err=True)
            stack.stop()
            running.release()
    return OK


def _run_until_interrupted(stack: Stack, running: RunningPortal, *, mails: str) -> None:
    stack.start()
    demo = _demo(stack)
    running.announce(mode="stack", **stack.facts())
    announce(stack.url, stack.options.folder.path, demo, mails=mails)
    while True:
        stack.keep_alive()
        threading.Event().wait(LOOK_EVERY_SECONDS)


def _settings(folder: DataFolder, port: int, mail_smtp: str) -> PortalSettings:
    had_key = folder.master_key.exists()
    settings = load_portal_settings(stack_variables(folder, port, mail_smtp))
    keep_settings_of(folder)
    if not had_key and folder.master_key.exists():
        typer.echo(keep_both(folder.path, folder.master_key), err=True)
    return settings


def _settled_port(folder: DataFolder, wanted: int) -> int:
    if (original := folder.settle()) is not None:
        typer.echo(became_its_own(folder.path, original), err=True)
    port = settled_port(folder, LOOPBACK, wanted)
    if port != wanted:
        typer.echo(answers_elsewhere(wanted, port), err=True)
    return port


def _demo(stack: Stack) -> DemoPractice:
    rpc = RpcClient(uri_as(GATEWAY, stack.amqp_uri), "demo")
    try:
        return prepare_demo(
            DemoContext(stack.options.folder.demo, stack.databases, stack.sealer, rpc)
        )
    finally:
        rpc.close()


@contextmanager
def _own_signals() -> Iterator[None]:
    """SIGTERM interrupts as Ctrl-C does; afterwards both are as they were."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    # Both: a shell that starts it in the background has told it to ignore Ctrl-C.
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _ignore_interrupts() -> None:
    """Stopping is under way and takes a bounded time: nothing may cut it short."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
