"""What somebody put into a backup who could write where it lies."""

from __future__ import annotations

import io
import tarfile

import pytest

from portal_runner.backup.base_backup import LEFT_OUT
from portal_runner.backup.coding import Identities, Recipients
from portal_runner.backup.streams import BackupError
from portal_runner.backup.unpacking import extract

FILE = {"type": tarfile.REGTYPE}


@pytest.fixture
def bring_back(tmp_path):
    """Brings members back into a folder; the folder."""
    folder = tmp_path / "var"
    folder.mkdir()

    def run(*members):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, said in members:
                member = tarfile.TarInfo(name)
                member.size = 4 if said == FILE else 0
                for fact, value in said.items():
                    setattr(member, fact, value)
                tar.addfile(member, io.BytesIO(b"mine"))
        stored = Recipients().write(io.BytesIO(out.getvalue()), tmp_path, "files.tar")
        extract(tmp_path / stored.name, folder, Identities(), never=LEFT_OUT)
        return folder

    return run


def test_files_and_folders_come_back(bring_back):
    folder = bring_back(("mail", {"type": tarfile.DIRTYPE}), ("mail/one.eml", FILE))
    assert (folder / "mail" / "one.eml").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("predecessors", {"type": tarfile.SYMTYPE, "linkname": "../victim"}),
        ("predecessors", {"type": tarfile.SYMTYPE, "linkname": "mail"}),
        ("predecessors", {"type": tarfile.LNKTYPE, "linkname": "demo.json"}),
        ("tap", {"type": tarfile.FIFOTYPE}),
        ("disk", {"type": tarfile.BLKTYPE, "devmajor": 8}),
        ("../victim", FILE),
        ("/victim", FILE),
        ("installation", FILE),
        ("./installation", FILE),
        ("mail/../installation", FILE),
        ("postgres/data/PG_VERSION", FILE),
    ],
)
def test_what_leads_elsewhere_or_names_the_portal_is_refused(bring_back, tmp_path, name, said):
    with pytest.raises(BackupError, match="which no backup does"):
        bring_back((name, said))
    assert list((tmp_path / "var").iterdir()) == []
    assert not (tmp_path / "victim").exists()
