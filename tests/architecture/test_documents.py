"""Documents: links lead somewhere, commands exist, decisions keep their form."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from portal_chassis.metrics import DECLARED

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = sorted(path.name for path in (ROOT / "docs" / "reference").iterdir())
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
COMMAND = r"(?:`|^)make ([a-z-]+)(?=`| [A-Z]+=|$)"
MOST_BYTES_OF_PICTURES = 400_000
PARTS = ["Status", "Context", "Decision", "Consequences", "Rejected alternatives"]


def write_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_reference", ROOT / "docs" / "write_reference.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_writes():
    assert set(REFERENCE) == write_reference().DOCUMENTS.keys()


@pytest.mark.parametrize("name", REFERENCE)
def test_the_reference_says_what_the_code_says(name: str):
    written = (ROOT / "docs" / "reference" / name).read_text("utf-8")
    assert written == write_reference().DOCUMENTS[name](), "make reference brings it up to date"


def test_every_metric_is_declared_where_the_reference_finds_it(tracked: list[Path]):
    allowed = {"metrics.py", "health.py"}
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in tracked
        if path.suffix == ".py"
        and "src" in path.parts
        and path.name not in allowed
        and "prometheus_client" in path.read_text("utf-8")
    ]
    assert elsewhere == [], "declare it by portal_chassis.metrics"


def test_no_label_of_a_metric_can_hold_a_person():
    write_reference().DOCUMENTS["metrics.md"]()
    labels = {label for declared in DECLARED.values() for label in declared.labels}
    assert labels == {
        "consumer",
        "job",
        "method",
        "outcome",
        "reason",
        "route",
        "service",
        "state",
        "status",
        "table",
        "version",
    }


def test_every_metric_that_is_told_of_exists(tracked: list[Path]):
    write_reference().DOCUMENTS["metrics.md"]()
    suffixes = ("", "_bucket", "_count", "_sum")
    known = {f"{name}{suffix}" for name in DECLARED for suffix in suffixes}
    name = re.compile(r"\bportal_\w+_(?:seconds|total|unsent|dead|waiting|up|use|size|max|info)\w*")
    told = {
        (str(path.relative_to(ROOT)), found)
        for path in tracked
        if path.suffix in {".md", ".yaml", ".yml", ".json"}
        for found in name.findall(path.read_text("utf-8"))
    }
    assert told
    assert {(path, found) for path, found in told if found not in known} == set()


def relative_links(path: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets: list[str] = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


PACKAGES = ("gateway/src/gateway", "libs/portal-chassis/src/portal_chassis", "services/*/src/*")


def test_the_architecture_names_every_room_and_no_other(tracked: list[Path]):
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = text[text.index("## The rooms") : text.index("## From *Share link*")]
    named = re.findall(r"`([\w./]+)`", rooms)
    there = {
        path.stem
        for pattern in PACKAGES
        for package in ROOT.glob(pattern)
        for path in package.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    told = {one.removesuffix("/").removesuffix(".py") for one in named}
    assert there - told == set()
    files = [f"/{path.relative_to(ROOT)}" for path in tracked]
    rooms_told = [one for one in named if one.endswith(("/", ".py"))]
    assert [one for one in rooms_told if not any(f"/{one}" in file for file in files)] == []


def test_every_relative_link_leads_to_a_file(tracked: list[Path]):
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in tracked
        if path.suffix == ".md"
        for target in relative_links(path)
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_make_target_that_is_told_of_exists(tracked: list[Path]):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = {
        (str(path.relative_to(ROOT)), target)
        for path in tracked
        if path.suffix == ".md"
        for target in re.findall(COMMAND, path.read_text("utf-8"), re.MULTILINE)
    }
    assert {(path, target) for path, target in told if target not in targets} == set()


def test_ci_runs_the_test_command_of_the_readme():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^make test$", ci, re.MULTILINE)
    assert re.search(r"^\s*make test$", readme, re.MULTILINE)


def test_the_readme_opens_with_small_pictures_that_say_what_they_show():
    opening = (ROOT / "README.md").read_text("utf-8").split("\n## ", maxsplit=1)[0]
    image = r'<img src="docs/pictures/([^"]+)" width="\d+"\s+alt="[^"]{20,}">'
    files = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    script = (ROOT / "docs" / "write_pictures.py").read_text("utf-8")
    taken = re.findall(r'Picture\("([^"]+)"', script)
    assert sorted(re.findall(image, opening)) == sorted(files) == sorted(taken)
    assert 3 <= len(files) <= 4
    assert sum(files.values()) < MOST_BYTES_OF_PICTURES


def test_decisions_are_numbered_in_a_row():
    assert DECISIONS
    for number, path in enumerate(DECISIONS, start=1):
        assert re.fullmatch(rf"{number:04d}-[a-z0-9]+(-[a-z0-9]+)*\.md", path.name)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_five_parts(path: Path):
    text = path.read_text("utf-8")
    assert re.match(rf"# {int(path.name[:4])}\. \S", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert re.search(r"^## Status\n\n(Accepted|Superseded by \[)", text, re.MULTILINE)


def test_every_test_that_is_told_of_exists(tracked: list[Path]):
    told = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "reliability.md").read_text("utf-8")))
    found = {
        name
        for path in tracked
        if path.name.startswith("test_") and path.suffix == ".py"
        for name in re.findall(r"def (test_\w+)\(", path.read_text("utf-8"))
    }
    assert told - found == set()
    assert told
