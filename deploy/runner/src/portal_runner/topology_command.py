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
    running = read_running(var.resolve()) or {} if var is not None else {}
    if var is not None and "amqp_uri" not in running:
        typer.echo(f"No stack with a broker of its own runs with {var}.", err=True)
        return WRONG_SETTINGS
    try:
        settings = load_settings(
            PlatformSettings, **{key: running[key] for key in running if key == "amqp_uri"}
        )
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return WRONG_SETTINGS
    if is_memory(settings.amqp_uri):
        typer.echo(
            "PORTAL_AMQP_URI: name a RabbitMQ; the in-memory broker holds nothing.", err=True
        )
        return WRONG_SETTINGS
    try:
        queues = topology.declare(settings.amqp_uri)
    except BROKER_ERRORS as error:
        typer.echo(
            f"The broker refuses or does not answer ({type(error).__name__}). "
            "Check PORTAL_AMQP_URI, and that RabbitMQ runs. A queue that was declared "
            "otherwise before must be deleted first.",
            err=True,
        )
        return FAILED
    for queue in queues:
        typer.echo(queue)
    return 0
