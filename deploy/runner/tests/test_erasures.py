"""Who was erased stays erased when an older backup is restored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from identity_links.domain.erasures import Erasure
from identity_links.transports.erasure_ledger import LedgerError, add_to_ledger
from portal_chassis.database.erasure import erased_at
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.ids import new_id
from portal_contracts.catalogue import SERVICES
from portal_runner.erasures import replay_erasures, run_erase_again

SEALER = Sealer(b"k" * 32)
PLACE = {"table": "t", "column": "c", "row": "1"}
THEN = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def restored(migrated_database):
    """The databases of a backup, which know of no erasure."""
    return {name: migrated_database(name) for name in SERVICES}


def seal(restored, client_id):
    sealed = {}
    for name, database in restored.items():
        with database.transaction() as tx:
            sealed[name] = SEALER.seal(tx, client_id, "words", **PLACE)
    return sealed


def test_every_client_of_every_ledger_is_erased_again_in_every_database(restored, tmp_path):
    first, second, other = new_id(), new_id(), new_id()
    sealed = {one: seal(restored, one) for one in (first, second, other)}
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, erased in zip(folders, ([first], [first, second]), strict=True):
        folder.mkdir()
        add_to_ledger(folder, [Erasure(one, THEN) for one in erased])
    for _repetition in range(2):
        assert replay_erasures(restored, folders) == 2
        for name, database in restored.items():
            with database.transaction() as tx:
                for one in (first, second):
                    assert erased_at(tx, one) == THEN
                    with pytest.raises(KeyErased):
                        SEALER.open(tx, one, sealed[one][name], **PLACE)
                assert SEALER.open(tx, other, sealed[other][name], **PLACE) == "words"


def test_a_ledger_that_was_changed_erases_nothing_and_is_told(restored, tmp_path):
    client_id = new_id()
    seal(restored, client_id)
    add_to_ledger(tmp_path, [Erasure(client_id, THEN)])
    (tmp_path / "erased-clients.jsonl").write_text("nonsense\n")
    with pytest.raises(LedgerError):
        replay_erasures(restored, [tmp_path])
    with restored["forms"].transaction() as tx:
        assert erased_at(tx, client_id) is None


def test_by_command_in_the_databases_of_the_environment(restored, tmp_path, monkeypatch, capsys):
    for name, database in restored.items():
        monkeypatch.setenv(f"{name.upper()}_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("PORTAL_AMQP_URI", "memory://")
    client_id = new_id()
    seal(restored, client_id)
    assert run_erase_again([tmp_path], None) == 1
    assert f"no ledger of erased clients in {tmp_path}" in capsys.readouterr().err
    add_to_ledger(tmp_path, [Erasure(client_id, THEN)])
    assert run_erase_again([tmp_path], None) == 0
    assert "1 client(s)" in capsys.readouterr().out
    for database in restored.values():
        with database.transaction() as tx:
            assert erased_at(tx, client_id) == THEN
    (tmp_path / "erased-clients.jsonl").write_text("nonsense\n")
    assert run_erase_again([tmp_path], None) == 1
    assert "was changed" in capsys.readouterr().err
