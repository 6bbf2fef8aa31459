"""The drill: a machine is lost under load and in the midst of crashes, and brought back elsewhere.

``make drill SEEDS=50`` runs it as often; each prints its seed, and ``DRILL_SEED`` repeats one.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import secrets
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from identity_links.transports.erasure_ledger import read_ledger
from portal_chassis.clock import Clock
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_runner.backup.choosing import choose
from portal_runner.backup_schedule import read_state
from portal_runner.doctor.invariants.journal import Act, Entry, Journal, Outcome
from tests.kit.mail_server import RecordingMailServer
from tests.kit.portal.fixtures import AT_ONCE
from tests.kit.portal.journeys import (
    Journey,
    add_service,
    begin_journey,
    book,
    invitation_of,
    open_last_day,
    press_move,
)
from tests.kit.portal.load import Load
from tests.kit.portal.people import everybody
from tests.kit.portal.portals import Portal
from tests.kit.portal.repeatable_acts import Tally
from tests.kit.waiting import eventually

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long]

SEEDS = int(os.environ.get("DRILL_SEEDS") or 1)
LOG_SECONDS = 1
BLOWS = (1, 4)
BETWEEN_BLOWS = (0.5, 5.0)
CALM_START_SECONDS = 20.0
"""What the stack needs to start on a machine with little else to do: see `Machine.within`."""

COPIED_WITHIN = 60.0
REST_SECONDS = 60.0
ANSWERED_WITHIN = 60.0
MAILED_WITHIN = 30.0
RESTORED_WITHIN = 240.0


class TimedJournal(Journal):
    """Also keeps when each line was noted: never before what it tells of was committed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.noted: list[tuple[datetime, Entry]] = []

    def note(self, act: Act, outcome: Outcome, **fields: Any) -> None:
        super().note(act, outcome, **fields)
        self.noted.append((Clock().now(), Entry(act=act, outcome=outcome, **fields)))

    def as_of(self, until: datetime) -> list[Entry]:
        """The lines, where nobody knows of what was acknowledged or refused after `until`."""
        return [
            entry if at < until else msgspec.structs.replace(entry, outcome=Outcome.UNKNOWN)
            for at, entry in self.noted
        ]


