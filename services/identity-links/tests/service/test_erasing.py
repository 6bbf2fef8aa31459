"""Erasing what was sealed for a client."""

from __future__ import annotations

from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from identity_links.admin import app
from identity_links.domain.attribution import BY_ADMIN
from identity_links.operations import clients, links
from identity_links.operations.erasing import erase_client
from identity_links.storage import tables
from identity_links.transports.erasure_ledger import FILE_NAME, read_ledger
from portal_contracts.envelope import Event
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.identity_links.events import ClientErased
from portal_contracts.identity_links.rpc.clients import (
    ClientFields,
    ClientStatus,
    EditClient,
    GetClient,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.entering import EntryOutcome
from portal_contracts.identity_links.rpc.links import ShareLink
from portal_contracts.identity_links.rpc.targets import Target


@pytest.fixture
def owner(world):
    return world.owner()


@pytest.fixture
def client_id(world, owner):
    return world.client(owner, remark="Sleeps badly.")


def erase(world, client_id):
    return world.run(erase_client, client_id, BY_ADMIN, now=world.now)


def details(world, owner, client_id):
    command = GetClient(client_id=client_id, with_remark=True)
    return world.ask(clients.get_client, command, owner, sealer=world.sealer)


def published(world):
    query = select(tables.chassis.outbox.c.body).where(
        tables.chassis.outbox.c.type == ClientErased.TYPE
    )
    with world.database.transaction() as tx:
        return [
            msgspec.json.decode(body, type=Event[ClientErased])
            for body in tx.execute(query).scalars()
        ]


def test_an_erased_client_has_no_remark_is_shut_out_and_told_of(world, owner, client_id):
    link = world.link(owner, client_id)
    world.enter(owner, client_id)
    assert details(world, owner, client_id).remark == "Sleeps badly."
    assert erase(world, client_id)
    shown = details(world, owner, client_id)
    assert (shown.remark, shown.status) == ("", ClientStatus.ARCHIVED)
    assert shown.erased_at == world.now
    assert world.redeem(link.token_hash).outcome is not EntryOutcome.ENTERED
    [event] = published(world)
    assert event.data.client_id == client_id
    acts = [act for act, _ in world.acts(owner.practice_id)]
    assert acts.count("client.erased") == 1
    assert "device.revoked" in acts


def test_a_repetition_changes_nothing(world, owner, client_id):
    assert erase(world, client_id)
    rows = world.acts(owner.practice_id)
    assert not erase(world, client_id)
    assert len(published(world)) == 1
    assert world.acts(owner.practice_id) == rows


def test_nothing_more_is_written_down_of_an_erased_client(world, owner, client_id):
    erase(world, client_id)
    version = details(world, owner, client_id).version
    fields = ClientFields(name="Anna", email="anna@example.org", remark="New.")
    command = EditClient(client_id=client_id, version=version, fields=fields)
    with pytest.raises(Conflict, match="erased"):
        world.ask(clients.edit_client, command, owner, sealer=world.sealer)
    for status in ClientStatus:
        command = SetClientStatus(client_id=client_id, status=status)
        with pytest.raises(Conflict, match="erased"):
            world.ask(clients.set_client_status, command, owner)
    with pytest.raises(Conflict):
        world.ask(links.share_link, ShareLink(client_id=client_id, target=Target()), owner)


def test_an_unknown_client_is_refused(world):
    with pytest.raises(NotFound):
        erase(world, uuid4())


class TestTheCommand:
    """``identity-links-admin client erase``."""

    @pytest.fixture
    def ledgers(self, tmp_path, monkeypatch):
        folders = [tmp_path / "here", tmp_path / "there"]
        for folder in folders:
            folder.mkdir()
        monkeypatch.setenv("IDENTITY_LINKS_ERASURE_LEDGERS", f"{folders[0]}:{folders[1]}")
        return folders

    @pytest.fixture
    def run(self, database, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("IDENTITY_LINKS_DATABASE_URL", database.runtime_url)

        def run(*arguments, code=0):
            done = CliRunner().invoke(app, ["client", "erase", *(str(one) for one in arguments)])
            assert done.exit_code == code, done.output
            return " ".join(done.output.split())

        return run

    def test_it_is_in_every_ledger_before_it_is_done(self, run, ledgers, world, owner, client_id):
        assert "Would: erase the client" in run(client_id)
        assert not (ledgers[0] / FILE_NAME).exists()
        run(client_id, "--apply")
        for folder in ledgers:
            assert [one.client_id for one in read_ledger(folder)] == [client_id]
        assert details(world, owner, client_id).erased_at is not None

    def test_a_ledger_that_cannot_be_written_keeps_everything_as_it_was(
        self, run, ledgers, world, owner, client_id
    ):
        ledgers[1].rmdir()
        assert "Nothing was erased" in run(client_id, "--apply", code=1)
        assert details(world, owner, client_id).remark == "Sleeps badly."
        assert published(world) == []
        ledgers[1].mkdir()
        run(client_id, "--apply")
        assert len(read_ledger(ledgers[0])) == len(read_ledger(ledgers[1])) == 1

    def test_a_ledger_that_is_new_is_given_all_that_was_erased_before(
        self, run, ledgers, world, owner, client_id, monkeypatch
    ):
        monkeypatch.setenv("IDENTITY_LINKS_ERASURE_LEDGERS", str(ledgers[0]))
        run(client_id, "--apply")
        monkeypatch.setenv("IDENTITY_LINKS_ERASURE_LEDGERS", f"{ledgers[0]}:{ledgers[1]}")
        assert "erased before" in run(client_id, "--apply")
        assert read_ledger(ledgers[1]) == read_ledger(ledgers[0])

    def test_without_a_data_folder_a_ledger_has_to_be_named(self, run, client_id):
        assert "IDENTITY_LINKS_ERASURE_LEDGERS: needed" in run(client_id, "--apply", code=1)

    def test_an_unknown_client_is_told_and_in_no_ledger(self, run, ledgers):
        run(uuid4(), "--apply", code=1)
        assert read_ledger(ledgers[0]) == []
