"""What the fault tests share: a way to share links while something breaks, and the count of it."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field

import psutil
import pytest

from portal_chassis.testing.pages import Form, Page
from portal_chassis.testing.visitor import Visitor
from portal_chassis.testing.waiting import eventually
from portal_runner.testing.acts import Tally
from portal_runner.testing.health import RECOVERY_SECONDS
from portal_runner.testing.portals import Portal
from portal_runner.testing.promises import Promises


@dataclass
class ShareTally:
    """What came of the shares of one test; printed, so that a run shows it."""

    attempted: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    mails: Counter[str] = field(default_factory=Counter)
    message_ids: dict[str, set[str]] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        return [address for address in self.attempted if not self.message_ids.get(address)]

    @property
    def duplicated(self) -> list[str]:
        return [address for address, ids in self.message_ids.items() if len(ids) > 1]

    def __str__(self) -> str:
        raw = sum(count - 1 for count in self.mails.values() if count > 1)
        return (
            f"attempted {len(self.attempted)} · acknowledged {len(self.acknowledged)} · "
            f"unknown {len(self.unknown)} · lost {len(self.lost)} · "
            f"duplicated {len(self.duplicated)} · raw repeats {raw}"
        )


class Sharing:
    """A practitioner who shares links, and presses again where no answer came."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.tally = ShareTally()
        self._visitor: Visitor = portal.practitioner()

    def prepare(self) -> tuple[str, Form]:
        """A new client, and the confirmation page's form, ready to be sent."""
        address = f"fault.{uuid.uuid4().hex[:10]}@example.org"
        self._visitor.open("/console/clients/new")
        page = self._visitor.press("Add client", name="Fault Tolerant", email=address)
        assert page.heading == "Fault Tolerant", page.text
        page = self._visitor.follow("Share link")
        self.tally.attempted.append(address)
        return address, page.form("Share link")

    def press(self, address: str, form: Form) -> bool:
        """Send the form once; whether it was acknowledged."""
        try:
            page: Page = self._visitor.submit(form)
        except OSError:
            self.tally.unknown.add(address)
            return False
        if page.status != 200:
            assert page.status in {502, 503}, f"{page.status}: {page.text}"
            if page.status == 503:
                assert "retry-after" in page.headers
            self.tally.unknown.add(address)
            return False
        self.tally.acknowledged.add(address)
        return True

    def press_until_acknowledged(self, address: str, form: Form) -> None:
        """Press again, as a person would, with the same form and so the same key."""
        eventually(lambda: self.press(address, form), within=RECOVERY_SECONDS, every=0.5)

    def count(self, within: float = RECOVERY_SECONDS) -> ShareTally:
        """Wait until every client has a mail, and until nothing more is under way."""
        for address in self.tally.attempted:
            mails = self.portal.wait_for_mails(address, within=within)
            self.tally.message_ids[address] = {str(mail["Message-ID"]) for mail in mails}
            self.tally.mails[address] = len(mails)
        return self.tally


@pytest.fixture
def sharing(portal_stack: Portal) -> Sharing:
    return Sharing(portal_stack)


@pytest.fixture
def kill_soon(portal_stack: Portal):
    """``kill_soon("notifications-1", 0.02)``: SIGKILL after so many seconds, from aside."""
    timers: list[threading.Timer] = []

    def arrange(name: str, seconds: float) -> None:
        process = psutil.Process(portal_stack.pids[name])
        timer = threading.Timer(seconds, process.kill)
        timers.append(timer)
        timer.start()

    yield arrange
    for timer in timers:
        timer.join()


@pytest.fixture(scope="session")
def promises(portal_stack: Portal) -> Promises:
    return Promises(portal_stack)


@pytest.fixture(scope="module", autouse=True)
def what_must_hold(promises: Promises, request):
    """After the tests of each file: every invariant, over all that the stack keeps."""
    yield
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{promises.check()}")


@pytest.fixture
def tally(request, promises: Promises, capsys):
    """Counts what came of a test's acts, prints it, and fails the test if anything is wrong."""
    counted = Tally(request.node.name, promises.journal)
    yield counted
    with capsys.disabled():
        print(f"\n{counted}")
    assert counted.lost == []
    assert counted.duplicated == []
