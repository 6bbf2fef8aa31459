"""Where RabbitMQ's programs are on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

PLACES = (
    "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "/usr/local/lib/rabbitmq/bin/rabbitmq-server",
    "/opt/rabbitmq/sbin/rabbitmq-server",
    "/opt/homebrew/sbin/rabbitmq-server",
    "/usr/local/sbin/rabbitmq-server",
)
"""Debian's first: the wrapper on its PATH switches the user and cannot write elsewhere."""


class MissingRabbitMQError(RuntimeError):
    """RabbitMQ is not installed; the text holds the one command that installs it."""


def find_server() -> Path:
    """The program ``rabbitmq-server``.

    Raises:
        MissingRabbitMQError: there is none.
    """
    for place in PLACES:
        if Path(place).exists():
            return Path(place)
    if on_path := shutil.which("rabbitmq-server"):
        return Path(on_path)
    if Path("/etc/debian_version").exists():
        hint = "Install it with: sudo apt-get install rabbitmq-server"
    elif shutil.which("brew"):
        hint = "Install it with: brew install rabbitmq"
    else:
        hint = "Install the package rabbitmq-server of your system (https://www.rabbitmq.com)."
    message = f"RabbitMQ is not installed. {hint}"
    raise MissingRabbitMQError(message)
