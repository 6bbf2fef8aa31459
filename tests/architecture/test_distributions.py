"""Each distribution names what it uses; the locks pin all of it."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from typer.testing import CliRunner

from portal_contracts.catalogue import SERVICES

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(
    path.parent
    for pattern in ("libs/*", "services/*", "gateway", "deploy/runner")
    for path in ROOT.glob(f"{pattern}/pyproject.toml")
)
OWN_PACKAGES = {
    package.name: [tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["name"]]
    for folder in FOLDERS
    for package in folder.glob("src/*")
}
every_distribution = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def project(folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def canonical(name: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", name)
    assert match
    return re.sub(r"[._-]+", "-", match.group()).lower()


def needs(table: dict[str, Any]) -> set[str]:
    """What it depends on, with its extras and those extras of ours that it names."""
    extras = table.get("optional-dependencies", {}).values()
    listed = [*table["dependencies"], *(one for extra in extras for one in extra)]
    found = {canonical(one) for one in listed}
    for one in listed:
        other = next((t for t in map(project, FOLDERS) if t["name"] == canonical(one)), None)
        if other and "[" in one:
            found |= needs(other)
    return found


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Top-level packages that the sources import, with one place each."""
    for path in folder.glob("src/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            else:
                continue
            for name in names:
                yield name.split(".")[0], str(path.relative_to(ROOT))


@every_distribution
def test_a_distribution_declares_every_package_it_imports(folder: Path):
    table = project(folder)
    declared = needs(table) | {canonical(table["name"])}
    providers = packages_distributions() | OWN_PACKAGES
    missing = {}
    for package, place in imported(folder):
        if package in sys.stdlib_module_names or (folder / "src" / package).exists():
            continue
        owners = {canonical(name) for name in providers.get(package, [package])}
        if not owners & declared:
            missing[package] = place
    assert missing == {}


@every_distribution
def test_a_distribution_says_what_it_is(folder: Path):
    table = project(folder)
    # A name of our own, that no foreign package of a registry answers to.
    assert table["name"].startswith("portal-")
    assert table["license"] == "Apache-2.0"
    assert table["requires-python"] == ">=3.11"
    assert table["description"].endswith(".")
    assert re.fullmatch(r"\d+\.\d+\.\d+", table["version"])


def test_all_distributions_images_and_manifests_have_one_version():
    version = project(FOLDERS[0])["version"]
    assert {project(folder)["version"] for folder in FOLDERS} == {version}
    tagged = 0
    for path in [
        ROOT / "docker-compose.yml",
        ROOT / "README.md",
        *ROOT.glob("deploy/**/*.md"),
        *ROOT.glob("deploy/**/*.yaml"),
        *ROOT.glob("**/Dockerfile"),
    ]:
        text = path.read_text("utf-8")
        tags = re.findall(r"latchkey/[a-z-]+:([\d.]+)|newTag: \"([^\"]+)\"", text)
        assert {one or other for one, other in tags} <= {version}, path
        tagged += len(tags)
    assert tagged > len(FOLDERS)


def test_the_changelog_has_a_dated_section_for_the_version_and_one_for_what_comes():
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    version = re.escape(project(FOLDERS[0])["version"])
    assert re.fullmatch(rf"\[{version}\] - \d{{4}}-\d\d-\d\d", heads[1])


def test_another_version_is_given_to_all_of_it_at_once(tmp_path):
    copied = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    kinds = ("pyproject.toml", "Dockerfile", "docker-compose.yml", "set-version")
    for name in copied.split("\0"):
        if name.endswith(kinds) or name.startswith("deploy/kubernetes"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    script = tmp_path / "deploy" / "set-version"
    subprocess.run([script, "9.8.7"], check=True)
    version = project(FOLDERS[0])["version"]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or f'"{version}"' not in path.read_text("utf-8"), path
        assert not path.is_file() or f":{version}" not in path.read_text("utf-8"), path
    assert subprocess.run([script, "next"], check=False, capture_output=True).returncode == 2


@every_distribution
def test_a_wheel_holds_licence_and_readme(folder: Path, tmp_path: Path):
    [wheel] = WheelBuilder(str(folder)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
        [licence] = [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
        assert held.read(licence) == (ROOT / "LICENSE").read_bytes()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        text = held.read(metadata).decode()
    assert "License-File: LICENSE" in text
    assert (folder / "README.md").read_text("utf-8").strip() in text


def test_every_command_says_its_version():
    version = project(FOLDERS[0])["version"]
    for name in ("portal_runner.cli", *(f"{service}.admin" for service in SERVICES)):
        said = CliRunner().invoke(importlib.import_module(name).app, ["--version"])
        assert (said.exit_code, said.output) == (0, f"Latchkey {version}\n"), name


@every_distribution
def test_every_requirement_has_a_lower_and_an_upper_bound(folder: Path):
    own = {project(other)["name"] for other in FOLDERS}
    calendars = {"tzdata"}  # versions are dates: the newest is always right
    for requirement in project(folder)["dependencies"]:
        name = canonical(requirement)
        if name not in own:
            assert ">=" in requirement, requirement
            assert "<" in requirement or name in calendars, requirement


def test_the_lock_pins_everything_with_hashes():
    pinned = locked(ROOT / "requirements.lock")
    developed = locked(ROOT / "requirements-dev.lock")
    own = {canonical(project(folder)["name"]) for folder in FOLDERS}
    for folder in FOLDERS:
        table = project(folder)
        assert {canonical(one) for one in table["dependencies"]} - own <= set(pinned), folder.name
        assert needs(table) - own <= set(developed), folder.name
    assert {
        name: version for name, version in pinned.items() if developed.get(name) != version
    } == {}


@every_distribution
def test_what_the_lock_pins_is_what_is_asked_for(folder: Path):
    pinned = locked(ROOT / "requirements.lock")
    asked = [Requirement(one) for one in project(folder)["dependencies"]]
    assert [
        f"{one} is pinned to {pinned[canonical(one.name)]}"
        for one in asked
        if canonical(one.name) in pinned and pinned[canonical(one.name)] not in one.specifier
    ] == []


def locked(path: Path) -> dict[str, str]:
    """Name to version; every entry has a hash."""
    entries = re.split(r"\n(?=[a-z0-9])", path.read_text("utf-8"))
    found = {}
    for entry in entries:
        if match := re.match(r"([a-z0-9.-]+)==(\S+)", entry):
            assert "--hash=sha256:" in entry, match.group()
            found[canonical(match.group(1))] = match.group(2)
    return found


def test_the_scripts_people_type_are_there():
    scripts = {name for folder in FOLDERS for name in project(folder).get("scripts", {})}
    assert scripts == {"portal", *(f"{name.replace('_', '-')}-admin" for name in SERVICES)}
