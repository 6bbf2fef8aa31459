"""Connections to the broker, RabbitMQ or kombu's in-memory one."""

from __future__ import annotations

from typing import Any

from kombu import Connection
from kombu.transport import memory, virtual

HEARTBEAT_SECONDS = 20
CONNECT_TIMEOUT_SECONDS = 3
_MEMORY_POLL_SECONDS = 0.004


class _MemoryMessage(virtual.Message):
    """A message whose properties name its content type, as a real broker's do."""

    def __init__(self, payload: Any, channel: Any = None, **options: Any) -> None:
        super().__init__(payload, channel=channel, **options)
        self.properties["content_type"] = self.content_type


memory.Channel.Message = _MemoryMessage


def is_memory(amqp_uri: str) -> bool:
    """Whether `amqp_uri` names the in-memory broker of this process."""
    return amqp_uri.startswith("memory:")


def transport_options(amqp_uri: str, *, confirms: bool = False) -> dict[str, Any]:
    """What to tell kombu's transport about this broker."""
    if is_memory(amqp_uri):
        return {"polling_interval": _MEMORY_POLL_SECONDS}
    return {"confirm_publish": True} if confirms else {}


def connect(amqp_uri: str, *, confirms: bool = False, heartbeat: int = 0) -> Connection:
    """A connection that is opened when first used.

    Args:
        amqp_uri: several addresses separated by ``;`` fail over.
        confirms: publishing waits for the broker's confirmation.
        heartbeat: seconds; only for a connection that somebody drains.
    """
    return Connection(
        amqp_uri,
        heartbeat=heartbeat,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        transport_options=transport_options(amqp_uri, confirms=confirms),
    )


def recoverable_errors(connection: Connection) -> tuple[type[BaseException], ...]:
    """The errors after which a fresh connection may work."""
    return (*connection.recoverable_connection_errors, *connection.recoverable_channel_errors)
