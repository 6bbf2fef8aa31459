"""What the `portal` command says before anything starts."""

import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from portal_chassis.embedded import rabbitmq_programs
from portal_contracts.broker_accounts import permissions
from portal_runner import cli


@pytest.fixture
def command(monkeypatch):
    """Runs `portal …`; what would become the standalone process is kept in `.became`."""

    class Command:
        became: list[str] | None = None

        def __call__(self, *arguments):
            return CliRunner().invoke(cli.app, list(arguments))

    command = Command()
    monkeypatch.setattr(cli.os, "execv", lambda _program, words: setattr(command, "became", words))
    return command


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A folder that no portal is found from, also where `make run` left one in the checkout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    return tmp_path


def test_trying_out_listens_on_this_machine_alone(command, tmp_path):
    command("try", "--var", str(tmp_path))
    assert command.became[command.became.index("--host") + 1] == "127.0.0.1"


def test_serving_with_the_demo_practices_data_is_refused(command, tmp_path):
    (tmp_path / "demo.json").write_text("{}")
    result = command("serve", "--var", str(tmp_path))
    assert result.exit_code == 2
    assert "demo practice" in result.stderr


@pytest.mark.parametrize("way", ["try", "serve", "stack"])
def test_a_file_as_the_data_folder_is_refused_in_words(command, tmp_path, way):
    file = tmp_path / "file"
    file.touch()
    result = command(way, "--var", str(file))
    if command.became:
        result = subprocess.run(command.became, capture_output=True, text=True, check=False)
    code = result.exit_code if way == "stack" else result.returncode
    assert (code, result.stderr.count("\n")) == (2, 1)
    assert str(file) in result.stderr


def test_a_stack_without_rabbitmq_says_the_one_command(command, monkeypatch, tmp_path):
    monkeypatch.setattr(rabbitmq_programs, "PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    result = command("stack", "--var", str(tmp_path / "var"))
    assert result.exit_code == 1
    assert "RabbitMQ is not installed" in result.stderr


def test_topology_with_a_wrong_setting_names_the_variable(command, monkeypatch):
    monkeypatch.setenv("PORTAL_LOG_LEVEL", "LOUD")
    result = command("topology")
    assert result.exit_code == 2
    assert "PORTAL_LOG_LEVEL" in result.stderr


def test_a_broker_s_address_that_is_none_is_told_by_its_variable(command, monkeypatch):
    monkeypatch.setenv("PORTAL_AMQP_URI", "http://latchkey:secret@broker")
    monkeypatch.setenv("FORMS_AMQP_URI", "amqp://latchkey:secret@[broker")
    for words, code in ((["topology"], 2), (["remove-queue", "forms.on_it"], 2), (["doctor"], 1)):
        result = command(*words)
        assert result.exit_code == code, result.exception
        assert "PORTAL_AMQP_URI: must be an address like" in result.output
        assert "secret" not in result.output


def test_topology_at_a_broker_that_is_away_says_what_to_check(command, monkeypatch):
    monkeypatch.setenv("PORTAL_AMQP_URI", "amqp://guest:guest@127.0.0.1:1//")
    result = command("topology")
    assert result.exit_code == 1
    assert "PORTAL_AMQP_URI" in result.stderr


def test_topology_declares_every_queue_and_may_be_repeated(
    command, monkeypatch, rabbitmq, virtual_hosts
):
    monkeypatch.setenv("PORTAL_AMQP_URI", rabbitmq.uri_of(next(virtual_hosts)))
    first, second = command("topology"), command("topology")
    assert first.exit_code == second.exit_code == 0
    assert "dead-letters" in first.stdout
    assert first.stdout == second.stdout


def test_rights_are_printed_as_commands_for_a_broker_of_one_s_own(command, monkeypatch):
    monkeypatch.setenv("PORTAL_BROKER_USERS", "practice.{process}")
    lines = [shlex.split(line) for line in command("topology", "--permissions").stdout.splitlines()]
    assert [line[:4] for line in lines] == [
        ["rabbitmqctl", "set_permissions", "-p", "latchkey"]
    ] * 5
    assert [line[4:] for line in lines] == [
        [one["user"], one["configure"], one["write"], one["read"]]
        for one in permissions("latchkey", "practice.{process}")
    ]
    monkeypatch.setenv("PORTAL_BROKER_USERS", "practice")
    result = command("topology", "--permissions")
    assert (result.exit_code, "PORTAL_BROKER_USERS" in result.stderr) == (2, True)


def test_the_doctor_without_a_portal_says_how_to_start_one(command, monkeypatch, nowhere):
    result = command("doctor")
    assert result.exit_code == 1
    assert "portal try" in result.stdout


def test_invariants_of_nothing_end_with_a_sentence(command, monkeypatch, nowhere):
    result = command("doctor", "--invariants")
    assert (result.exit_code, "portal try" in result.stderr) == (2, True)
    monkeypatch.setenv("PORTAL_AMQP_URI", "memory://")
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    result = command("doctor", "--invariants")
    assert result.exit_code == 2
    assert "A database does not answer (OperationalError" in result.stderr
    journal = nowhere / "journal"
    journal.write_text("nonsense\n")
    result = command("doctor", "--invariants", "--journal", str(journal))
    assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)
