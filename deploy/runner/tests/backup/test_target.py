"""Where backups lie: which of them brings back an instant, and which are removed."""

import contextlib
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from portal_runner.backup.choosing import choose
from portal_runner.backup.streams import BackupError
from portal_runner.backup.target import (
    FORMAT,
    Archived,
    Manifest,
    Run,
    Target,
    position_of,
    position_text,
    segment_name,
)

SEGMENT = 1 << 24
DAY = timedelta(days=1)
THEN = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def target(tmp_path):
    found = Target(tmp_path, "portal-1")
    found.prepare()
    return found


def base(target, began_at, segment, timeline=1):
    manifest = Manifest(
        format=FORMAT,
        installation="portal-1",
        portal="1",
        postgres=18,
        timeline=timeline,
        began_at=began_at,
        ended_at=began_at + timedelta(minutes=1),
        position=segment * SEGMENT + 100,
        ran=True,
        revisions={},
        master_keys=[],
        files=[],
    )
    with target.new_base(began_at) as folder:
        (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))


def archive(target, *runs):
    written = []
    for timeline, first, last, since, until in runs:
        for segment in range(first, last + 1):
            name = segment_name(timeline, segment * SEGMENT, SEGMENT)
            partial = ".partial" if segment == last else ""
            (target.log_folder / f"{name}{partial}.gz").touch()
        written.append(
            Run(
                timeline=timeline,
                begins=first * SEGMENT,
                ends=last * SEGMENT + 500,
                since=since,
                until=until,
            )
        )
    target.write_archived(Archived(SEGMENT, written))


def test_positions_are_written_as_postgresql_writes_them():
    assert position_of("1/3000028") == (1 << 32) + 0x3000028
    assert position_text(position_of("AB/C0")) == "AB/C0"
    assert segment_name(2, position_of("1/3000028"), SEGMENT) == "000000020000000100000003"


def test_the_newest_base_backup_before_the_instant_and_the_log_from_it_on(target, tmp_path):
    for day, segment in ((0, 1), (1, 3), (2, 5)):
        base(target, THEN + day * DAY, segment)
    archive(target, (1, 1, 7, THEN, THEN + 3 * DAY))
    last = choose(tmp_path, None)
    assert last.reaches == THEN + 3 * DAY
    assert [name[-1] for _path, name in last.log_files] == ["5", "6", "7"]
    between = choose(target.home, THEN + DAY + timedelta(hours=5))
    assert between.base.manifest.began_at == THEN + DAY
    assert between.stops_at == THEN + DAY + timedelta(hours=5)
    # The log ends here: there is nothing to stop at.
    assert choose(tmp_path, THEN + 9 * DAY).stops_at is None
    with pytest.raises(BackupError, match=r"oldest backup .* is of 2026-12-01T03:01:00Z"):
        choose(tmp_path, THEN)


def test_over_a_gap_of_the_log_nothing_is_played(target, tmp_path):
    base(target, THEN, 1)
    archive(
        target,
        (1, 1, 2, THEN, THEN + DAY),
        (1, 9, 10, THEN + 2 * DAY, THEN + 3 * DAY),
    )
    choice = choose(tmp_path, None)
    assert choice.reaches == THEN + DAY
    assert len(choice.log_files) == 2


def test_the_log_of_another_timeline_is_another_log(target, tmp_path):
    base(target, THEN, 1)
    archive(target, (2, 1, 2, THEN, THEN + DAY))
    choice = choose(tmp_path, None)
    assert (choice.run, choice.log_files) == (None, [])
    assert choice.reaches == THEN


def test_a_missing_file_of_the_log_is_told(target, tmp_path):
    base(target, THEN, 1)
    archive(target, (1, 1, 3, THEN, THEN + DAY))
    (target.log_folder / f"{segment_name(1, 2 * SEGMENT, SEGMENT)}.gz").unlink()
    with pytest.raises(BackupError, match="000000010000000000000002"):
        choose(tmp_path, None)


def test_an_instant_before_a_missing_file_of_the_log_is_brought_back_by_what_is_there(
    target, tmp_path
):
    base(target, THEN, 3)
    archive(target, (1, 3, 6, THEN, THEN + DAY))
    missing = target.log_folder / f"{segment_name(1, 5 * SEGMENT, SEGMENT)}.gz"
    missing.unlink()
    choice = choose(tmp_path, THEN + timedelta(hours=2))
    assert choice.missing == missing.name
    assert [name[-1] for _path, name in choice.log_files] == ["3", "4"]


def test_old_base_backups_go_and_the_log_before_the_oldest_that_is_left(target):
    for day, segment in ((0, 1), (10, 3), (40, 5)):
        base(target, THEN + day * DAY, segment)
    archive(target, (1, 1, 6, THEN, THEN + 41 * DAY))
    assert target.prune(35 * DAY, THEN + 41 * DAY) == 1
    assert [one.manifest.began_at for one in target.bases()] == [THEN + 10 * DAY, THEN + 40 * DAY]
    assert sorted(path.name[23] for path in target.log_folder.glob("*.gz")) == ["3", "4", "5", "6"]
    # The last one stays, however old it is: there is no other.
    assert target.prune(35 * DAY, THEN + 900 * DAY) == 1
    assert len(target.bases()) == 1
    # But not where another portal has taken over.
    assert target.prune(35 * DAY, THEN + 900 * DAY, last_too=True) == 1
    assert not target.home.exists()


def test_a_base_backup_that_was_not_finished_is_none(target, tmp_path):
    with contextlib.suppress(OSError), target.new_base(THEN) as folder:
        (folder / "manifest.json").touch()
        raise OSError
    assert target.bases() == []
    assert list(target.bases_folder.iterdir()) == []
    with pytest.raises(BackupError, match="no base backup"):
        choose(tmp_path, None)


def test_which_portal_is_asked_where_there_are_several(target, tmp_path):
    Target(tmp_path, "portal-2").prepare()
    with pytest.raises(BackupError, match=r"portal-1, .*portal-2"):
        choose(tmp_path, None)
    with pytest.raises(BackupError, match="no backups"):
        choose(tmp_path / "portal-1" / "log", None)


def test_a_target_that_is_not_mounted_is_not_made(tmp_path):
    with pytest.raises(BackupError, match="mount"):
        Target(tmp_path / "absent", "portal-1").prepare()


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "portal-1/../..", "", "portal-1\n"])
def test_a_manifest_names_no_place_elsewhere(target, name):
    base(target, THEN, 1)
    [path] = target.bases_folder.glob("*/manifest.json")
    said = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode(said | {"installation": name}))
    with pytest.raises(BackupError, match="cannot be read"):
        target.bases()
