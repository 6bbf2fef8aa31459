"""What the doctor finds, each with what to do about it."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from notifications.storage.tables import delivery
from portal_chassis.clock import Clock, FixedClock
from portal_chassis.database.transactions import Database
from portal_chassis.ids import new_id
from portal_contracts.catalogue import SERVICES, SUBSCRIPTIONS
from portal_runner.data_folder import DataFolder
from portal_runner.doctor import broker, configuration, databases, processes, python
from portal_runner.doctor.finding import State
from portal_runner.doctor.target import Target, find_target

KEY = "a2V5LWtleS1rZXkta2V5LWtleS1rZXkta2V5LWtleS0="


def by_subject(findings):
    """Subject to state, words and remedy; what is to be mended always has a remedy."""
    found = {}
    for one in findings:
        assert one.fix or one.state is not State.TROUBLE
        found.setdefault(one.subject, []).append((str(one.state), one.says, one.fix))
    return found


# --- settings and secrets -------------------------------------------------------------------------


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """``configured(PORTAL_AMQP_URI=…)``: what is found of an environment like this."""

    def check(folder=None, url="", **variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        found, _ = configuration.read_configuration()
        target = Target("here", folder=folder, url=url)
        return by_subject(configuration.check_configuration(target, found))

    return check


def test_a_key_that_is_missing_or_open_to_others_is_trouble(configured, tmp_path):
    assert configured()["master key"][0][0] == "trouble"
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(0o640)
    [(state, says, fix)] = configured(PORTAL_MASTER_KEY_FILE=key)["master key"]
    assert (state, fix) == ("trouble", f"Run: chmod 600 {key}")
    assert KEY not in says
    key.chmod(0o600)
    assert configured(PORTAL_MASTER_KEY_FILE=key)["master key"][0][0] == "ok"
    key.write_text("not a key")
    assert configured(PORTAL_MASTER_KEY_FILE=key)["master key"][0][0] == "trouble"


def test_a_python_whose_mail_package_is_not_mended_is_named(monkeypatch):
    monkeypatch.setattr(python, "_head_with_name", lambda name: f'To: "{name}"'.encode())
    assert python.check_python().state is State.OK
    monkeypatch.setattr(python, "_head_with_name", lambda _name: b"To: a, b\r\nBcc: c")
    found = python.check_python()
    assert found.state is State.NOTE
    assert {"CVE-2024-6923", "gh-80222"} <= set(
        found.says.replace("(", " ").replace(")", " ").split()
    )
    assert "3.11.12" in found.fix


def test_a_folder_that_others_may_read_is_trouble(configured, tmp_path):
    folder = DataFolder(tmp_path / "var")
    folder.prepare()
    assert not [name for name in configured(folder=folder) if name.startswith("folder")]
    folder.mail.chmod(0o755)
    [(state, _, fix)] = configured(folder=folder)["folder mail"]
    assert (state, fix) == ("trouble", f"Run: chmod o-rwx {folder.mail}")


@pytest.mark.parametrize(
    ("url", "proxies", "state"),
    [
        ("http://portal.example.org", 1, "trouble"),
        ("https://portal.example.org", 0, "note"),
        ("https://portal.example.org", 1, "ok"),
        ("http://127.0.0.1:8000", 0, "note"),
    ],
)
def test_the_public_address_is_encrypted_and_a_proxy_is_trusted(configured, url, proxies, state):
    found = configured(url=url, GATEWAY_TRUSTED_PROXIES=proxies)
    assert found["public address"][0][0] == state


def test_the_password_everybody_knows_is_trouble_on_another_machine(configured):
    def state_of(uri):
        return configured(PORTAL_AMQP_URI=uri)["broker's password"][0][0]

    assert state_of("amqp://guest:guest@broker.example//") == "trouble"
    assert state_of("amqp://us:word@one//;amqp://guest:guest@other//") == "trouble"
    assert state_of("amqp://guest:guest@127.0.0.1//") == "ok"
    assert state_of("amqp://us:word@broker.example//") == "ok"


def test_believing_unnamed_senders_is_trouble(configured):
    assert "senders" not in configured()
    [(state, _, fix)] = configured(PORTAL_UNNAMED_SENDERS="true")["senders"]
    assert (state, "remove PORTAL_UNNAMED_SENDERS" in fix) == ("trouble", True)


# --- databases ------------------------------------------------------------------------------------


@pytest.fixture
def examined(migrated_database):
    """``examined("forms")``: what is found of that database, by the runtime role or another."""
    made = {}

    def check(service, *, as_owner=False):
        one = made.setdefault(service, migrated_database(service))
        url = one.owner_url if as_owner else one.runtime_url
        target = Target("here", database_urls=dict.fromkeys(SERVICES, "") | {service: url})
        return by_subject(
            databases.check_databases(target, configuration.Configuration({}, None))
        ), one

    return check


def test_a_healthy_database_tells_its_versions(examined):
    found, _ = examined("scheduling")
    [(state, says, _)] = found["database of scheduling"]
    assert state == "ok"
    for word in ("revision", "PostgreSQL", "btree_gist"):
        assert word in says
    assert found["role of scheduling"][0][0] == "ok"


def test_a_role_that_may_change_the_schema_is_trouble(examined):
    [(state, says, _)] = examined("forms", as_owner=True)[0]["role of forms"]
    assert (state, "may change the schema" in says) == ("trouble", True)


def test_what_waits_or_failed_is_told_with_its_error(examined):
    _, database = examined("forms")
    ids = "gen_random_uuid()"
    with database.transaction() as tx:
        tx.execute(
            text(
                "INSERT INTO outbox (id, type, body, occurred_at, next_attempt_at)"
                f" VALUES ({ids}, 't', '', now() - interval '1 minute', now())"
            )
        )
        tx.execute(
            text(
                "INSERT INTO inbox (id, consumer, event_id, type, aggregate_id, aggregate_seq,"
                f" body, received_at, last_error, dead) SELECT {ids}, 'forms.on_it', {ids}, 't',"
                f" {ids}, 1, '', now(), 'KeyError', dead FROM unnest(ARRAY[true, false]) d(dead)"
            )
        )
    found, _ = examined("forms")
    assert "1 event(s) wait, the oldest for 6" in found["outbox of forms"][0][1]
    assert "forms.on_it 1 × KeyError" in found["inbox of forms"][0][1]
    assert "forms-admin dead-letters retry" in found["dead letters of forms"][0][2]


def test_mails_that_are_late_or_lost_are_told(examined):
    found, database = examined("notifications")
    assert found["mails"][0][0] == "ok"
    now = Clock().now()
    states = [
        {"state": "waiting", "next_attempt_at": now - timedelta(hours=1)},
        {"state": "retrying", "next_attempt_at": now, "reason": "mail_server_busy"},
        {"state": "failed", "reason": "address_refused"},
    ]
    with database.transaction() as tx:
        for values in states:
            ids = {
                name: new_id()
                for name in ("id", "practice_id", "client_id", "subject_id", "cause_id")
            }
            tx.execute(insert(delivery).values(kind="portal_link", created_at=now, **ids, **values))
    late, waiting, lost = examined("notifications")[0]["mails"]
    assert (late[0], waiting[0], lost[0]) == ("trouble", "note", "note")
    assert "1 × mail_server_busy" in waiting[1]


def test_a_clock_that_differs_is_trouble(examined, monkeypatch):
    ahead = FixedClock(Clock().now() + timedelta(minutes=1))
    monkeypatch.setattr(databases, "Clock", lambda: ahead)
    [(state, says, _)] = examined("forms")[0]["clock of forms's database"]
    assert (state, "by -" in says) == ("trouble", True)


def test_a_session_that_holds_a_transaction_open_is_trouble(examined, monkeypatch):
    _, database = examined("forms")
    at_once = str(databases._SERVER).replace("interval '10 seconds'", "interval '0 seconds'")
    monkeypatch.setattr(databases, "_SERVER", text(at_once))
    with database.transaction() as tx:
        tx.execute(text("SELECT 1"))
        found, _ = examined("forms")
    assert found["database of forms"][0][0] == "trouble"


def test_a_server_whose_connections_run_out_is_trouble(examined, monkeypatch):
    monkeypatch.setattr(databases, "FULL_SHARE", 0.0)
    [(state, says, fix), *_] = examined("forms")[0]["database of forms"]
    assert (state, "connections are open" in says) == ("trouble", True)
    assert "FORMS_POOL_SIZE" in fix


def looked_at(url):
    target = Target("here", database_urls={"forms": url})
    found = databases.check_databases(target, configuration.Configuration({}, None))
    return by_subject(found)["database of forms"]


def test_a_server_that_lets_nobody_in_any_more_is_not_away(examined, postgres_server):
    _, database = examined("forms")
    database.dispose()
    limit = f'ALTER DATABASE "{database.engine.url.database}" CONNECTION LIMIT'
    with postgres_server.connect() as connection:
        connection.execute(f"{limit} 0")
        try:
            [(state, _, fix)] = looked_at(database.url)
        finally:
            connection.execute(f"{limit} -1")
    assert (state, "Raise its max_connections" in fix) == ("trouble", True)


def test_an_old_schema_and_a_database_that_is_away_are_trouble(examined):
    _, database = examined("forms")
    owner = Database(database.owner_url)
    with owner.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    owner.dispose()
    assert examined("forms")[0]["database of forms"][0][2].endswith("forms-admin migrate")
    [(state, says, _)] = looked_at("postgresql+psycopg://nobody@127.0.0.1:1/forms")
    assert (state, "does not answer" in says) == ("trouble", True)


# --- broker, processes, disk ----------------------------------------------------------------------


def test_queues_without_anybody_are_trouble(amqp_uri):
    found = by_subject(broker.check_broker(Target("here", amqp_uri=amqp_uri)))
    assert found["broker"][0][0] == "ok"
    assert "RabbitMQ" in found["broker"][0][1]
    for name in [one.queue for one in SUBSCRIPTIONS] + [f"rpc-{service}" for service in SERVICES]:
        [(state, says, _)] = found[f"queue {name}"]
        assert (state, says.startswith("Nobody")) == ("trouble", True)
    away = by_subject(broker.check_broker(Target("here", amqp_uri="amqp://127.0.0.1:1//")))
    assert away["broker"][0][0] == "trouble"


def test_processes_of_two_releases_are_trouble(monkeypatch):
    answers = {1: {"version": "0.0.1", "tzdata": "1999.1", "checks": {}}}
    monkeypatch.setattr(processes, "ask", lambda _host, port, _path: (200, answers[port]))
    answers[2] = {"version": "0.0.1", "tzdata": "of the machine, /usr/share/zoneinfo"}
    target = Target("here", health={"forms-1": ("forms", 1)}, url="https://p.example:2")
    target.listens_at = "http://0.0.0.0:2"
    found = by_subject(processes.check_processes(target))
    assert "portal of the machine" in found["time zones"][0][1]
    for subject, told in (("release", "forms-1 0.0.1"), ("time zones", "forms-1 1999.1")):
        [(state, says, _)] = found[subject]
        assert (state, told in says) == ("trouble", True)


def test_processes_that_the_environment_names_are_asked(monkeypatch):
    asked = []

    def ask(host, port, path):
        asked.append((host, port, path))
        return 200, {"version": processes.portal_version(), "tzdata": processes.tzdata_version()}

    monkeypatch.setattr(processes, "ask", ask)
    monkeypatch.setenv("PORTAL_AMQP_URI", "amqp://us:word@broker//")
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://portal.example.org")
    monkeypatch.setenv("PORTAL_DOCTOR_ASKS", "http://forms:8080 http://gateway:8000")
    with find_target(None) as target:
        found = by_subject(processes.check_processes(target))
    assert asked == [("forms", 8080, "/ready"), ("gateway", 8000, "/health/ready")]
    assert found["portal"] == [("ok", "https://portal.example.org", "")]
    monkeypatch.delenv("PORTAL_DOCTOR_ASKS")
    with find_target(None) as target:
        [(state, says, _)] = by_subject(processes.check_processes(target))["portal"]
    assert (state, "PORTAL_DOCTOR_ASKS" in says) == ("note", True)


def test_a_disk_that_is_nearly_full_is_trouble(monkeypatch, tmp_path):
    target = Target("here", folder=DataFolder(tmp_path))
    assert by_subject(processes.check_disk(target))["disk"]
    usage = shutil._ntuple_diskusage(100_000_000_000, 99_500_000_000, 500_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    [(state, says, _)] = by_subject(processes.check_disk(target))["disk"]
    assert (state, "0.5 GB" in says) == ("trouble", True)
