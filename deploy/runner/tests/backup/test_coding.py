"""Files of a backup: compressed, sealed, and known by their hashes."""

import errno
import io
import os

import pyrage
import pytest

from portal_runner.backup.coding import Identities, Recipients, digest_of
from portal_runner.backup.streams import BackupError, Joined

CONTENT = os.urandom(300_000) + bytes(3_000_000)


@pytest.fixture
def identity(tmp_path):
    secret = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"# made for a test\n{secret}\n")
    return tmp_path / "identity", str(secret.to_public())


def read(identities, path):
    with identities.open(path) as source:
        return source.read(10) + source.read()


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_written_is_read(tmp_path, identity, sealed):
    file, public = identity
    recipients = Recipients.named(public) if sealed else Recipients()
    stored = recipients.write(io.BytesIO(CONTENT), tmp_path, "cluster.tar")
    assert stored.name == ("cluster.tar.gz.age" if sealed else "cluster.tar.gz")
    assert stored.size < len(CONTENT) / 2
    assert digest_of(tmp_path / stored.name) == stored
    assert read(Identities.of(file), tmp_path / stored.name) == CONTENT


def test_a_sealed_file_opens_for_its_recipient_alone(tmp_path, identity):
    stored = Recipients.named(identity[1]).write(Joined([CONTENT]), tmp_path, "x")
    with pytest.raises(BackupError, match="--identity"):
        read(Identities(), tmp_path / stored.name)
    other = Identities((str(pyrage.x25519.Identity.generate()),))
    with pytest.raises(BackupError, match="cannot be opened"):
        read(other, tmp_path / stored.name)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_file_that_was_cut_short_is_told(tmp_path, identity, sealed):
    file, public = identity
    recipients = Recipients.named(public) if sealed else Recipients()
    path = tmp_path / recipients.write(Joined([CONTENT]), tmp_path, "x").name
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(BackupError, match="damaged"):
        read(Identities.of(file), path)


def test_whoever_has_read_enough_may_stop(tmp_path, identity):
    file, public = identity
    stored = Recipients.named(public).write(Joined([CONTENT]), tmp_path, "x")
    with Identities.of(file).open(tmp_path / stored.name) as source:
        assert source.read(5) == CONTENT[:5]


def test_a_disk_that_is_full_keeps_nothing_half_written(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Recipients().write(Joined([CONTENT]), tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_key_is_refused_in_words(tmp_path):
    with pytest.raises(BackupError, match="age1"):
        Recipients.named("ssh-rsa AAAA")
    (tmp_path / "identity").write_text("nothing")
    with pytest.raises(BackupError, match="AGE-SECRET-KEY"):
        Identities.of(tmp_path / "identity")
