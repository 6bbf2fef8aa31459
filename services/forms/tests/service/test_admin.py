"""``forms-admin`` on a database of its own."""

import json
from datetime import date

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from forms.admin import app


@pytest.fixture
def run(database, monkeypatch):
    monkeypatch.setenv("FORMS_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("FORMS_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments):
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return invoke


def test_requests_are_listed_by_ids_days_and_states(run, practice):
    client = practice.client()
    request = practice.request(
        client, state="started", title="Questions about drinking", due_on=date(2026, 12, 9)
    )
    practice.draft(client, request, percent=40)
    assert json.loads(run("requests", "list", "--json")) == [
        {
            "id": str(request),
            "client_id": str(client.id),
            "state": "started",
            "percent": 40,
            "due_on": "2026-12-09",
            "sent_at": "2026-11-30T12:00:00+00:00",
        }
    ]
    assert "drinking" not in run("requests", "list")


def test_the_list_narrows_to_one_client_or_practice(run, practice):
    anna, ben = practice.client(), practice.client()
    hers, his = practice.request(anna), practice.request(ben, sent_days_ago=2)
    by_client = json.loads(run("requests", "list", "--client", str(anna.id), "--json"))
    assert [row["id"] for row in by_client] == [str(hers)]
    by_practice = json.loads(run("requests", "list", "--practice", str(practice.id), "--json"))
    assert [row["id"] for row in by_practice] == [str(hers), str(his)]
    elsewhere = json.loads(run("requests", "list", "--practice", str(anna.id), "--json"))
    assert elsewhere == []


def test_no_requests_says_so(run):
    assert "No form requests." in run("requests", "list")


def test_status_tells_the_revision(run):
    (row,) = json.loads(run("status", "--json"))
    assert row["revision"] == row["newest_revision"] == "0001"
    assert (row["outbox_unsent"], row["dead_letters"]) == (0, 0)


def test_migrating_again_keeps_a_version_frozen(run, database):
    assert "0001" in run("migrate")
    with database.transaction() as tx:
        query = text("SELECT has_table_privilege('forms_runtime', 'template_version', :right)")
        rights = {
            right: tx.execute(query, {"right": right}).scalar_one()
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        }
    assert rights == {
        "SELECT": True,
        "INSERT": True,
        "UPDATE": False,
        "DELETE": False,
        "TRUNCATE": False,
    }
