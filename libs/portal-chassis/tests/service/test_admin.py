"""The commands that every service's admin script has."""

import base64
import json
import sys
from datetime import timedelta

import pytest
from sqlalchemy import insert
from toy.migrations import APPEND_ONLY
from toy.tables import chassis
from typer.testing import CliRunner

from portal_chassis.admin.app import admin_app
from portal_chassis.database import revisions
from portal_chassis.database.master_key import require_master_key
from portal_chassis.database.sealed import Sealer
from portal_chassis.events.relay import SENT_KEPT
from portal_chassis.ids import new_id
from portal_chassis.settings import ServiceSettings


class Settings(ServiceSettings, prefix="TOY_"):
    """Read from ``TOY_*``."""


APP = admin_app("toy", Settings, "toy.migrations", APPEND_ONLY)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """``run("status", urls=…)``: the command's outcome, in a folder without a portal."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, urls=None, code=0):
        if urls is not None:
            monkeypatch.setenv("TOY_DATABASE_URL", urls.runtime_url)
            monkeypatch.setenv("TOY_OWNER_DATABASE_URL", urls.owner_url)
        result = CliRunner().invoke(APP, list(arguments))
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def letters(database, now):
    """Three dead letters and one event that only waits."""
    ids = [new_id() for _ in range(4)]
    with database.transaction() as tx:
        for number, row_id in enumerate(ids):
            tx.execute(
                insert(chassis.inbox).values(
                    id=row_id,
                    consumer="toy.on_it",
                    event_id=new_id(),
                    type="forms.form.sent.v1",
                    aggregate_id=new_id(),
                    aggregate_seq=1,
                    body=b"{}",
                    received_at=now + timedelta(minutes=number),
                    attempts=12,
                    last_error="RuntimeError",
                    dead=number < 3,
                )
            )
    return ids


def test_a_schema_of_an_older_release_is_told_with_the_command_that_mends_it(run, empty_database):
    urls = empty_database("toy")
    run("migrate", "--to", "0001", urls=urls)
    run("migrate", "--down", "--to", "base")
    said = run("outbox", "list", code=1).output
    assert "is at revision none, and this release needs 0002" in said
    assert "toy-admin migrate" in said


def test_migrate_goes_up_and_down(run, empty_database):
    urls = empty_database("toy")
    assert "toy is at 0002." in run("migrate", urls=urls).output
    assert "toy is at 0002." in run("migrate").output
    assert "toy is at 0001." in run("migrate", "--down", "--to", "0001").output
    assert "toy is at nothing." in run("migrate", "--down", "--to", "base").output
    assert "toy is at 0001." in run("migrate", "--to", "0001").output


def test_migrate_down_wants_to_know_how_far(run, database):
    result = run("migrate", "--down", urls=database, code=1)
    assert "--to base" in result.output
    assert revisions.current(database.owner_url) == "0002"


def test_status_tells_the_revision_and_what_waits(run, database, letters):
    (row,) = json.loads(run("status", "--json", urls=database).stdout)
    assert row == {
        "service": "toy",
        "revision": "0002",
        "newest_revision": "0002",
        "outbox_unsent": 0,
        "dead_letters": 3,
    }
    assert "dead letters" in run("status").output


def test_status_before_the_first_migration_is_no_error(run, empty_database):
    (row,) = json.loads(run("status", "--json", urls=empty_database("toy")).stdout)
    assert (row["revision"], row["outbox_unsent"]) == (None, None)


def test_outbox_list_shows_what_waits_and_nothing_personal(run, database, now):
    assert "Every event has been published." in run("outbox", "list", urls=database).output
    waiting = new_id()
    with database.transaction() as tx:
        for row_id, sent_at in ((waiting, None), (new_id(), now)):
            tx.execute(
                insert(chassis.outbox).values(
                    id=row_id,
                    type="forms.form.sent.v1",
                    body=b"Anna Example",
                    occurred_at=now,
                    next_attempt_at=now,
                    last_error="unroutable",
                    sent_at=sent_at,
                )
            )
    result = run("outbox", "list", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["id"], row["last_error"]) == (str(waiting), "unroutable")
    assert "Anna" not in result.output
    assert "unroutable" in run("outbox", "list").output


def test_dead_letters_are_listed_oldest_first(run, database, letters):
    found = json.loads(run("dead-letters", "list", "--json", urls=database).stdout)
    assert [row["id"] for row in found] == [str(one) for one in letters[:3]]
    assert {(row["consumer"], row["last_error"], row["attempts"]) for row in found} == {
        ("toy.on_it", "RuntimeError", 12)
    }


def test_no_dead_letters_is_said(run, database):
    assert "No dead letters." in run("dead-letters", "list", urls=database).output
    assert json.loads(run("dead-letters", "list", "--json").stdout) == []


def states(rows):
    return {row.id: (row.dead, row.attempts) for row in rows.rows(chassis.inbox)}


def test_retry_only_says_what_it_would_do(run, rows, letters):
    before = states(rows)
    result = run("dead-letters", "retry", "all", urls=rows.database)
    assert "Would: retry 3 dead letter(s) (add --apply to do it)" in result.output
    assert states(rows) == before


def test_retry_with_apply_gives_letters_back_to_the_service(run, rows, letters):
    first, *rest = letters
    result = run("dead-letters", "retry", str(first), "--apply", urls=rows.database)
    assert "retry 1 dead letter(s)" in result.output
    assert states(rows)[first] == (False, 0)
    assert [states(rows)[one] for one in rest] == [(True, 12), (True, 12), (False, 12)]
    run("dead-letters", "retry", "all", "--apply")
    assert [states(rows)[one] for one in letters] == [(False, 0)] * 3 + [(False, 12)]
    assert "retry 0 dead letter(s)" in run("dead-letters", "retry", "all").output


@pytest.mark.parametrize("letter", ["everything", "01a2", ""])
def test_retry_of_what_is_no_id_is_told(run, database, letter):
    result = run("dead-letters", "retry", letter, urls=database, code=1)
    assert "is no letter's id" in result.output


def test_retry_of_an_unknown_letter_is_told(run, database):
    result = run("dead-letters", "retry", str(new_id()), "--apply", urls=database, code=1)
    assert "no dead letter with this id" in result.output


def test_prune_deletes_only_with_apply(run, rows, now):
    with rows.database.transaction() as tx:
        tx.execute(
            insert(chassis.outbox).values(
                id=new_id(),
                type="t",
                body=b"",
                occurred_at=now,
                next_attempt_at=now,
                sent_at=now - SENT_KEPT * 3,
            )
        )
    assert "Would: delete" in run("prune", urls=rows.database).output
    assert len(rows.rows(chassis.outbox)) == 1
    run("prune", "--apply")
    assert rows.rows(chassis.outbox) == []


def test_a_database_that_is_away_is_told_in_a_sentence(run, monkeypatch, tmp_path):
    monkeypatch.setenv("TOY_DATABASE_URL", f"postgresql+psycopg://toy:s3cret@/x?host={tmp_path}")
    result = run("status", code=1)
    assert "The database that TOY_DATABASE_URL names does not answer." in result.output
    assert "s3cret" not in result.output


def test_without_a_portal_it_is_said_what_to_give(run, monkeypatch, tmp_path):
    monkeypatch.delenv("TOY_DATABASE_URL", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    said = run("status", code=1).output
    assert "--var" in said
    assert "TOY_DATABASE_URL" in said
    assert "There is no portal in gone." in run("--var", "gone", "status", code=1).output


@pytest.mark.parametrize("width", ["20", "80", "400"])
def test_no_id_is_cut_in_whatever_terminal(run, database, letters, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    said = run("dead-letters", "list", urls=database).output
    lines = [line for line in said.splitlines() if "toy.on_it" in line]
    assert [line.split()[0] for line in lines] == [str(one) for one in letters[:3]]


def test_a_master_key_that_is_not_the_databases_is_refused(run, database, monkeypatch):
    require_master_key(database, Sealer(bytes(32)), "toy")
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert "not the key that the data of toy" in run("status", urls=database, code=1).output
    run("migrate", urls=database)
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(bytes(32)).decode())
    run("status", urls=database)
    monkeypatch.setenv("PORTAL_MASTER_KEY", "nonsense")
    assert "must be base64" in run("status", urls=database, code=1).output


def test_a_wrong_setting_is_told_in_a_sentence(run, monkeypatch):
    monkeypatch.setenv("TOY_MAX_WORKERS", "many")
    result = run("status", code=1)
    assert "TOY_MAX_WORKERS: " in result.output
