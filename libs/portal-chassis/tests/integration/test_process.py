"""A service as a process: its health, its jobs, its retries, its end."""

import base64
import http.client
import json
import signal
import statistics
import subprocess
import sys
import time
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import insert, text
from toy import contract
from toy.contract import Say
from toy.tables import chassis, log
from typer.testing import CliRunner

from portal_chassis.admin.app import admin_app
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database
from portal_chassis.ids import new_id
from portal_chassis.settings import ServiceSettings
from tests.kit.waiting import eventually

CONSUMER = "notifications.on_portal_link_shared"


class Settings(ServiceSettings, prefix="NOTIFICATIONS_"):
    """Read from ``NOTIFICATIONS_*``."""


def counted(toy):
    return toy.words().count("counted")


def get(toy, path):
    connection = http.client.HTTPConnection("127.0.0.1", toy.service.health_port, timeout=20)
    connection.request("GET", path)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


# --- health ---------------------------------------------------------------------------------------


def test_the_health_port_tells_life_readiness_and_numbers(toy, practitioner):
    assert get(toy, "/live") == (200, '{"status": "live"}')
    status, body = get(toy, "/ready")
    ready = json.loads(body)
    assert (status, ready["service"]) == (200, "notifications")
    assert ready["checks"] == dict.fromkeys(
        ("database", "migrations", "master_key", "broker"), "ok"
    )
    assert ready["tzdata"].startswith("20")
    toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner)
    numbers = get(toy, "/metrics")[1]
    for name in (
        'portal_rpc_handled_seconds_count{method="notifications.echo",outcome="done"}',
        'portal_job_last_success_timestamp_seconds{job="notifications.count_things"} 1.',
        'portal_outbox_unsent{service="notifications"} 0.0',
        'portal_outbox_oldest_seconds{service="notifications"} 0.0',
        'portal_inbox_waiting{service="notifications"} 0.0',
        'portal_inbox_dead{service="notifications"} 0.0',
        'portal_database_up{service="notifications"} 1.0',
        'portal_database_pool_size{service="notifications"} 16.0',
        'portal_workers_max{service="notifications"} 10.0',
        'portal_workers_in_use{service="notifications"} ',
        f'portal_tzdata_info{{version="{ready["tzdata"]}"}} 1.0',
    ):
        assert name in numbers
    assert get(toy, "/anything")[0] == 404


def test_a_schema_of_another_release_is_not_ready(toy):
    set_revision(toy, "0001")
    status, body = get(toy, "/ready")
    set_revision(toy, "0002")
    assert status == 503
    assert json.loads(body)["checks"]["migrations"] == "at 0001, needs 0002"
    assert get(toy, "/ready")[0] == 200


def set_revision(toy, revision):
    owner = Database(toy.database.owner_url)
    with owner.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    owner.dispose()


def test_readiness_does_not_wait_for_a_database_that_is_away(toy, database_gate):
    database_gate.close(toy)
    status, body = get(toy, "/ready")
    assert status == 503
    checks = json.loads(body)["checks"]
    assert checks["database"] == "does not answer (OperationalError)"
    assert checks["broker"] == "ok"
    assert get(toy, "/live")[0] == 200
    numbers = get(toy, "/metrics")[1]
    assert 'portal_database_up{service="notifications"} 0.0' in numbers
    assert 'portal_workers_max{service="notifications"} 10.0' in numbers
    assert "portal_outbox_unsent" not in numbers
    database_gate.open(toy)
    eventually(toy.service.is_ready)


def test_whoever_asks_first_after_the_start_is_told_that_it_is_ready(
    start_toy_process, database, amqp_uri
):
    service = start_toy_process(database, amqp_uri)
    eventually(lambda: "service_started" in service.log_text(), within=30)
    assert service.readiness()["checks"]["broker"] == "ok"


# --- the master key -------------------------------------------------------------------------------

OTHER_KEY = base64.b64encode(bytes(32)).decode()


def test_a_process_with_another_master_key_than_the_first_is_refused_before_it_answers(
    start_toy, start_toy_process, database, amqp_uri
):
    start_toy().service.stop()
    refused = start_toy_process(database, amqp_uri, PORTAL_MASTER_KEY=OTHER_KEY)
    assert refused.process.wait(30) == 2
    said = refused.log_text()
    assert "this is not the key that the data of notifications were sealed with" in said
    assert "Traceback" not in said
    assert "service_started" not in said
    assert OTHER_KEY not in said


def test_a_database_whose_key_is_another_is_not_ready(start_toy, as_owner):
    toy = start_toy()
    as_owner("UPDATE master_key SET sealed = '\\x00'")
    status, body = get(toy, "/ready")
    assert status == 503
    found = json.loads(body)["checks"]["master_key"]
    assert found == "not the one that the data were sealed with"


def test_a_start_waits_for_a_database_that_is_away(
    start_toy_process, rows, amqp_uri, database_gate
):
    database_gate.close(rows)
    service = start_toy_process(rows.database, amqp_uri)
    eventually(lambda: (service.readiness() or {}).get("checks"), within=20)
    assert "service_started" not in service.log_text()
    database_gate.open(rows)
    service.wait_until_ready()


# --- jobs -----------------------------------------------------------------------------------------


@pytest.fixture
def wake(toy, practitioner):
    """Commits something that wakes the job."""

    def wake():
        word = f"{new_id()}"
        key = {"idempotency_key": word}
        toy.rpc.call(contract.ADD, Say(word=word), actor=practitioner, **key)
        return key | {"arguments": Say(word=word), "actor": practitioner}

    return wake


