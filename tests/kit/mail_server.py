"""A mail server that records what it is given, and fails on command."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import logging
import math
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, Envelope, Session

from portal_chassis.embedded.ports import LOOPBACK, free_port
from tests.kit.waiting import eventually


@dataclass(frozen=True)
class RecordedMail:
    """One accepted mail.

    Attributes:
        sender: the envelope's, from ``MAIL FROM``.
        recipients: the envelope's, from ``RCPT TO``.
        raw: the bytes between ``DATA`` and the final dot.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The mail itself."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def text(self) -> str:
        """Its plain text part."""
        part = self.message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part is not None else ""


@dataclass
class _Behaviour:
    """How the server misbehaves.

    Attributes:
        refusals: what it says at ``recipient`` or ``data``.
        mails_a_connection: how many it takes over one connection.
    """

    refusals: dict[str, str] = field(default_factory=dict)
    mails_a_connection: float = math.inf
    hanging: bool = False
    dropping: bool = False


class RecordingMailServer:
    """An SMTP server in a thread of its own, on 127.0.0.1.

    Healthy until told otherwise: `fail_with`, `hang`, `drop_after_data`,
    `stop`. `recover` makes it healthy again.

    Args:
        port: where it listens; 0 picks a free one.
        noted_in: a file that is given a line for each mail before it is accepted, as
            `portal doctor --invariants --mails` reads it.
    """

    def __init__(self, port: int = 0, *, noted_in: Path | None = None) -> None:
        self.host = LOOPBACK
        self.port = port or free_port()
        self.noted_in = noted_in
        self.messages: list[RecordedMail] = []
        self.connections = 0
        self._behaviour = _Behaviour()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port}"

    def start(self) -> None:
        """Listen; after `stop` on the same port again, with the mails kept."""
        listening = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(listening,), name="mail-server", daemon=True
        )
        self._thread.start()
        if not listening.wait(10):
            message = f"the mail server does not listen on port {self.port}"
            raise RuntimeError(message)

    def stop(self) -> None:
        """Close the port and every connection: nobody answers."""
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._thread = None

    def fail_with(self, code: int, text: str = "not now", *, at: str = "data") -> None:
        """Refuse each mail with ``code text``, after ``data`` or at the ``recipient``."""
        self._behaviour.refusals = {at: f"{code} {text}"}

    def hang(self) -> None:
        """Take the data and never answer."""
        self._behaviour.hanging = True

    def take_few(self, mails_a_connection: int) -> None:
        """Refuse the sender of any further mail on a connection."""
        self._behaviour.mails_a_connection = mails_a_connection

    def drop_after_data(self) -> None:
        """Accept and record each mail, then cut the connection before saying so."""
        self._behaviour.dropping = True

    def recover(self) -> None:
        """Be healthy again; what hangs is taken and answered."""
        self._behaviour.refusals = {}
        self._behaviour.mails_a_connection = math.inf
        self._behaviour.hanging = self._behaviour.dropping = False

    def take(self, mail: RecordedMail) -> None:
        """Keep an accepted mail, and note it."""
        self.messages.append(mail)
        if self.noted_in is not None:
            with self.noted_in.open("a") as file:
                file.write(json.dumps({"message_id": str(mail.message["Message-ID"])}) + "\n")

    def to(self, address: str) -> list[RecordedMail]:
        """The accepted mails for one recipient."""
        return [mail for mail in self.messages if address in mail.recipients]

    def wait_for(self, address: str, *, count: int = 1, within: float = 15.0) -> list[RecordedMail]:
        """The mails for `address`, once there are `count`."""

        def arrived() -> list[RecordedMail]:
            mails = self.to(address)
            assert len(mails) >= count, f"{len(mails)} of {count} mails for {address}"
            return mails

        return eventually(arrived, within=within)

    def _serve(self, listening: threading.Event) -> None:
        # It outlives the test whose captured output it would write every line of SMTP to.
        logging.getLogger("mail.log").disabled = True
        loop = self._loop = asyncio.new_event_loop()
        handler = _Handler(self, self._behaviour)
        server = loop.run_until_complete(
            loop.create_server(
                lambda: SMTP(handler, hostname="mail.test", enable_SMTPUTF8=True, loop=loop),
                host=self.host,
                port=self.port,
                reuse_address=True,
            )
        )
        loop.call_soon(listening.set)
        loop.run_forever()
        server.close()
        loop.run_until_complete(handler.cut_connections())
        loop.close()


class _Handler:
    """aiosmtpd's hooks; it calls them by name."""

    def __init__(self, owner: RecordingMailServer, behaviour: _Behaviour) -> None:
        self._owner = owner
        self._behaviour = behaviour
        self._transports: set[asyncio.Transport] = set()
        self._begun: WeakKeyDictionary[Session, int] = WeakKeyDictionary()

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """A client says hello."""
        self._owner.connections += 1
        session.host_name = hostname
        self._transports.add(_transport(server))
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A sender is named."""
        taken = self._begun[session] = self._begun.get(session, 0) + 1
        if taken > self._behaviour.mails_a_connection:
            return "452 4.7.0 too many on this connection"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient is named."""
        if refusal := self._behaviour.refusals.get("recipient"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """The mail is here."""
        while self._behaviour.hanging:  # noqa: ASYNC110 -- changed by another thread
            await asyncio.sleep(0.05)
        if refusal := self._behaviour.refusals.get("data"):
            return refusal
        raw: Any = envelope.content
        self._owner.take(
            RecordedMail(str(envelope.mail_from), tuple(envelope.rcpt_tos), bytes(raw))
        )
        if self._behaviour.dropping:
            _transport(server).abort()
        return "250 OK"

    async def cut_connections(self) -> None:
        """Cut every connection at once and end what waits in this handler."""
        for transport in self._transports:
            transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _transport(server: SMTP) -> asyncio.Transport:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    return transport
