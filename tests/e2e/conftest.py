"""The whole portal, once in one process and once as a stack of processes.

A test that asks for `portal` runs on both. Each is started once per session
on free ports, with data folders and master keys of its own.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_chassis.testing.mail_server import RecordingMailServer
from portal_chassis.testing.visitor import Visitor
from portal_chassis.testing.waiting import eventually

START_SECONDS = 120
STOP_SECONDS = 60


class Portal:
    """A running portal with its demo practice.

    Attributes:
        base_url: where it answers.
        email: the demo practitioner's address.
        password: … and her password.
        folder: its data.
        process: what was started; the whole portal, or the supervisor.
    """

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.process = process
        facts = json.loads((folder / "running.json").read_text())
        demo = json.loads((folder / "demo.json").read_text())
        self.facts = facts
        self.base_url = facts["url"]
        self.email = demo["email"]
        self.password = demo["password"]
        self.demo_link = f"{self.base_url}/p/{demo['link_token']}"

    def visitor(self, language: str = "en") -> Visitor:
        """Somebody with a fresh browser."""
        return Visitor(self.base_url, language)

    def practitioner(self) -> Visitor:
        """The demo practitioner, signed in, on the console's first page."""
        visitor = self.visitor()
        visitor.open("/console/sign-in")
        page = visitor.press("Sign in", email=self.email, password=self.password)
        assert page.path == "/console", f"{page.path}: {page.text}"
        return visitor

    @property
    def pids(self) -> dict[str, int]:
        """Process name to id; a portal in one process is ``portal``."""
        path = self.folder / "processes.json"
        return json.loads(path.read_text()) if path.exists() else {"portal": self.process.pid}

    @abstractmethod
    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails for `address` so far, oldest first."""

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
        assert body is not None
        found = re.search(rf"{re.escape(self.base_url)}/p/lk_[A-Za-z0-9_-]+", body.get_content())
        assert found is not None, body.get_content()
        return found[0]


class PortalInOneProcess(Portal):
    """`portal try`; its mails lie in a folder."""

    def mails_to(self, address: str) -> list[EmailMessage]:
        paths = sorted(self.folder.glob("mail/*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in paths
        ]
        return [mail for mail in mails if address in str(mail["To"])]


class PortalStack(Portal):
    """`portal stack`; its mails go to a server."""

    mail_server: RecordingMailServer

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [mail.message for mail in self.mail_server.to(address)]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A `portal` command that serves: its data folder and process, once it is ready."""
    with tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as folder:
        var, log = Path(folder) / "var", Path(folder) / "portal.log"
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PORTAL_", "PYTEST_"))
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "portal_runner.cli", *arguments),
                    *("--var", str(var), "--port", str(free_port())),
                ],
                env=environment | {"XDG_CONFIG_HOME": f"{folder}/config"},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            ready = var / "running.json"
            wait_until(
                lambda: process.poll() is not None or ready.exists(),
                within=START_SECONDS,
                every=0.2,
            )
            assert ready.exists(), log.read_text(errors="replace")
            yield var, process
        finally:
            stop(process, log)


def stop(process: subprocess.Popen[bytes], log: Path) -> None:
    """Ctrl-C; whatever was started must be gone afterwards."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        code = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert code == 0, log.read_text(errors="replace")


@pytest.fixture(scope="session")
def portal_in_one_process() -> Iterator[PortalInOneProcess]:
    """`portal try`."""
    with running("try") as (folder, process):
        yield PortalInOneProcess(folder, process)


@pytest.fixture(scope="session")
def portal_stack() -> Iterator[PortalStack]:
    """`portal stack`, with a mail server of ours."""
    mail_server = RecordingMailServer()
    mail_server.start()
    try:
        with running("stack", "--mail-smtp", mail_server.address) as (folder, process):
            stack = PortalStack(folder, process)
            stack.mail_server = mail_server
            yield stack
    finally:
        mail_server.stop()


@pytest.fixture(params=["one process", "stack"])
def portal(request: pytest.FixtureRequest) -> Portal:
    """The portal, both ways of running it."""
    fixture = "portal_in_one_process" if request.param == "one process" else "portal_stack"
    portal: Portal = request.getfixturevalue(fixture)
    return portal