class Machine:
    """A machine with a portal that is backed up, and another one for afterwards."""

    def __init__(self, parent: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.parent = parent
        self.backups = parent / "backups"
        self.backups.mkdir()
        self.mails = parent / "mails.jsonl"
        self.mails.touch()
        self.mail_server = RecordingMailServer(noted_in=self.mails)
        self.mail_server.start()
        self.journal = TimedJournal(parent / "journal.jsonl")
        self.blows: list[str] = []
        self.put_off: set[str] = set()
        self.slowness = 1.0
        self.started: list[Portal] = []
        self.portal = self.start("lost")

    def within(self, seconds: float) -> float:
        """The limit of something that is to take `seconds` at most, on this machine as it is."""
        return seconds * self.slowness

    def start(self, name: str) -> Portal:
        """A stack in the folder `name`."""
        backed_up = {
            "PORTAL_BACKUP_FOLDER": str(self.backups),
            "PORTAL_BACKUP_LOG_SECONDS": str(LOG_SECONDS),
            "PORTAL_BACKUP_TRIED": "false",
        }
        portal = Portal(
            *("stack", "--mail-smtp", self.mail_server.address),
            folder=self.parent / name,
            environment=AT_ONCE | backed_up,
            mail_server=self.mail_server,
        )
        self.started.append(portal)
        began = time.monotonic()
        portal.wait_until_ready()
        self.slowness = max(self.slowness, (time.monotonic() - began) / CALM_START_SECONDS)
        return portal

    def kill_one(self) -> None:
        """SIGKILL for one of its processes."""
        pids = {name: pid for name, pid in self.portal.pids.items() if pid}
        name = self.random.choice(sorted(pids))
        self.blows.append(name)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[name], signal.SIGKILL)

    def lose(self) -> datetime:
        """SIGKILL for everything, and the folder is gone; the instant at which nothing was left."""
        pids = [self.portal.process.pid, *(pid for pid in self.portal.pids.values() if pid)]
        doomed = []
        for pid in pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                doomed += [process, *process.children(recursive=True)]
        for process in doomed:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.portal.process.wait()
        psutil.wait_procs(doomed, timeout=20)
        stopped_at = Clock().now()
        shutil.rmtree(self.portal.folder)
        return stopped_at

    def restore(self, stopped_at: datetime) -> Portal:
        """`portal restore` on the other machine, and the stack on it."""
        [key] = (self.portal.config / "latchkey").glob("*.key")
        restored = self.parent / "elsewhere"
        done = self.portal.command(
            "restore", str(self.backups), "--var", str(restored),
            "--key-file", str(key), "--stopped-at", stopped_at.isoformat(),
            within=self.within(RESTORED_WITHIN),
        )  # fmt: skip
        print(done.stdout, done.stderr)
        assert done.returncode == 0, done.stdout + done.stderr
        self.put_off = tried_again_later(restored)
        # Its key lies where the former portal's did.
        shutil.copytree(self.portal.config, restored.with_name(f"{restored.name}.config"))
        return self.start(restored.name)

    def check(self, portal: Portal, until: datetime) -> None:
        """`portal doctor --invariants`, with what people did and what the mail server took."""
        journal = self.parent / "until.jsonl"
        journal.write_bytes(
            b"".join(msgspec.json.encode(one) + b"\n" for one in self.journal.as_of(until))
        )
        ids = [str(mail.message["Message-ID"]) for mail in self.mail_server.messages]
        resent = str(sum(times - 1 for times in Counter(ids).values()))
        done = portal.command(
            "doctor", "--invariants", "--var", str(portal.folder),
            "--within", str(self.within(REST_SECONDS)),
            "--journal", str(journal), "--mails", str(self.mails), "--resent", resent,
            within=self.within(RESTORED_WITHIN),
        )  # fmt: skip
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
        # Only a sender that was killed sends a mail twice.
        senders = sum(name.startswith(("notifications", "postgres")) for name in self.blows) + 1
        assert int(resent) <= senders


@pytest.fixture
def machine(seed: int) -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="latchkey-", ignore_cleanup_errors=True) as parent:
        Path(parent).chmod(0o711)
        made = Machine(Path(parent), seed)
        try:
            yield made
        finally:
            for portal in made.started:
                portal.end()
            made.mail_server.stop()


@pytest.fixture(params=range(SEEDS))
def seed(capsys: pytest.CaptureFixture[str]) -> int:
    chosen = int(os.environ.get("DRILL_SEED") or secrets.randbelow(1 << 32))
    with capsys.disabled():
        print(f"\ndrill with DRILL_SEED={chosen}")
    return chosen


def tried_again_later(folder: Path) -> set[str]:
    """The mails of a restored portal, which is down, whose next try came too late for the lost one.

    A machine that is busy with something else hands one in too slowly now and then.
    """
    query = "SELECT id FROM delivery WHERE state = 'retrying'"
    with (
        EmbeddedPostgres(folder / "postgres") as server,
        server.connect("notifications") as connection,
    ):
        return {str(row[0]) for row in connection.execute(query).fetchall()}


def sequence_of(mails: list[Any], appointment_id: str) -> int:
    """The highest SEQUENCE that was mailed of an appointment."""
    found = [
        int(match[1])
        for mail in mails
        if any(part.get_content_type() == "text/calendar" for part in mail.walk())
        if f"UID:{appointment_id}@" in (text := invitation_of(mail))
        if (match := re.search(r"SEQUENCE:(\d+)", text))
    ]
    return max(found)