def test_a_job_runs_at_the_start_and_when_it_is_woken(toy, wake):
    eventually(lambda: counted(toy) >= 1)
    before = counted(toy)
    again = wake()
    eventually(lambda: counted(toy) > before)
    # Answered again, nothing is committed and nobody is woken.
    toy.rpc.call(contract.ADD, **again)
    assert counted(toy) == before + 1


def test_a_job_with_more_to_do_runs_again_at_once(toy, wake):
    before = counted(toy)
    toy.turn("runs", 3)
    wake()
    eventually(lambda: counted(toy) == before + 4)
    assert toy.service.is_ready()
    assert counted(toy) == before + 4


def test_a_job_that_fails_is_tried_again_later_and_tells_no_text(toy, wake):
    before = counted(toy)
    toy.turn("runs", -1)
    wake()
    (line,) = eventually(
        lambda: [one for one in toy.service.log_lines() if one["event"] == "job_failed"]
    )
    assert (line["job"], line["error"]) == ("count_things", "RuntimeError")
    assert "Anna Example" not in toy.service.log_text()
    assert counted(toy) == before
    toy.turn("runs", 0)
    wake()
    eventually(lambda: counted(toy) == before + 1)


# --- retries --------------------------------------------------------------------------------------


def test_a_row_that_no_longer_decodes_holds_up_no_other(toy, shared_event):
    now = Clock().now()
    events = [shared_event() for _ in range(3)]
    with toy.database.transaction() as tx:
        for number, event in enumerate(events):
            tx.execute(
                insert(chassis.inbox).values(
                    id=new_id(),
                    consumer=CONSUMER,
                    event_id=event.id,
                    type=event.type,
                    aggregate_id=event.aggregate.id,
                    aggregate_seq=1,
                    body=b'{"of": "another release"}'
                    if number == 0
                    else msgspec.json.encode(event),
                    received_at=now,
                    attempts=1,
                    next_attempt_at=now - timedelta(minutes=10 - number),
                )
            )
    eventually(lambda: {row.event_id for row in toy.rows(log)} >= {one.id for one in events[1:]})
    spoilt = next(row for row in toy.rows(chassis.inbox) if row.event_id == events[0].id)
    assert (spoilt.attempts, spoilt.last_error, spoilt.dead) == (2, "ValidationError", False)


def test_the_admin_scripts_retry_reaches_the_running_service(toy, look_into, shared_event):
    event = shared_event()
    toy.turn("fail", 1)
    look_into(toy.amqp_uri).share(event)
    row = eventually(lambda: {one.event_id: one for one in toy.rows(chassis.inbox)}[event.id])
    with toy.database.transaction() as tx:
        tx.execute(chassis.inbox.update().where(chassis.inbox.c.id == row.id).values(dead=True))
    toy.turn("fail", 0)
    app = admin_app("notifications", Settings, "toy.migrations")
    done = CliRunner(env={"NOTIFICATIONS_DATABASE_URL": toy.database.runtime_url}).invoke(
        app, ["dead-letters", "retry", "all", "--apply"]
    )
    assert done.exit_code == 0, done.output
    eventually(lambda: event.id in {one.event_id for one in toy.rows(log)})


# --- start and end --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_process_stops_at_once_and_leaves_nothing_open(start_toy, postgres_server, number):
    toy = start_toy()
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = %s AND application_name LIKE 'notifications %%'"
    )
    name = toy.database.engine.url.database
    with postgres_server.connect() as connection:
        assert connection.execute(query, [name]).fetchone()[0] > 0
        began = time.monotonic()
        toy.service.process.send_signal(number)
        assert toy.service.process.wait(15) == 0
        assert time.monotonic() - began < 4
        eventually(lambda: connection.execute(query, [name]).fetchone()[0] == 0)
    events = [line["event"] for line in toy.service.log_lines()]
    assert events[-1] == "service_stopped"
    assert "Traceback" not in toy.service.log_text()


def test_every_line_of_its_log_is_json(toy, practitioner):
    toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner)
    for line in toy.service.log_text().splitlines():
        assert json.loads(line)["service"] == "notifications"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"NOTIFICATIONS_MAX_WORKERS": "many"}, "NOTIFICATIONS_MAX_WORKERS: "),
        ({}, "NOTIFICATIONS_DATABASE_URL: needed."),
    ],
)
def test_wrong_settings_end_it_with_a_sentence(toys_on_path, tmp_path, variables, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "portal_chassis.launch", "notifications"],
        env=toys_on_path.environment | variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr


def test_it_does_not_run_where_its_connections_find_no_room(
    start_toy, start_toy_process, postgres_server
):
    toy = start_toy(pool_size=200)
    assert list(pools(toy, postgres_server)) == ["200"]
    second = start_toy_process(toy.database, toy.amqp_uri, pool_size=200)
    answers, open_pools = [], []

    def ended():
        if (answer := second.readiness()) is not None:
            answers.append(answer["checks"])
            open_pools.append(len(pools(toy, postgres_server)))
        return second.process.poll() is not None

    eventually(ended, within=60)
    assert second.process.returncode == 2
    assert "lower NOTIFICATIONS_POOL_SIZE or another service's" in second.log_text()
    assert "Traceback" not in second.log_text()
    assert {"database": "waits for room among its connections"} in answers
    assert all(any(said != "ok" for said in checks.values()) for checks in answers), "it was ready"
    # Somebody else that starts now would not be in its way, however often it is asked.
    assert statistics.median(open_pools) == 1


def pools(toy, postgres_server):
    """How large the pools are that have a connection."""
    query = (
        "SELECT DISTINCT application_name FROM pg_stat_activity"
        " WHERE datname = %s AND application_name LIKE 'notifications pool=%%'"
    )
    with postgres_server.connect() as connection:
        rows = connection.execute(query, [toy.database.engine.url.database]).fetchall()
    return [name.split("pool=")[1].split()[0] for (name,) in rows]
