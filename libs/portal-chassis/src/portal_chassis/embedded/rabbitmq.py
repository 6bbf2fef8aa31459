"""A RabbitMQ node of our own, in a folder, for `portal stack` and for tests.

It uses the machine's RabbitMQ programs, yet shares nothing with a node that
the system may run: own ports, own name server (epmd), own cookie, own
passwords. It listens on this machine alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from portal_chassis.embedded import rabbitmq_accounts as accounts
from portal_chassis.embedded.belonging import belongs, given
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import LOOPBACK, free_port, is_free
from portal_chassis.embedded.processes import end
from portal_chassis.embedded.rabbitmq_programs import MissingRabbitMQError, find_server
from portal_contracts.broker_accounts import OWNER

__all__ = ["MissingRabbitMQError", "RabbitMQError", "RabbitNode"]

VIRTUAL_HOST = "/"
STOP_TIMEOUT_SECONDS = 30.0
HELLO = b"AMQP\x00\x00\x09\x01"
METHOD_FRAME = b"\x01"
NO_BUSY_WAITING = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""The machine belongs to the services as well."""

DISTRIBUTION = f"-kernel inet_dist_use_interface {{{LOOPBACK.replace('.', ',')}}}"
"""Whoever reaches Erlang's own port and knows the cookie may do anything: it is for us alone."""


class RabbitMQError(RuntimeError):
    """The node did not start; the text holds the end of its log."""


class RabbitNode:
    """One private RabbitMQ node.

    Args:
        folder: where its data, log, cookie and password lie; made when absent.
        port: AMQP port; 0 picks a free one, which a restart keeps.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.log = self.folder / "rabbitmq.log"
        self._server: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def password(self) -> str:
        """The owner's password, made once per folder."""
        path = self.folder / "password"
        if not path.exists():
            _write_private(path, secrets.token_hex(16))
        return path.read_text()

    @property
    def pid(self) -> int | None:
        """The process id of the Erlang machine, or None when the node is down."""
        running = self._server is not None and self._server.poll() is None
        return self._server.pid if self._server is not None and running else None

    @property
    def uri(self) -> str:
        """``amqp://…`` of the default virtual host, for the owner; others: `rabbitmq_accounts`."""
        return self.uri_of(VIRTUAL_HOST)

    def uri_of(self, virtual_host: str) -> str:
        """``amqp://…`` of a virtual host, for the owner."""
        host = quote(virtual_host, safe="")
        return f"amqp://{OWNER}:{self.password}@{LOOPBACK}:{self.port}/{host}"

    def start(self, timeout: float = 60.0) -> None:
        """Start the node and wait until AMQP answers.

        A node that a killed process left behind in this folder is ended first.

        Raises:
            MissingRabbitMQError: RabbitMQ is not installed.
            RabbitMQError: it did not answer within `timeout` seconds.
        """
        program = find_server()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._end_leftovers()
        self._configure()
        self._start_epmd()
        self._spawn(program)
        self._wait_until_it_answers(timeout)

    def stop(self) -> None:
        """Stop the node cleanly: messages that are persistent survive."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._end_epmd()

    def kill(self) -> None:
        """End the node as a power cut would (SIGKILL)."""
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
        self._end_epmd()

    def add_virtual_hosts(self, names: list[str]) -> None:
        """Add virtual hosts, with every user's rights there, all in one command."""
        self.control("eval", accounts.adding(names))

    def settle(self) -> None:
        """Write to disk which quorum queues there are.

        RabbitMQ itself does that every few seconds: a queue that was declared
        in the last moments before a `kill` does not answer afterwards.
        """
        self.control("eval", "[dets:sync(Table) || Table <- dets:all()].")

    def control(self, *arguments: str) -> str:
        """Run ``rabbitmqctl`` on this node and return what it prints."""
        done = subprocess.run(
            [str(find_server().with_name("rabbitmqctl")), "--quiet", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = f"rabbitmqctl {arguments[0]} failed: {done.stderr or done.stdout}"
            raise RabbitMQError(message)
        return done.stdout

    def _configure(self) -> None:
        self.port = self.port or self._remembered_port()
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        _write_private(
            self.folder / "rabbitmq.conf",
            f"listeners.tcp.1 = {LOOPBACK}:{self.port}\n"
            f"load_definitions = {self._write_accounts()}\n"
            "disk_free_limit.absolute = 100MB\n"
            "vm_memory_high_watermark.relative = 0.4\n"
            "log.file = false\n"
            "log.console = true\n"
            "log.console.level = warning\n",
        )
        (self.folder / "enabled_plugins").write_text("[].\n")
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            _write_private(cookie, secrets.token_hex(16))
        kept = {"PATH", "LANG", "LC_ALL", "TMPDIR"}
        self._environment = {key: os.environ[key] for key in kept & os.environ.keys()} | {
            "HOME": str(home),
            "RABBITMQ_NODENAME": "latchkey@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            # systemd's way of starting: the program becomes the Erlang machine
            # itself, which stops cleanly on SIGTERM.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{NO_BUSY_WAITING} {DISTRIBUTION}",
            "RABBITMQ_CTL_ERL_ARGS": DISTRIBUTION,
        }

    def _write_accounts(self) -> Path:
        """What the node loads before it listens: its users, and what they may do."""
        path = self.folder / "accounts.json"
        _write_private(path, json.dumps(accounts.definitions(VIRTUAL_HOST, self.password)))
        return path

    def _remembered_port(self) -> int:
        """The port of the last time, so that addresses stay good over a restart."""
        path = self.folder / "port"
        port = _number_in(path) if path.exists() else 0
        if not port or not is_free(port):
            port = free_port()
            path.write_text(str(port))
        return port

    def _start_epmd(self) -> None:
        epmd = shutil.which("epmd")
        if epmd is None:
            message = "Erlang's epmd is not on the PATH; it comes with RabbitMQ's package."
            raise MissingRabbitMQError(message)
        with given(self.folder / "epmd.lock") as inherited:
            self._epmd = subprocess.Popen(
                [epmd],
                env=self._environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=inherited,
            )
        (self.folder / "epmd.pid").write_text(str(self._epmd.pid))

    def _spawn(self, program: Path) -> None:
        with given(self.folder / "server.lock") as inherited, self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [str(program)],
                env=self._environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=inherited,
            )
        (self.folder / "server.pid").write_text(str(self._server.pid))

    def _wait_until_it_answers(self, within: float) -> None:
        wait_until(lambda: self.pid is None or self.is_running(), within=within)
        if not self.is_running():
            end_of_log = self.log.read_text(errors="replace")[-3000:]
            self.kill()
            message = f"RabbitMQ did not start in {self.folder}:\n{end_of_log}"
            raise RabbitMQError(message)

    def is_running(self) -> bool:
        """Whether something speaks AMQP on our port: it answers the protocol's first words."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(HELLO)
                return connection.recv(1) == METHOD_FRAME
        except OSError:
            return False

    def _end_leftovers(self) -> None:
        """End what a process that was killed started in this folder and could not stop.

        What a file names that was copied here with the folder is somebody else's: it is let be.
        """
        for name, command in (("server", "beam"), ("epmd", "epmd")):
            path = self.folder / f"{name}.pid"
            if not path.exists():
                continue
            pid = _number_in(path)
            if belongs(pid, command, self.folder, self.folder / f"{name}.lock"):
                end(pid, command)
            path.unlink()

    def _end_epmd(self) -> None:
        self._server = None
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None


def _number_in(path: Path) -> int:
    try:
        return int(path.read_text())
    except ValueError:
        # Half written when its writer was killed.
        return 0


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
