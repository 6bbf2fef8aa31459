"""``forms-admin`` on a database of its own."""

import base64
import csv
import io
import json
from datetime import date

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from forms.admin import app
from forms.storage import library
from portal_chassis.database import revisions
from portal_chassis.ids import new_id
from portal_contracts.forms.events import FormAccessRecorded

NEWEST = revisions.head("forms.migrations")


@pytest.fixture
def run(database, monkeypatch):
    monkeypatch.setenv("FORMS_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("FORMS_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments, ends_with=0):
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == ends_with, done.output
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
    of_anna, of_ben = practice.request(anna), practice.request(ben, sent_days_ago=2)
    by_client = json.loads(run("requests", "list", "--client", str(anna.id), "--json"))
    assert [row["id"] for row in by_client] == [str(of_anna)]
    by_practice = json.loads(run("requests", "list", "--practice", str(practice.id), "--json"))
    assert [row["id"] for row in by_practice] == [str(of_anna), str(of_ben)]
    elsewhere = json.loads(run("requests", "list", "--practice", str(anna.id), "--json"))
    assert elsewhere == []


def test_no_requests_says_so(run):
    assert "No form requests." in run("requests", "list")


def test_status_tells_the_revision(run):
    (row,) = json.loads(run("status", "--json"))
    assert row["revision"] == row["newest_revision"] == NEWEST
    assert (row["outbox_unsent"], row["dead_letters"]) == (0, 0)


def test_migrating_again_keeps_a_version_frozen(run, database):
    assert NEWEST in run("migrate")
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


def test_a_form_of_the_library_is_added_once_and_only_when_told(run, practice):
    keys = [row["key"] for row in json.loads(run("library", "list", "--json"))]
    assert keys == list(library.KEYS)
    whose = ("--practice", str(practice.id), "--by", str(new_id()))
    listed = ("templates", "list", "--practice", str(practice.id), "--json")
    assert "Would" in run("library", "add", "phq9_en", *whose)
    assert json.loads(run(*listed)) == []
    for _twice in range(2):
        run("library", "add", "phq9_en", *whose, "--apply")
    (row,) = json.loads(run(*listed))
    assert (row["published"], row["questions"], row["changed"]) == (1, 10, False)
    run("library", "add", "made_up", *whose, ends_with=1)


def test_a_form_is_checked_and_imported_from_a_file(run, practice, tmp_path):
    file = tmp_path / "form.json"
    question = {"id": "q", "kind": "choice", "text": "Which?", "choices": []}
    document = {"title": "", "sections": [{"id": "s", "title": "S", "questions": [question]}]}
    file.write_text(json.dumps(document))
    found = run("templates", "check", str(file), ends_with=1).splitlines()
    assert found == ["sections.0.questions.0.choices: required", "title: required"]
    whose = ("--practice", str(practice.id), "--by", str(new_id()), "--apply")
    run("templates", "import", str(file), *whose, ends_with=1)
    question["kind"] = "text"
    file.write_text(json.dumps(document | {"title": "Mine"}))
    assert "sound" in run("templates", "check", str(file))
    run("templates", "import", str(file), *whose)
    (row,) = json.loads(run("templates", "list", "--practice", str(practice.id), "--json"))
    assert (row["title"], row["published"]) == ("Mine", 1)
    file.write_text("[]")
    run("templates", "check", str(file), ends_with=1)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"title": "' + "x" * 10_000_000 + '"}', "\ud800"],
    ids=["deep", "long", "no text"],
)
def test_no_file_makes_the_check_fall_over(run, tmp_path, text):
    file = tmp_path / "form.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    run("templates", "check", str(file), ends_with=1)


def test_a_circle_is_told_from_place_to_place(run, tmp_path):
    file = tmp_path / "form.json"
    questions = [
        {
            "id": one,
            "kind": "text",
            "text": "?",
            "shown_when": {"operator": "answered", "item": other},
        }
        for one, other in (("a", "b"), ("b", "a"))
    ]
    section = {"id": "s", "title": "S", "questions": questions}
    file.write_text(json.dumps({"title": "Round", "sections": [section]}))
    *places, path = run("templates", "check", str(file), ends_with=1).splitlines()
    assert places == ["sections.0.questions.0: cycle", "sections.0.questions.1: cycle"]
    assert path.count(" → ") == 2


def test_one_request_is_shown_by_times_and_revision(run, practice):
    client = practice.client()
    request = practice.request(client, state="started", title="Questions about drinking")
    practice.draft(client, request, revision=3)
    (row,) = json.loads(run("requests", "show", str(request), "--json"))
    assert (row["state"], row["revision"]) == ("started", 3)
    assert row["opened_at"] == practice.now.isoformat()
    assert "drinking" not in run("requests", "show", str(request))
    run("requests", "show", str(new_id()), ends_with=1)


def test_the_list_narrows_to_a_state(run, practice):
    client = practice.client()
    practice.request(client)
    started = practice.request(client, state="started")
    found = json.loads(run("requests", "list", "--state", "started", "--json"))
    assert [row["id"] for row in found] == [str(started)]


def test_answers_are_exported_into_a_file_of_ones_own_and_logged(run, world, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    owner = world.practitioner()
    anna = world.client_of(owner)
    template = world.from_library(owner, "gad7_en")
    request = world.sent(owner, anna, template)
    world.saved(anna, request, 0, {f"gad{number}": "several_days" for number in range(1, 8)})
    world.submitted(anna, request, 1)
    where = ["export", str(template), str(file := tmp_path / "answers.csv")]
    practice = ["--practice", str(owner.practice_id)]
    assert "1 responses" in run(*where, *practice)
    assert file.stat().st_mode & 0o777 == 0o600
    [row] = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["request_id"], row["q_gad1"], row["score"]) == (str(request), "Several days", "7")
    assert world.events(FormAccessRecorded)[-1].act == "answers.exported"
    run(*where, *practice, ends_with=1)
    where[2] = str(tmp_path / "other.json")
    run(*where, "--practice", str(new_id()), ends_with=1)
    assert not (tmp_path / "other.json").exists()
    run(*where, *practice, "--as", "json")
    assert len(json.loads((tmp_path / "other.json").read_bytes())["responses"]) == 1
