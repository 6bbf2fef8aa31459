"""What operations tells to back up, restore, move and rotate is run as it stands there."""

from __future__ import annotations

import base64
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from portal_contracts.catalogue import SERVICES
from portal_runner.data_folder import DataFolder
from tests.kit import ROOT
from tests.kit.portal.portals import Portal
from tests.kit.waiting import eventually

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]

OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
SERVED = {"PORTAL_PUBLIC_URL": "https://portal.example.org"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def commands(heading: str) -> list[str]:
    """The lines of the blocks of shell below a heading."""
    section = OPERATIONS.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


class Shell:
    """Runs what a document says, with its words for places replaced."""

    def __init__(self, portal: Portal, places: dict[str, Path]) -> None:
        self.portal = portal
        self.places = {word: str(path) for word, path in places.items()}

    def run(self, line: str, *, instant: str = "") -> str:
        words = [self.places.get(word, word) for word in shlex.split(line)]
        words = [instant if instant and INSTANT.fullmatch(word) else word for word in words]
        if words[0] == "portal":
            words[:1] = [sys.executable, "-m", "portal_runner.cli"]
        done = subprocess.run(
            words,
            env=self.portal.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_back_up_restore_and_move(start_portal):
    portal = start_portal("serve", environment=SERVED)
    parent = portal.folder.parent
    places = {
        "var": portal.folder,
        "BACKUPS": parent / "backups",
        "new": parent / "new",
        "master.key": next((portal.config / "latchkey").glob("*.key")),
    }
    places["BACKUPS"].mkdir()
    shell = Shell(portal, places)
    [back_up] = commands("Back up")
    assert "its invariants hold" in shell.run(back_up)
    [restore] = commands("Restore")
    assert "is missing" in shell.run(restore)
    served = start_portal("serve", folder=places["new"], environment=served_with(portal))
    assert DataFolder(served.folder).name != DataFolder(portal.folder).name
    served.stop()

    portal.stop()
    back_up, move = commands("Move to another machine")
    said = shell.run(back_up)
    [instant] = set(INSTANT.findall(said.partition("--stopped-at")[2]))
    shell.places["var"] = str(parent / "moved")
    assert "nothing is missing" in shell.run(move, instant=instant)


def test_rotate_the_master_key(start_portal):
    # With people in it, of whom something is sealed; `serve` does not take their folder.
    portal = start_portal("try")
    portal.stop()
    make, close, keep, export, serve, look, put, unset, again = commands("Rotate the master key")
    parent = portal.folder.parent
    [own] = (portal.config / "latchkey").glob("*.key")
    files = {"new.key": parent / "new.key", "former.keys": parent / "former.keys"}
    files["~/.config/latchkey/NAME.key"] = own

    def run(line: str) -> None:
        words = [str(files.get(word, word)) for word in shlex.split(line)]
        subprocess.run(words, check=True)

    program, _, target = make.partition(" > ")
    key = subprocess.run(shlex.split(program), capture_output=True, check=True).stdout
    files[target].write_bytes(key)
    run(close)
    run(keep)
    named = dict(word.split("=") for word in shlex.split(export)[1:])
    variables = {name: str(files[file]) for name, file in named.items()}
    assert shlex.split(serve)[:2] == shlex.split(again)[:2] == ["portal", "serve"]
    both = start_portal("try", folder=portal.folder, environment=variables)
    assert shlex.split(look)[:2] == ["portal", "doctor"]
    said = eventually(lambda: wrapped_anew(both), within=60, every=1)
    assert said.count("open nothing here any more") == len(SERVICES)
    both.stop()

    former = base64.b64encode(base64.b64decode(files["former.keys"].read_bytes()))
    assert own.read_bytes().strip() == former
    refused = portal.command("try", "--var", str(portal.folder))
    assert refused.returncode != 0
    assert "not the key that the data of" in refused.stdout + refused.stderr
    run(put)
    assert own.read_bytes() == key
    assert set(shlex.split(unset)[1:]) == set(variables)
    alone = start_portal("try", folder=portal.folder)
    assert "✗ master key" not in alone.command("doctor", "--var", str(alone.folder)).stdout
    alone.stop()


def wrapped_anew(portal: Portal) -> str:
    """What the doctor says, once nothing is left to be wrapped anew."""
    said = portal.command("doctor", "--var", str(portal.folder)).stdout
    assert "✗ master key" not in said
    assert "wrapped by a former master key" not in said
    return said


def served_with(portal: Portal) -> dict[str, str]:
    """The variables of another portal that looks for keys where `portal` does."""
    return SERVED | {"XDG_CONFIG_HOME": str(portal.config)}
