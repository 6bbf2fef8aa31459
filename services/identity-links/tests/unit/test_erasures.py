"""The ledger of erased clients: added to, never changed, complete after a crash."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from identity_links.domain.erasures import Erasure
from identity_links.transports.erasure_ledger import (
    FILE_NAME,
    LedgerError,
    add_to_ledger,
    read_ledger,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def erasures():
    return [Erasure(uuid4(), NOW + timedelta(hours=number)) for number in range(4)]


def test_what_is_added_is_read_again_and_each_client_once(tmp_path, erasures):
    assert read_ledger(tmp_path) == []
    assert add_to_ledger(tmp_path, erasures[:2]) == 2
    assert add_to_ledger(tmp_path, [*erasures[:3], erasures[2]]) == 1
    assert add_to_ledger(tmp_path, erasures[:3]) == 0
    assert read_ledger(tmp_path) == erasures[:3]
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_line_names_an_id_and_an_instant_and_nothing_else(tmp_path, erasures):
    add_to_ledger(tmp_path, erasures[:1])
    [line] = (tmp_path / FILE_NAME).read_text().splitlines()
    facts = json.loads(line)
    assert set(facts) == {"client_id", "erased_at", "previous", "hash"}
    assert facts["client_id"] == str(erasures[0].client_id)
    assert facts["erased_at"] == "2026-12-01T12:00:00+00:00"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda lines: [lines[0], lines[2]], id="a line removed"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], id="lines exchanged"),
        pytest.param(lambda lines: lines[1:], id="the first removed"),
        pytest.param(lambda lines: [lines[0].replace("T12", "T11"), *lines[1:]], id="an instant"),
        pytest.param(lambda lines: [*lines, "{}"], id="no erasure"),
        pytest.param(lambda lines: [*lines, "[]"], id="no object"),
        pytest.param(lambda lines: [*lines, "nonsense"], id="no JSON"),
        pytest.param(lambda lines: [*lines, ""], id="an empty line"),
    ],
)
def test_a_ledger_that_was_changed_is_neither_read_nor_added_to(tmp_path, erasures, change):
    add_to_ledger(tmp_path, erasures[:3])
    path = tmp_path / FILE_NAME
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    before = path.read_bytes()
    for attempt in (lambda: read_ledger(tmp_path), lambda: add_to_ledger(tmp_path, erasures)):
        with pytest.raises(LedgerError, match="was changed"):
            attempt()
    assert path.read_bytes() == before


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_line_that_a_crash_cut_short_is_written_over(tmp_path, erasures, cut):
    add_to_ledger(tmp_path, erasures[:2])
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:-cut])
    assert read_ledger(tmp_path) == erasures[:1]
    assert add_to_ledger(tmp_path, erasures[:2]) == 1
    assert read_ledger(tmp_path) == erasures[:2]


def test_two_at_once_leave_one_whole_ledger(tmp_path):
    erasures = [Erasure(uuid4(), NOW) for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: add_to_ledger(tmp_path, [one]), erasures))
    assert {one.client_id for one in read_ledger(tmp_path)} == {one.client_id for one in erasures}


def test_a_target_that_is_not_there_is_not_made(tmp_path, erasures):
    away = tmp_path / "not mounted"
    with pytest.raises(LedgerError, match="cannot be used: No such file"):
        add_to_ledger(away, erasures)
    assert not away.exists()
