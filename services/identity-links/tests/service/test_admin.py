"""``identity-links-admin`` on a database of its own."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from identity_links.admin import app
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.devices import Lifetime
from identity_links.domain.practice_fields import practice_field_words
from identity_links.operations.passwords import verify_password
from identity_links.operations.sign_in import sign_in
from identity_links.storage import emergencies, second_factors
from identity_links.storage.practices import practitioner_by_email
from portal_chassis.clock import Clock
from portal_chassis.database import revisions
from portal_chassis.ids import new_id
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.devices import SignIn

PASSWORD = "correct horse battery"


@pytest.fixture
def run(database, monkeypatch):
    """Runs the script; `fails` for one that must end in an error."""
    monkeypatch.setenv("IDENTITY_LINKS_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("IDENTITY_LINKS_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments, fails=False, typed=None):
        done = CliRunner().invoke(app, [str(one) for one in arguments], input=typed)
        assert done.exit_code == (1 if fails else 0), done.output
        return done.output

    return invoke


@pytest.fixture
def lines(run):
    return lambda *arguments: json.loads(run(*arguments, "--json"))


@pytest.fixture
def practice_id(lines):
    return lines("practice", "add", "Practice Rivera", "--set", "link_days=14", "--apply")[0]["id"]


@pytest.fixture
def practitioner_id(lines, practice_id, run):
    printed = run(
        *("practitioner", "add", "rivera@practice.example", "--practice", practice_id),
        *("--name", "Dr Rivera", "--password-stdin", "--apply", "--json"),
        typed=f"{PASSWORD}\n",
    )
    return json.loads(printed)[0]["id"]


def stored_hash(world):
    return world.run(practitioner_by_email, "rivera@practice.example").password_hash


def test_a_practice_is_added_listed_and_changed(run, lines, practice_id):
    [listed] = lines("practice", "list")
    assert (listed["id"], listed["name"], listed["link_days"]) == (
        practice_id,
        "Practice Rivera",
        14,
    )
    run(
        "practice",
        "set",
        practice_id,
        "--set",
        "single_use=yes",
        "--set",
        "entry=button",
        "--apply",
    )
    [listed] = lines("practice", "list")
    assert (listed["single_use"], listed["entry"], listed["link_days"]) == (True, "button", 14)


def test_a_setup_address_is_printed_until_there_is_an_owner(run, monkeypatch, world):
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://portal.example.org")
    assert "Would" in run("setup-address")
    printed = run("setup-address", "--apply").splitlines()[-1]
    assert printed.startswith("https://portal.example.org/setup/")
    assert run("setup-address", "--apply").splitlines()[-1] != printed
    world.owner()
    run("setup-address", "--apply", fails=True)


def test_without_apply_nothing_changes(run, lines, practice_id, practitioner_id, world):
    before = (lines("practice", "list"), lines("practitioner", "list"), stored_hash(world))
    for command in (
        ("practice", "add", "Another"),
        ("practice", "set", practice_id, "--set", "link_days=7"),
        (
            *("practitioner", "add", "ben@practice.example"),
            *("--practice", practice_id, "--name", "Ben"),
        ),
        ("practitioner", "set-password", "rivera@practice.example"),
    ):
        assert "--apply" in run(*command)
    assert (lines("practice", "list"), lines("practitioner", "list"), stored_hash(world)) == before


def test_what_would_be_refused_is_refused_without_apply_too(run, practice_id):
    printed = run("practice", "set", practice_id, "--set", "link_days=365", fails=True)
    assert "link_days_out_of_range" in printed
    printed = run("practice", "set", practice_id, "--set", "colour=red", fails=True)
    assert "colour_unknown" in printed


def test_turning_the_second_check_on_tells_who_could_not_pass_it(run, practice_id, world):
    from uuid import UUID

    owner = world.practitioner(UUID(practice_id))
    world.client(owner)
    check = ("practice", "set", practice_id, "--set", "second_check=date_of_birth", "--apply")
    assert "active client" not in run(*check)
    world.run(lambda tx: tx.execute(text("UPDATE client SET email = '', email_key = ''")))
    assert "1 active client" in run(*check)


def test_a_practitioner_s_password_comes_from_standard_input(world, lines, practitioner_id):
    [listed] = lines("practitioner", "list")
    assert (listed["id"], listed["role"]) == (practitioner_id, "owner")
    assert verify_password(stored_hash(world), PASSWORD)


def test_a_password_is_asked_for_twice(run, world, practitioner_id):
    new = "another long password"
    command = ("practitioner", "set-password", "RIVERA@practice.example", "--apply")
    printed = run(*command, typed=f"{new}\n{new}\n")
    assert new not in printed
    assert verify_password(stored_hash(world), new)


def test_without_a_terminal_it_is_said_how_a_password_is_given(run, world, practitioner_id):
    command = ("practitioner", "set-password", "rivera@practice.example", "--apply")
    assert "--password-stdin" in run(*command, typed="", fails=True)
    assert verify_password(stored_hash(world), PASSWORD)


def test_a_short_password_is_refused(run, world, practitioner_id):
    command = ("practitioner", "set-password", "rivera@practice.example", "--apply")
    assert "password_too_short" in run(*command, "--password-stdin", typed="short\n", fails=True)
    assert verify_password(stored_hash(world), PASSWORD)


def test_roles_change_and_the_last_owner_stays(run, lines, practice_id, practitioner_id):
    command = ("practitioner", "set-role", "rivera@practice.example", "assistant", "--apply")
    assert "last_owner" in run(*command, fails=True)
    assert "not_found" in run(
        *("practitioner", "set-role", "nobody@practice.example", "owner", "--apply"), fails=True
    )


@pytest.fixture
def signed_in(world, practitioner_id, fresh_hash):
    """The practitioner, on a device."""
    sign_in(
        world.database,
        SignIn(email="rivera@practice.example", password=PASSWORD, device_hash=fresh_hash()),
        BY_ADMIN,
        turn=lambda _known: nullcontext(lambda *_: True),
        lifetime=Lifetime(120, 720),
        now=Clock().now(),
    )
    return practitioner_id


def test_a_practitioner_is_signed_out_everywhere(run, signed_in):
    command = ("practitioner", "end-devices", "RIVERA@practice.example")
    for arguments, ended in (((), 1), (("--apply",), 1), (("--apply",), 0)):
        assert f"end {ended} device(s) of {signed_in}" in run(*command, *arguments)


def test_a_lost_second_factor_is_reset(run, practitioner_id, world, lines):
    command = ("practitioner", "reset-second-factor", "RIVERA@practice.example")
    assert "no_second_factor" in run(*command, "--apply", fails=True)
    world.run(second_factors.switch_on, UUID(practitioner_id), Clock().now())
    for arguments, still in (((), True), (("--apply",), False)):
        assert f"the second factor of {practitioner_id}" in run(*command, *arguments)
        assert [one["second_factor"] for one in lines("practitioner", "list")] == [still]


def test_what_was_opened_in_an_emergency_is_listed_without_its_reason(run, lines, world):
    owner = world.owner()
    anna, access_id, now = world.client(owner), new_id(), Clock().now()
    world.run(
        emergencies.insert_access,
        emergencies.StoredEmergency(
            id=access_id,
            practice_id=owner.practice_id,
            client_id=anna,
            practitioner_id=owner.id,
            reason=b"sealed",
            opened_at=now,
            until=now + timedelta(hours=1),
            closed_at=None,
        ),
    )
    [listed] = lines("break-glass", "list", "--practice", owner.practice_id)
    assert (listed["id"], listed["client_id"], listed["closed_at"]) == (
        str(access_id),
        str(anna),
        None,
    )
    assert "reason" not in listed
    assert "[]" in run("break-glass", "list", "--practice", new_id(), "--json")


def test_clients_are_listed_by_id_and_by_name_only_when_asked(run, world):
    owner = world.owner()
    anna = world.client(owner)
    command = ("client", "list", "--practice", owner.practice_id)
    assert str(anna) in run(*command, "--json")
    assert "Anna" not in run(*command, "--json")
    assert "Anna" in run(*command, "--names", "--json")


def test_a_link_is_listed_and_revoked(run, lines, world):
    owner = world.owner()
    anna = world.client(owner)
    link = world.link(owner, anna)
    command = ("link", "list", anna, "--practice", owner.practice_id)
    run("link", "revoke", link.id)
    assert [row["state"] for row in lines(*command)] == ["live"]
    run("link", "revoke", link.id, "--apply")
    assert [row["state"] for row in lines(*command)] == ["revoked"]
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.actor_service) == ("link.revoked", "identity-links-admin")
    run("link", "revoke", anna, "--apply", fails=True)


def test_a_device_is_listed_and_ended(run, lines, world):
    from portal_chassis.clock import Clock

    world.now = Clock().now()
    owner = world.owner()
    world.enter(owner, world.client(owner))
    command = ("device", "list", "--practice", owner.practice_id)
    [device] = lines(*command)
    assert device["kind"] == "client"
    run("device", "end", device["id"], "--apply")
    assert lines(*command) == []
    assert world.acts(owner.practice_id)[-1] == ("device.revoked", "done")


def test_a_token_is_listed_and_revoked(run, lines, world):
    from portal_chassis.clock import Clock

    world.now = Clock().now()
    owner = world.owner()
    token_id = world.token(owner).id
    world.token(world.owner())
    command = ("tokens", "list", "--practice", owner.practice_id)
    run("tokens", "revoke", token_id)
    [listed] = lines(*command)
    assert (listed["id"], listed["practitioner_id"]) == (str(token_id), str(owner.id))
    assert (len(lines("tokens", "list")), "Backup" in str(listed)) == (2, False)
    run("tokens", "revoke", token_id, "--apply")
    assert lines(*command) == []
    row = world.log(owner.practice_id)[-1]
    assert (row.act, row.actor_service) == ("api_token.revoked", "identity-links-admin")
    run("tokens", "revoke", owner.id, "--apply", fails=True)


def test_the_log_is_listed_by_ids(lines, world):
    owner = world.owner()
    anna = world.client(owner)
    first, *_ = lines("access-log", "list", "--practice", owner.practice_id)
    assert (first["act"], first["client_id"]) == ("client.added", str(anna))
    assert lines("access-log", "list") == []


def test_a_good_log_verifies_and_a_changed_one_does_not(run, lines, world, database):
    owner = world.owner()
    world.client(owner)
    [chain] = lines("access-log", "verify")
    assert (chain["chain"], chain["rows"], chain["fault"]) == (str(owner.practice_id), 3, None)
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE access_log SET act = 'x' WHERE seq = 2"))
    engine.dispose()
    assert "altered" in run("access-log", "verify", fails=True)


def test_a_head_noted_down_elsewhere_proves_the_rows_up_to_it(run, lines, world):
    owner = world.owner()
    [chain] = lines("access-log", "verify")
    known = f"{chain['chain']}:{chain['rows']}:{chain['head']}"
    world.client(owner)
    run("access-log", "verify", "--known", known)
    other = f"{chain['chain']}:{chain['rows']}:{'0' * 64}"
    assert "noted down" in run("access-log", "verify", "--known", other, fails=True)
    assert "head_invalid" in run("access-log", "verify", "--known", "x", fails=True)


def test_status_tells_the_revision(lines):
    [status] = lines("status")
    assert status["revision"] == status["newest_revision"]
    assert status["revision"] == revisions.head("identity_links.migrations")


def test_a_team_is_run_from_the_command_line(run, lines, practice_id, practitioner_id):
    invite = ("practitioner", "invite", "ben@practice.example", "--practice", practice_id)
    assert "--apply" in run(*invite, "--name", "Ben")
    run(*invite, "--name", "Ben", "--role", "assistant", "--apply")
    assert "already_invited" in run(*invite, "--name", "Ben", fails=True)
    run("practitioner", "rename", "rivera@practice.example", "Dr. M. Rivera", "--apply")
    assert "last_owner" in run("practitioner", "deactivate", "rivera@practice.example", fails=True)
    add = ("practitioner", "add", "desk@practice.example", "--practice", practice_id)
    role = ("--name", "Desk", "--role", "assistant", "--password-stdin", "--apply")
    run(*add, *role, typed=f"{PASSWORD}\n")
    desk = ("practitioner", "works-for", "desk@practice.example")
    run(*desk, "--for", "rivera@practice.example", "--apply")
    owner = ("practitioner", "works-for", "rivera@practice.example", "--apply")
    assert "is owner; only an assistant works for others" in run(*owner, fails=True)
    assert "works_for_unknown" in run(*desk, "--for", "desk@practice.example", fails=True)
    for command, active in (("deactivate", False), ("reactivate", True)):
        run("practitioner", command, "desk@practice.example", "--apply")
        listed = {
            one["email"]: (one["name"], one["active"]) for one in lines("practitioner", "list")
        }
        assert listed == {
            "rivera@practice.example": ("Dr. M. Rivera", True),
            "desk@practice.example": ("Desk", active),
        }


def test_caseloads_are_listed_shared_withdrawn_and_assigned(run, lines, practice_id, world):
    owner, _ = (
        world.practitioner(UUID(practice_id), role, email=f"{role}@practice.example")
        for role in (Role.OWNER, Role.PRACTITIONER)
    )
    anna = str(world.client(owner))

    def kinds(email):
        return [one["kind"] for one in lines("caseload", "list", email)]

    mails = "owner@practice.example", "practitioner@practice.example"
    assert "--apply" in run("caseload", "share", anna, mails[1])
    assert [*map(kinds, mails)] == [["own"], []]
    run("caseload", "share", anna, mails[1], "--apply")
    assert [*map(kinds, mails)] == [["own"], ["shared"]]
    assert "main_practitioner" in run("caseload", "withdraw", anna, mails[0], fails=True)
    run("caseload", "assign", anna, mails[1], "--keep-shared", "--apply")
    assert [*map(kinds, mails)] == [["shared"], ["own"]]
    run("caseload", "withdraw", anna, mails[0], "--apply")
    assert [*map(kinds, mails)] == [[], ["own"]]


@pytest.mark.usefixtures("signed_in")
def test_after_a_restore_links_and_devices_end(run):
    assert run("restored").startswith("Would: end 0 link(s) and 1 device(s)")
    assert run("restored", "--apply").startswith("end 0 link(s) and 1 device(s)")
    assert run("restored", "--apply").startswith("end 0 link(s) and 0 device(s)")


def test_help_names_every_field_of_a_practice_with_what_may_be_typed(run):
    said = " ".join(run("practice", "set", "--help").replace("│", " ").split())
    for words in practice_field_words():
        assert words in said
    for one in ("single_use (yes, no)", "link_days (number)", "name (text)"):
        assert one in said
    assert "second_factor_from (YYYY-MM-DD, no)" in said
