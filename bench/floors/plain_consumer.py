"""A service that is nothing but a consumer.

``python -m bench.floors.plain_consumer URI QUEUE BYTES`` answers each message with so
many bytes, at once, on the connection it consumes from.
"""

from __future__ import annotations

import sys
from urllib.parse import unquote, urlsplit

from amqp import Connection, Message

TRANSIENT = 1


def connect(amqp_uri: str) -> Connection:
    """An open py-amqp connection, without kombu."""
    parts = urlsplit(amqp_uri)
    connection = Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
    )
    connection.connect()
    return connection


def main(amqp_uri: str, queue: str, size: int) -> None:
    """Answer until the process is ended."""
    connection = connect(amqp_uri)
    channel = connection.channel()
    channel.queue_declare(queue, durable=False, exclusive=False, auto_delete=True)
    answer = b"x" * size

    def on_message(message: Message) -> None:
        reply = Message(
            answer, delivery_mode=TRANSIENT, correlation_id=message.properties["correlation_id"]
        )
        channel.basic_publish(reply, "", message.properties["reply_to"])

    channel.basic_consume(queue, no_ack=True, callback=on_message)
    while True:
        connection.drain_events()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
