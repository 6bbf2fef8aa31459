"""Starting, being killed, and stopping, of the portal in one process."""

from __future__ import annotations

import base64
import http.client
import json
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import psutil
import pytest

from portal_chassis.embedded.ports import free_port
from tests.kit.portal.portals import Portal
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(180)

REAL = {
    "PORTAL_PUBLIC_URL": "https://portal.example.org",
    "NOTIFICATIONS_SMTP_HOST": "127.0.0.1",
    "NOTIFICATIONS_SENDER_ADDRESS": "practice@example.org",
}


def by_subject(found):
    """The doctor's findings, by what they are about."""
    return {one["subject"]: one for one in json.loads(found.stdout)}


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended, though its parent may not have noticed yet."""
    return not process.is_running() or process.status() == "zombie"


def test_what_was_entered_is_there_after_a_kill(start_portal):
    portal = start_portal("try")
    practitioner = portal.practitioner()
    practitioner.open("/console/clients/new")
    practitioner.press("Add client", name="Dora Lang", email="dora@example.org")
    before = portal.demo
    portal.kill()

    again = start_portal("try", folder=portal.folder)
    assert again.log.read_text().count("their master key") == 1
    assert again.demo == before
    assert "Dora Lang" in again.practitioner().open("/console/clients").text


@pytest.mark.long
def test_a_mail_that_was_due_when_it_was_killed_is_written_after_the_next_start(start_portal):
    portal = start_portal("try")
    practitioner = portal.practitioner()
    practitioner.open("/console/clients/new")
    practitioner.press("Add client", name="Emil Kraft", email="emil@example.org")
    practitioner.follow("Share link")
    practitioner.press("Share link")
    portal.kill()

    again = start_portal("try", folder=portal.folder)
    again.wait_for_mails("emil@example.org", within=40)


@pytest.mark.long
def test_stopping_leaves_nothing_behind(start_portal):
    portal = start_portal("try")
    pid_file = portal.folder / "postgres/data/postmaster.pid"
    postgres = psutil.Process(int(pid_file.read_text().split()[0]))
    portal.stop()
    assert is_gone(postgres)
    assert not (portal.folder / "running.json").exists()


def test_a_second_portal_with_the_same_data_is_refused_in_a_sentence(portal_in_one_process):
    portal = portal_in_one_process
    refused = portal.command("try", "--var", str(portal.folder), "--port", str(free_port()))
    assert refused.returncode == 2
    assert portal.base_url in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_copy_of_the_data_is_a_portal_of_its_own(portal_in_one_process, start_portal):
    original = portal_in_one_process
    copied = original.folder.with_name(f"{original.folder.name}-copy")
    shutil.copytree(original.config, copied.with_name(f"{copied.name}.config"))
    subprocess.run(["cp", "-a", str(original.folder), str(copied)], check=True)
    try:
        told = original.command("doctor", "--var", str(copied))
        assert (
            f"A copy of {original.folder}; start it to make it a portal of its own" in told.stdout
        )
        assert original.base_url not in told.stdout

        port = urlsplit(original.base_url).port
        copy = start_portal("try", folder=copied, port=port)
        assert f"{copied} was a copy of {original.folder}" in copy.log.read_text()
        assert copy.base_url != original.base_url
        practitioner = copy.practitioner()
        practitioner.open("/console/clients/new")
        practitioner.press("Add client", name="Only Copied", email="only.copied@example.org")
        copy.stop()
    finally:
        shutil.rmtree(copied)
    assert original.is_ready()
    assert "Only Copied" not in original.practitioner().open("/console/clients").text


@pytest.mark.parametrize("command", ["try", pytest.param("stack", marks=pytest.mark.long)])
def test_another_master_key_is_refused_in_a_sentence_and_changes_nothing(start_portal, command):
    portal = start_portal(command)
    portal.stop()
    [key] = portal.config.joinpath("latchkey").iterdir()
    right = key.read_text()
    key.write_text(base64.b64encode(bytes(32)).decode())
    told = portal.command("doctor", "--var", str(portal.folder))
    assert "not the key that these data were sealed with" in told.stdout
    refused = Portal(command, folder=portal.folder)
    assert refused.process.wait(60) == 2
    said = refused.log.read_text()
    assert "this is not the key that the data of" in said
    assert "Traceback" not in said
    key.write_text(right)
    again = start_portal(command, folder=portal.folder)
    assert again.visitor().open(again.demo_link).heading == "Hello Anna"


def test_serving_without_its_settings_names_each_and_starts_nothing(server_folder):
    by_environment = {"NOTIFICATIONS_SMTP_HOST": REAL["NOTIFICATIONS_SMTP_HOST"]}
    portal = Portal("serve", folder=server_folder / "var", environment=by_environment)
    assert portal.process.wait(60) == 2
    said = portal.log.read_text()
    for variable in REAL.keys() - by_environment.keys():
        assert variable in said
    assert "Traceback" not in said
    assert not portal.folder.joinpath("postgres").exists()


def test_serving_is_for_real_and_commands_from_anywhere_know_what_it_runs_with(start_portal):
    secrets = {
        "NOTIFICATIONS_SMTP_USER": "practice",
        "NOTIFICATIONS_SMTP_PASSWORD": "smtp-s3cret",
        "GATEWAY_METRICS_TOKEN": "metrics-s3cret",
        "TMPDIR": "/var/tmp",
    }
    portal = start_portal("serve", environment=REAL | secrets)
    assert not [path for path in portal.folder.glob("*.json") if "s3cret" in path.read_text()]
    [key] = portal.config.joinpath("latchkey").iterdir()
    assert f"{portal.folder}, and their master key" in portal.log.read_text()
    assert str(key) in portal.log.read_text()
    var = ("--var", str(portal.folder))

    found = by_subject(portal.elsewhere("portal", "doctor", "--json", *var))
    assert found["mail server"]["says"].startswith("127.0.0.1:587 ")
    assert found["public address"]["says"].startswith("https://portal.example.org")
    assert found["portal"]["state"] == found["master key"]["state"] == "ok"
    assert str(portal.config) in found["master key"]["says"]

    test_mail = ("send-test-mail", "anna@example.org", "--apply")
    told = portal.elsewhere("notifications-admin", *var, *test_mail)
    assert "NOTIFICATIONS_SMTP_PASSWORD: the portal was given it" in told.stderr
    visitor = portal.visitor()
    assert visitor.open("/health/ready").status == 200
    assert visitor.open("/dev/mail").status == 404
    assert not (portal.folder / "demo.json").exists()


def test_the_web_server_tells_nothing_of_itself_when_a_request_is_nonsense(
    portal_in_one_process,
):
    portal = portal_in_one_process
    host, port = portal.listens_at.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Content-Length", "many")
    connection.endheaders()
    reply = connection.getresponse()
    body = reply.read().decode(errors="replace")
    connection.close()
    assert reply.status in {400, 404, 421}
    assert "Traceback" not in body
    assert "eventlet" not in body.lower()


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("identity-links-admin", ("practice", "list")),
        ("scheduling-admin", ("services", "list")),
        ("forms-admin", ("status",)),
        ("notifications-admin", ("delivery", "list")),
    ],
)
def test_admin_scripts_find_the_database_of_a_running_portal_from_anywhere(portal, script, command):
    found = portal.elsewhere(script, "--var", str(portal.folder), *command, "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)


def test_the_doctor_takes_the_settings_of_the_portal_and_not_of_the_shell(portal):
    found = by_subject(portal.elsewhere("portal", "doctor", "--json", "--var", str(portal.folder)))
    server = portal.mail_server
    expected = f"{server.address} (none)" if server else f"folder, to {portal.folder / 'mail'}"
    assert found["mail server"]["says"].removesuffix(".").endswith(expected)
    assert not [one for one in found.values() if one["state"] == "trouble"]


def test_the_doctor_finds_nothing_to_mend(portal):
    found = portal.command("doctor", "--json", "--var", str(portal.folder))
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_doctor_names_a_dead_letter_and_how_to_retry_it(portal):
    with portal.dead_letter("notifications"):
        found = portal.command("doctor", "--var", str(portal.folder))
    assert found.returncode == 1
    told = re.findall(r"`(\S*notifications-admin [^`]*dead-letters [^`]*)`", found.stdout)
    assert len(told) == 2
    for command in told:
        ran = portal.printed(command.removesuffix(" --apply"))
        assert ran.returncode == 0, (command, ran.stderr)


def test_all_that_must_hold_of_what_is_kept_does(portal):
    found = portal.command(
        "doctor", "--invariants", "--json", "--var", str(portal.folder), "--within", "20"
    )
    assert found.returncode == 0, found.stdout + found.stderr
    verdicts = {one["invariant"]: one["counted"] for one in json.loads(found.stdout)}
    assert set(verdicts) == {"I1", "I2", "I3", "I4", "I7"}
    assert verdicts["I4"]["sheets opened"] > 0


class TestStack:
    def test_every_process_that_dies_is_started_again(self, portal_stack):
        for name in ("identity-links-1", "notifications-1", "gateway"):
            former = portal_stack.pids[name]
            process = psutil.Process(former)
            children = process.children()
            process.kill()
            eventually(lambda: portal_stack.pids[name] not in {former, None}, within=30)  # noqa: B023
        # The gateway's workers answer for a moment yet, and hold the address.
        _, left = psutil.wait_procs(children, timeout=30)
        assert left == []
        eventually(portal_stack.is_ready, within=40)

    @pytest.mark.long
    def test_the_successor_of_a_killed_supervisor_answers_at_the_same_address(self, start_portal):
        stack = start_portal("stack")
        address, former = stack.base_url, stack.pids
        stack.kill()
        again = start_portal("stack", folder=stack.folder, port=urlsplit(address).port)
        assert again.base_url == address
        assert not former.keys() - again.pids.keys()
        children = {name: pid for name, pid in former.items() if name != "postgres"}
        assert not [name for name, pid in children.items() if psutil.pid_exists(pid)]
        assert again.visitor().open(again.demo_link).heading == "Hello Anna"

    @pytest.mark.long
    def test_two_replicas_share_the_work_and_all_are_gone_afterwards(self, start_portal):
        stack = start_portal("stack", "--replicas", "2")
        assert {"identity-links-1", "identity-links-2"} <= stack.pids.keys()
        assert stack.visitor().open(stack.demo_link).heading == "Hello Anna"
        processes = [psutil.Process(pid) for pid in stack.pids.values()]
        children = [child for one in processes for child in one.children(recursive=True)]
        stack.stop()
        assert [one for one in [*processes, *children] if not is_gone(one)] == []
