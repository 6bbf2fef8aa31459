"""A portal under test: the very command that people run, in a folder of its own."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_runner.health import is_ready
from tests.kit import ROOT
from tests.kit.mail_server import RecordingMailServer
from tests.kit.pages import Page
from tests.kit.visitor import Visitor
from tests.kit.waiting import eventually

COMMAND = "portal_runner.cli"
START_SECONDS = 120
PATIENCE_SECONDS = 60
STOP_SECONDS = 60


@cache
def _mail_in(path: Path, _written: int) -> tuple[str, EmailMessage]:
    """A mail, and whom it is to; read once, since a portal's tests look at all of them often."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return str(mail["To"]), mail


class Portal:
    """One run of ``portal try``, ``serve`` or ``stack``.

    Args:
        arguments: of the command, e.g. ``("stack", "--replicas", "2")``.
        folder: its data; what an earlier portal left there is taken up.
        environment: variables besides those a bare process needs.
        mail_server: where its mails go; None: into its folder.
        module: what is run in place of the ``portal`` command.
        port: where it is to listen; 0 picks a free one.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        mail_server: RecordingMailServer | None = None,
        module: str = COMMAND,
        port: int = 0,
    ) -> None:
        self.folder = folder
        self.log = folder.with_name(f"{folder.name}.log")
        self.config = folder.with_name(f"{folder.name}.config")
        self.mail_server = mail_server
        inherited = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PORTAL_", "GATEWAY_", "NOTIFICATIONS_", "PYTEST_"))
        }
        self.environment = {
            **inherited,
            "XDG_CONFIG_HOME": str(self.config),
            # Where the kit's own modules are: nothing of it is installed.
            # Programs turn pages faster than people, all of them at one address.
            "GATEWAY_PAGES_PER_ADDRESS": "1000000",
            "GATEWAY_PAGES_PER_DEVICE": "1000000",
            **({"PYTHONPATH": str(ROOT)} if module != COMMAND else {}),
            **(environment or {}),
        }
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", module),
                    *arguments,
                    *("--var", str(folder), "--port", str(port or free_port())),
                ],
                env=self.environment,
                cwd=folder.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        """Wait for its announcement.

        Raises:
            AssertionError: it ended, or took too long; the text is its log.
        """
        ready = self.folder / "running.json"

        def announced() -> bool:
            return ready.exists() and self.facts.get("pid") == self.process.pid

        wait_until(
            lambda: announced() or self.process.poll() is not None, within=START_SECONDS, every=0.1
        )
        assert announced(), self.log.read_text(errors="replace")

    def command(self, *arguments: str, within: float = 60) -> subprocess.CompletedProcess[str]:
        """Run another ``portal`` command beside it, with its environment, `within` seconds."""
        return subprocess.run(
            [sys.executable, "-m", COMMAND, *arguments],
            env=self.environment,
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def elsewhere(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an installed command as from a fresh shell in another folder: no variable of ours."""
        words = [str(Path(sys.executable).parent / script), *arguments]
        return self.printed(shlex.join(words), cwd=self.folder.parent.parent)

    def printed(self, line: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a line that was printed, in a fresh shell in the folder where it was printed."""
        return subprocess.run(
            ["sh", "-c", line],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder.parent)},
            cwd=cwd or self.folder.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self) -> None:
        """Ctrl-C, and the wait for a clean end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(STOP_SECONDS)
        assert code == 0, self.log.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL for the command itself; its servers are left without it."""
        self.process.kill()
        self.process.wait()

    @property
    def facts(self) -> dict[str, Any]:
        """What it has announced."""
        found: dict[str, Any] = json.loads((self.folder / "running.json").read_text())
        return found

    @property
    def listens_at(self) -> str:
        """Where it listens on this machine."""
        return str(self.facts["listens_at"])

    @property
    def base_url(self) -> str:
        """The address people open."""
        return str(self.facts["url"])

    @property
    def demo(self) -> dict[str, Any]:
        """What it remembers of its demo practice."""
        found: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return found

    @property
    def demo_link(self) -> str:
        """The portal link of the first demo client, Anna."""
        token = self.demo["link_token"]
        assert token, f"the demo practice is incomplete:\n{self.log.read_text(errors='replace')}"
        return f"{self.base_url}/p/{token}"

    @property
    def pids(self) -> dict[str, int]:
        """Process name to id; a portal in one process is ``portal``."""
        path = self.folder / "processes.json"
        if not path.exists():
            return {"portal": self.process.pid}
        found: dict[str, int] = json.loads(path.read_text())
        return found

    def is_ready(self) -> bool:
        """Whether people can enter now."""
        parts = urlsplit(self.listens_at)
        return is_ready(str(parts.hostname), int(parts.port or 0), "/health/ready")

    def visitor(self, language: str = "en") -> Visitor:
        """Somebody with a fresh browser."""
        return Visitor(self.listens_at, language)

    def practitioner(self) -> Visitor:
        """The demo practitioner, signed in, on the console's first page.

        A portal that has just started may be busy yet: whoever is told so comes back.
        """
        who = {"email": self.demo["email"], "password": self.demo["password"]}

        def entered() -> list[tuple[Visitor, Page]]:
            visitor = self.visitor()
            page = visitor.open("/console/sign-in")
            if page.status != HTTPStatus.SERVICE_UNAVAILABLE:
                page = visitor.press("Sign in", **who)
            return [] if page.status == HTTPStatus.SERVICE_UNAVAILABLE else [(visitor, page)]

        [(visitor, page)] = eventually(entered, within=PATIENCE_SECONDS, every=1)
        assert page.path == "/console", f"{page.path}: {page.text}"
        return visitor

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails for `address` so far, oldest first."""
        if self.mail_server is not None:
            return [mail.message for mail in self.mail_server.to(address)]
        paths = sorted(self.folder.glob("mail/*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [_mail_in(path, path.stat().st_mtime_ns) for path in paths]
        return [mail for to, mail in mails if address in to]

    def wait_for_mails(
        self, address: str, *, count: int = 1, within: float = 20.0
    ) -> list[EmailMessage]:
        """The mails for `address`, once there are `count`."""

        def arrived() -> list[EmailMessage]:
            mails = self.mails_to(address)
            assert len(mails) >= count, f"{len(mails)} of {count} mails for {address}"
            return mails

        return eventually(arrived, within=within)

    def portal_link_in(self, mail: EmailMessage) -> str:
        """The portal link that a mail holds."""
        body = mail.get_body(preferencelist=("plain",))
        text = str(body.get_content()) if body is not None else ""
        found = re.search(rf"{re.escape(self.base_url)}/p/lk_[A-Za-z0-9_-]+", text)
        assert found is not None, text
        return found[0]

    def logs(self) -> dict[Path, str]:
        """All that was logged, by file: of the command, and of each child process."""
        paths = [self.log, *sorted(self.folder.glob("logs/*.log"))]
        return {path: path.read_text(errors="replace") for path in paths}

    def connect(self, service: str) -> psycopg.Connection[tuple[str, ...]]:
        """A connection to a service's database, as the superuser."""
        return EmbeddedPostgres(self.folder / "postgres").connect(service)

    @contextmanager
    def dead_letter(self, service: str) -> Iterator[None]:
        """Plant an event that has failed for the last time, and take it away again."""
        with self.connect(service) as connection:
            planted = connection.execute(
                "INSERT INTO inbox (id, consumer, event_id, type, aggregate_id, aggregate_seq,"
                " body, received_at, attempts, dead) VALUES (gen_random_uuid(), 'planted',"
                " gen_random_uuid(), 'planted.v1', gen_random_uuid(), 1, '', now(), 12, true)"
                " RETURNING id"
            ).fetchone()
            assert planted is not None
            yield
            connection.execute("DELETE FROM inbox WHERE id = %s", planted)

    def end(self) -> None:
        """Whatever has happened to it: end it and the servers it has left behind."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)
        EmbeddedPostgres(self.folder / "postgres").stop(even_if_used=True)