def erase(portal: Portal, client_id: str) -> None:
    done = portal.elsewhere(
        "identity-links-admin", "--var", str(portal.folder), "client", "erase", client_id, "--apply"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def is_erased(portal: Portal, client_id: str) -> bool:
    for service in ("identity_links", "scheduling", "forms", "notifications"):
        with portal.connect(service) as connection:
            row = connection.execute(
                "SELECT count(*) FROM erased_client WHERE client_id = %s", [client_id]
            ).fetchone()
            key = connection.execute(
                "SELECT count(*) FROM data_key WHERE client_id = %s", [client_id]
            ).fetchone()
        if not row or not row[0] or (key and key[0]):
            return False
    return True


def begun(machine: Machine, name: str) -> Journey:
    """A new client in the portal, before anything is killed.

    A machine with far too much to do answers a page with *not available right now*: then another
    client is made.
    """
    return eventually(
        lambda: begin_journey(machine.portal, name), within=machine.within(ANSWERED_WITHIN), every=1
    )


def move(client: Journey, appointment_id: str, number: int) -> None:
    form = open_last_day(client.client, f"/appointments/{appointment_id}/move", at_least=8)
    page = press_move(client.client, form, number)
    assert page.status == 200, page.text


def test_all_that_was_acknowledged_and_copied_is_there_and_nothing_happens_twice(
    machine, capsys
) -> None:
    lost = machine.portal
    eventually(
        lambda: read_state(lost.folder).based_at is not None,
        within=machine.within(COPIED_WITHIN),
        every=0.5,
    )
    ida = begun(machine, "Ida")
    _, service_id = add_service(ida.desk)
    appointment_id = book(ida.client, service_id)
    move(ida, appointment_id, 3)
    eventually(
        lambda: sequence_of(lost.mails_to(ida.address), appointment_id) >= 1,
        within=machine.within(MAILED_WITHIN),
    )
    erased = [begun(machine, name).client_id for name in ("First", "Second")]
    erase(lost, erased[0])

    tally = Tally("drill", machine.journal)
    with Load(tally, everybody(lost, [])) as load:
        load.wait_until_each_was_answered(1, within=machine.within(ANSWERED_WITHIN))
        for _blow in range(machine.random.randint(*BLOWS)):
            time.sleep(machine.random.uniform(*BETWEEN_BLOWS))  # noqa: TID251 - when is the point
            machine.kill_one()
        time.sleep(machine.random.uniform(*BETWEEN_BLOWS))  # noqa: TID251 - likewise
        with contextlib.suppress(AssertionError):
            erase(lost, erased[1])
        stopped_at = machine.lose()
        load.abandon()
    until = choose(machine.backups, None).reaches
    before = list(machine.mail_server.messages)
    restored = machine.restore(stopped_at)
    machine.check(restored, until)

    since = machine.mail_server.messages[len(before) :]
    told = [
        str(mail.message["Subject"])
        for mail in since
        if not any(one in mail.message["Message-ID"] for one in machine.put_off)
    ]
    assert told == [], f"the restored portal mailed what nobody asked for; lost at {stopped_at}"
    in_ledger = {str(one.client_id) for one in read_ledger(machine.backups)}
    assert erased[0] in in_ledger
    for client_id in in_ledger:
        assert is_erased(restored, client_id)

    # The client's browser goes on at the other machine, and her calendar follows.
    former = sequence_of(restored.mails_to(ida.address), appointment_id)
    ida.client.base_url = restored.base_url
    move(ida, appointment_id, 6)
    eventually(
        lambda: sequence_of(restored.mails_to(ida.address), appointment_id) > former,
        within=machine.within(MAILED_WITHIN),
    )
    noted = machine.journal.noted
    kept = sum(at < until and one.outcome is Outcome.ACKNOWLEDGED for at, one in noted)
    with capsys.disabled():
        print(
            f"killed {machine.blows}; acknowledged {kept} before the last position, "
            f"{sum(one.outcome is Outcome.ACKNOWLEDGED for _, one in noted) - kept} after it "
            f"({(stopped_at - until).total_seconds():.1f} s); nothing lost, nothing twice"
        )
    restored.stop()
