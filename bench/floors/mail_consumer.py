"""Takes a message, sends a mail: ``python -m bench.floors.mail_consumer URI QUEUE PORT BYTES``.

As safe as it can be with nothing else: a quorum queue, acknowledged once the
mail server has the mail. It keeps its connection to the mail server.
"""

from __future__ import annotations

import smtplib
import sys

from amqp import Message

from bench.floors.plain_consumer import connect

SENDER, RECIPIENT = "practice@example.org", "floor@example.org"
QUORUM = {"x-queue-type": "quorum"}


def main(amqp_uri: str, queue: str, port: int, size: int) -> None:
    """Send until the process is ended."""
    connection = connect(amqp_uri)
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUORUM)
    channel.basic_qos(0, 10, False)
    server = smtplib.SMTP("127.0.0.1", port)
    server.ehlo()
    mail = f"Subject: A mail\r\nTo: {RECIPIENT}\r\n\r\n" + ("x" * 70 + "\r\n") * (size // 72)

    def on_message(message: Message) -> None:
        server.sendmail(SENDER, [RECIPIENT], mail)
        channel.basic_ack(message.delivery_tag)

    channel.basic_consume(queue, callback=on_message)
    while True:
        connection.drain_events()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
