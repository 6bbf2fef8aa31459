"""What must not stand in any file of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TEXT = {
    ".cfg", ".css", ".editorconfig", ".html", ".importlinter", ".ini", ".js", ".json", ".lock",
    ".md", ".po", ".py", ".pyi", ".sh", ".svg", ".toml", ".txt", ".xml", ".yaml", ".yml", "",
}  # fmt: skip
LARGEST_BYTES = 1_000_000

# Written in pieces, so that this file does not hold them.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("npmmirror", "com"),
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(?:home|Users|root|work|mnt|workspace)/[A-Za-z0-9_.-]+")
CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def texts(tracked: list[Path]) -> Iterator[tuple[Path, str]]:
    for path in tracked:
        if path.suffix in TEXT:
            yield path, path.read_text("utf-8")


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("the address of a package registry", REGISTRIES),
        ("a path of one machine", MACHINE_PATHS),
        ("a conflict that was not resolved", CONFLICT),
    ],
    ids=["registry", "machine-path", "conflict"],
)
def test_no_file_holds(what: str, pattern: re.Pattern[str], tracked: list[Path], root: Path):
    found = [
        f"{path.relative_to(root)}: {match.group()}"
        for path, text in texts(tracked)
        if (match := pattern.search(text))
    ]
    assert not found, what


def test_every_text_ends_with_one_line_end(tracked: list[Path], root: Path):
    found = [
        str(path.relative_to(root))
        for path, text in texts(tracked)
        if text and "vendor" not in path.parts and (not text.endswith("\n") or "\r" in text)
    ]
    assert found == []


def test_no_file_is_large(tracked: list[Path], root: Path):
    found = [str(path.relative_to(root)) for path in tracked if path.stat().st_size > LARGEST_BYTES]
    assert found == []


def test_no_lock_names_where_packages_came_from(root: Path):
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (root / name).read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
    assert not (root / "uv.lock").exists()
