"""Fixtures with the whole portal, for tests of what people see and of what happens when it breaks.

The portals of a session are started when the first test asks for one, on
free ports, with data folders and master keys of their own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.mail_server import RecordingMailServer
from tests.kit.portal.crash_points import FOLDER_VARIABLE
from tests.kit.portal.portals import Portal

AT_ONCE = {"NOTIFICATIONS_UNDO_SECONDS": "0", "NOTIFICATIONS_ATTEMPT_SECONDS": "5"}
"""What a practitioner does is mailed without the time in which it could be undone.

The mail of a sender that died goes out after 15 seconds instead of two minutes.
"""

SCRAPED = {"GATEWAY_METRICS_TOKEN": "scrape-me"}
"""Whoever says this word may read the gateway's metrics."""


@pytest.fixture(scope="session")
def portal_in_one_process() -> Iterator[Portal]:
    """`portal try`; its mails lie in its folder."""
    with _folder() as folder:
        yield from _until_the_end(Portal("try", folder=folder, environment=AT_ONCE | SCRAPED))


@pytest.fixture(scope="session")
def portal_stack() -> Iterator[Portal]:
    """`portal stack`; its mails go to a server that records them.

    A test can make its services die at exact points (`tests.kit.portal.crashes`).
    """
    server = RecordingMailServer()
    server.start()
    with _folder() as folder:
        stack = Portal(
            "stack",
            "--mail-smtp",
            server.address,
            folder=folder,
            environment=AT_ONCE | SCRAPED | {FOLDER_VARIABLE: str(folder.with_name("crashes"))},
            mail_server=server,
            module="tests.kit.portal.crashing_stack",
        )
        yield from _until_the_end(stack)
    server.stop()


@pytest.fixture(params=["one process", "stack"])
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The portal, both ways of running it. What it logs is shown beside a failure."""
    name = "portal_in_one_process" if request.param == "one process" else "portal_stack"
    portal: Portal = request.getfixturevalue(name)
    before = portal.logs()
    yield portal
    for path, text in portal.logs().items():
        sys.stderr.write(f"--- {path.name}\n{text.removeprefix(before.get(path, ''))}")


@pytest.fixture
def start_portal() -> Iterator[Callable[..., Portal]]:
    """``start_portal("try")``: a portal of the test's own, ready; for tests that stop or kill it.

    ``folder=`` takes up the data of another; ``environment=`` adds variables; ``port=`` is
    where it listens.
    """
    portals: list[Portal] = []
    with _folder() as fresh:

        def start(
            *arguments: str,
            folder: Path | None = None,
            environment: Mapping[str, str] | None = None,
            port: int = 0,
        ) -> Portal:
            number = len(portals)
            where = folder or fresh.with_name(f"{fresh.name}{number}")
            portals.append(Portal(*arguments, folder=where, environment=environment, port=port))
            portals[-1].wait_until_ready()
            return portals[-1]

        try:
            yield start
        finally:
            for portal in portals:
                portal.end()


def _until_the_end(portal: Portal) -> Iterator[Portal]:
    try:
        portal.wait_until_ready()
        yield portal
        portal.stop()
    finally:
        portal.end()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as parent:
        yield Path(parent) / "var"
