"""``portal topology``: declare what the broker must hold before anything is published."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import typer

from portal_chassis.broker import topology
from portal_chassis.broker.connection import BROKER_ERRORS, is_memory
from portal_chassis.embedded.running_portal import read_running
from portal_chassis.settings import PlatformSettings
from portal_chassis.variables import SettingsError, load_settings
from portal_contracts.broker_accounts import permissions

FAILED, WRONG_SETTINGS = 1, 2
VIRTUAL_HOST = "latchkey"


class WrongBrokerError(Exception):
    """There is no broker that a command could speak to; says why."""


def print_definitions() -> None:
    """Print the topology as definitions of RabbitMQ; no broker is asked."""
    typer.echo(json.dumps(topology.definitions(VIRTUAL_HOST), indent=2))


def print_permissions(virtual_host: str) -> int:
    """Print the commands that give each process's user its rights; the exit code."""
    try:
        settings = load_settings(PlatformSettings)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return WRONG_SETTINGS
    for one in permissions(virtual_host, settings.broker_users):
        words = [one[key] for key in ("vhost", "user", "configure", "write", "read")]
        typer.echo(shlex.join(["rabbitmqctl", "set_permissions", "-p", *words]))
    return 0


def declare_topology(var: Path | None) -> int:
    """Declare the topology at the broker of ``PORTAL_AMQP_URI``, or of a stack that runs.

    Args:
        var: the stack's data folder; None takes the environment's broker.

    Returns:
        The exit code.
    """
    try:
        queues = topology.declare(broker_of(var))
    except WrongBrokerError as error:
        typer.echo(str(error), err=True)
        return WRONG_SETTINGS
    except BROKER_ERRORS as error:
        typer.echo(
            f"{does_not_answer(error)} A queue that was declared otherwise before must be "
            "deleted first.",
            err=True,
        )
        return FAILED
    for queue in queues:
        typer.echo(queue)
    return 0


def broker_of(var: Path | None) -> str:
    """The address of the broker of ``PORTAL_AMQP_URI``, or of a stack that runs, for its owner.

    Args:
        var: the stack's data folder; None takes the environment's broker.

    Raises:
        WrongBrokerError: there is none.
    """
    running = read_running(var.resolve()) or {} if var is not None else {}
    if var is not None and "amqp_uri" not in running:
        message = f"No stack with a broker of its own runs with {var}."
        raise WrongBrokerError(message)
    try:
        settings = load_settings(
            PlatformSettings, **{key: running[key] for key in running if key == "amqp_uri"}
        )
    except SettingsError as error:
        raise WrongBrokerError(str(error)) from None
    if is_memory(settings.amqp_uri):
        message = "PORTAL_AMQP_URI: name a RabbitMQ; the in-memory broker holds nothing."
        raise WrongBrokerError(message)
    return settings.amqp_uri


def does_not_answer(error: BaseException) -> str:
    """What to say of a broker that a command has not come through to."""
    return (
        f"The broker refuses or does not answer ({type(error).__name__}). "
        "Check PORTAL_AMQP_URI, and that RabbitMQ runs."
    )
