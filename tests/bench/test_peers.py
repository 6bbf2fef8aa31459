"""The bench's monolith holds the portal's rows and does what the portal does."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.arriving_mails import ArrivingMails
from bench.bulk import database_of
from bench.client_home import enter
from bench.context import MeasurementContext
from bench.measurements.free_times import month_of
from bench.measurements.peers_month import individual_session, month_page
from bench.peers.booking_client import client_of_monolith
from bench.peers.free_days import free_days, page_of
from bench.peers.loader import COPIES, copy_bookings
from bench.peers.monolith_server import Monolith
from bench.peers.sides import Absent, monolith, monolith_side, next_month
from bench.sides import Side, stack_side
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES
from portal_runner.demo import people

# A portal and the monolith are started, and once its packages are installed.
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

SHOWN = re.compile(r'href="(/(?:appointments|sessions|forms)/[0-9a-f-]{36})')
ALIKE = 0.05


@pytest.fixture(scope="module")
def context() -> Iterator[MeasurementContext]:
    with (
        tempfile.TemporaryDirectory(prefix="latchkey-peers-", ignore_cleanup_errors=True) as folder,
        MeasurementContext(Path(folder), quick=True) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def peer(context: MeasurementContext) -> Monolith:
    found = monolith(context)
    if isinstance(found, Absent):
        pytest.skip(found.why)
    return found


@pytest.fixture
def home(context: MeasurementContext) -> Side:
    return stack_side(context.portal, "/home", enter(context.portal).cookie, ())


def test_every_row_of_the_portal_is_there(context, peer):
    for copy in COPIES:
        with closing(database_of(context.portal, copy.service)) as database:
            [row] = database.execute(f"SELECT count(*) {copy.rest}").fetchall()
        assert row[0] > 0, copy.table
        if copy.table != "portal_link":  # each mail of the demo practice makes one more
            assert peer.rows[copy.table] == row[0], copy.table


def test_summaries_lie_open(peer):
    with closing(peer.database()) as database:
        bodies = [row[0] for row in database.execute("SELECT body FROM summary").fetchall()]
    assert bodies
    assert all(len(body) > 20 for body in bodies)


@pytest.mark.parametrize("path", ["/home", "/django/home"])
def test_its_home_shows_what_ours_does_in_as_many_bytes(peer, home, path):
    ours, theirs = page_of(home, "/home"), page_of(monolith_side(peer, path), path)
    assert set(SHOWN.findall(theirs)) == set(SHOWN.findall(ours))
    assert len(theirs.encode()) == pytest.approx(len(ours.encode()), rel=ALIKE)


def test_whoever_has_no_device_sees_nothing(peer):
    stranger = Side(peer.port, "/home", "device=somebody", dict)
    with pytest.raises(RuntimeError, match="302"):
        stranger.load(1, 0.1)


def test_its_month_is_free_when_ours_is(context, peer, home):
    path = month_page(context.portal, next_month())
    with closing(peer.database()) as database:
        copy_bookings(context.portal, database)
    ours, theirs = free_days(home.at(path)), free_days(monolith_side(peer, path))
    assert len(ours) > 3
    assert theirs == ours
    pages = [page_of(side, path) for side in (home, monolith_side(peer, path))]
    assert len(pages[1].encode()) == pytest.approx(len(pages[0].encode()), rel=ALIKE)


def test_a_booking_is_mailed_to_both_and_its_time_is_taken(context, peer):
    service_id = individual_session(context.portal)
    actor = enter(context.portal).actor(context.rpc)
    offered = context.rpc.call(LIST_FREE_TIMES, month_of(service_id), actor=actor)
    client = client_of_monolith(peer, service_id, next_month())
    mails = ArrivingMails(context.mails.messages)
    context.mails.messages = mails
    known = len(mails)
    start = offered.starts[-1]
    client.confirm(client.hold(start))
    mails.next_for_all({str(people.ANNA.fields.email), str(people.EMAIL)})
    to_client, to_practitioner = sorted(
        mails[known:], key=lambda mail: people.EMAIL in mail.recipients
    )
    kinds = {part.get_content_type() for part in to_client.message.walk()}
    assert {"text/plain", "text/html", "text/calendar", "application/ics"} <= kinds
    assert "/p/lk_" in to_client.text
    assert "Anna" not in to_practitioner.text
    with pytest.raises(RuntimeError, match="was not held"):
        client.hold(start)
