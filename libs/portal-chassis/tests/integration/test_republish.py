"""What the broker or a database has lost goes out again, and is taken once."""

import uuid
from datetime import UTC, timedelta

import kombu
import pytest
from sqlalchemy import func, select, update
from toy.migrations import APPEND_ONLY
from toy.tables import chassis, log
from typer.testing import CliRunner

from portal_chassis.admin.app import admin_app
from portal_chassis.broker import topology
from portal_chassis.clock import Clock
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.events import outbox
from portal_chassis.events.inbox import INBOX_KEPT
from portal_chassis.events.relay import SENT_KEPT, Relay
from portal_chassis.events.republish import BATCH, REPEATABLE
from portal_chassis.ids import new_id
from portal_chassis.settings import ServiceSettings
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from tests.kit.waiting import eventually

QUEUE = "notifications.on_portal_link_shared"


class Settings(ServiceSettings, prefix="TOY_"):
    """Read from ``TOY_*``."""


@pytest.fixture
def publisher(migrated_database):
    """The database of another service, which publishes what the toy takes."""
    return migrated_database("toy")


@pytest.fixture
def record(publisher, practitioner):
    """``record(3)``: events that happened now, in one transaction; their ids."""

    def record(number=1, *, at=None):
        with publisher.transaction() as tx:
            return [
                outbox.record(
                    tx,
                    PortalLinkShared(link_id=new_id(), client_id=new_id(), cause=ShareCause.SHARED),
                    practice_id=uuid.UUID(int=1),
                    aggregate=("portal_link", new_id()),
                    actor=practitioner,
                    request_id="request-1",
                    now=at or Clock().now(),
                )
                for _ in range(number)
            ]

    return record


@pytest.fixture
def publish(publisher, amqp_uri):
    """Publishes all that waits; how many."""
    # As the user of who publishes: nobody else is believed.
    relay = Relay("identity_links", publisher, uri_as("identity_links", amqp_uri), "me")

    def publish():
        sent = 0
        while number := relay.publish_due(Clock().now()):
            sent += number
        return sent

    yield publish
    relay.close()


@pytest.fixture
def republish(publisher, monkeypatch, tmp_path):
    """``republish("--since", …)``: the command; what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOY_DATABASE_URL", publisher.runtime_url)
    app = admin_app("toy", Settings, "toy.migrations", APPEND_ONLY)

    def run(*arguments, code=0):
        result = CliRunner().invoke(app, ["outbox", "republish", *arguments])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    return run


def instant(when):
    return when.astimezone(UTC).isoformat()


def before():
    return instant(Clock().now() - timedelta(minutes=5))


def effects(toy):
    """Event to how often its handler ran."""
    with toy.database.transaction() as tx:
        query = select(log.c.event_id, func.count()).where(log.c.event_id.is_not(None))
        return dict(tx.execute(query.group_by(log.c.event_id)).all())


def test_what_was_lost_with_the_brokers_disk_arrives_and_the_rest_stays_as_it_was(
    record, publish, republish, start_toy, broker, amqp_uri
):
    toy = start_toy()
    taken = record(3)
    publish()
    eventually(lambda: len(effects(toy)) == 3)
    toy.service.stop()
    lost = record(4)
    assert publish() == 4
    assert broker.depth(QUEUE) == 4

    with kombu.Connection(amqp_uri) as connection:
        connection.default_channel.queue_delete(QUEUE)
    topology.declare(amqp_uri)

    assert "7 event(s) go out again" in republish("--since", before())
    assert publish() == 7
    again = start_toy()
    eventually(lambda: effects(again) == dict.fromkeys([*taken, *lost], 1))
    eventually(lambda: broker.depth(QUEUE) == 0)
    assert effects(again) == dict.fromkeys([*taken, *lost], 1)


def test_what_a_restored_database_misses_is_taken_again_in_the_order_it_happened(
    record, publish, republish, start_toy, rows, as_owner
):
    toy = start_toy()
    events = record(6)
    publish()
    eventually(lambda: len(effects(toy)) == 6)
    newer = events[3:]
    for one in newer:
        as_owner(f"DELETE FROM inbox WHERE event_id = '{one}'")
        as_owner(f"DELETE FROM log WHERE event_id = '{one}'")
    republish("--since", before())
    publish()
    eventually(lambda: effects(toy) == dict.fromkeys(events, 1))
    received = sorted(rows.rows(chassis.inbox), key=lambda row: row.received_at)
    assert [row.event_id for row in received if row.event_id in newer] == newer


def test_only_what_was_sent_in_the_span_goes_out_again(record, publish, republish, publisher):
    for hours in (3, 2, 1):
        record()
        publish()
        at = Clock().now() - timedelta(hours=hours)
        with publisher.transaction() as tx:
            newest = select(func.max(chassis.outbox.c.sent_at)).scalar_subquery()
            row = chassis.outbox.c.sent_at == newest
            tx.execute(update(chassis.outbox).where(row).values(sent_at=at))
    now = Clock().now()
    since, until = instant(now - timedelta(hours=2.5)), instant(now - timedelta(hours=1.5))
    assert republish("--since", since, "--until", until, "--dry-run") == (
        "Would publish 1 event(s) again."
    )
    assert publish() == 0
    republish("--since", since, "--until", until)
    assert publish() == 1


def test_many_go_out_once_each_also_while_the_relay_sends_them(record, publish, republish):
    record(BATCH + 10)
    publish()
    assert f"{BATCH + 10} event(s) go out again" in republish("--since", before())
    assert publish() == BATCH + 10
    assert publish() == 0


class TestTooOld:
    """An inbox that has forgotten an event would take it a second time."""

    def test_what_inboxes_remember_covers_what_may_be_repeated(self):
        assert SENT_KEPT < REPEATABLE < INBOX_KEPT

    def test_a_span_that_begins_before_is_refused_with_the_first_that_does_not(self, republish):
        said = republish("--since", instant(Clock().now() - REPEATABLE), code=1)
        assert "would be taken twice" in said
        allowed = said.partition("Give --since ")[2].partition(" ")[0]
        republish("--since", allowed)

    def test_what_happened_before_is_left_out_though_it_was_sent_again_later(
        self, record, publish, republish
    ):
        record(at=Clock().now() - REPEATABLE - timedelta(hours=1))
        record()
        assert publish() == 2
        said = republish("--since", before())
        assert "1 event(s) are left out" in said
        assert "1 event(s) go out again" in said
        assert publish() == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--since", "yesterday"], "--since: give an instant with its zone"),
        (["--since", "2026-12-01"], "--since: give an instant with its zone"),
        (["--since", "2026-12-01T03:00"], "--since: give an instant with its zone"),
        (["--since", "9999-12-31T23:59Z"], "future"),
        (["--since", "0001-01-01T00:00+14:00"], "--since"),
    ],
)
def test_what_is_no_instant_is_told(republish, arguments, says):
    assert says in republish(*arguments, code=1)


def test_an_end_before_the_beginning_is_told(republish):
    assert "--until has to be after" in republish(
        *("--since", before(), "--until", "2026-01-01T00:00Z"), code=1
    )
