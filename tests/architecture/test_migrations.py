"""Migrations form one line, named so that a folder listing is their history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal_contracts.catalogue import SERVICES


def revisions(root: Path, service: str) -> list[Path]:
    folder = root / "services" / service.replace("_", "-") / "src" / service
    return sorted((folder / "migrations" / "versions").glob("*.py"))


def named(text: str, name: str) -> str | None:
    """The value of a module-level assignment of a string or None."""
    found = re.search(rf"^{name}(?:: [^=]+)? = (?:\"(\w+)\"|None)$", text, re.MULTILINE)
    assert found, f"{name} is missing"
    return found.group(1)


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_numbered_in_a_row_and_have_one_head(service: str, root: Path):
    files = revisions(root, service)
    assert files, "a service has a database, and so a first migration"
    previous = None
    for number, path in enumerate(files, start=1):
        text = path.read_text("utf-8")
        assert re.fullmatch(rf"{number:04d}_[a-z0-9]+(_[a-z0-9]+)*\.py", path.name)
        assert named(text, "revision") == f"{number:04d}"
        assert named(text, "down_revision") == previous
        previous = f"{number:04d}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_migration_can_be_taken_back(service: str, root: Path):
    for path in revisions(root, service):
        body = path.read_text("utf-8").partition("def downgrade() -> None:")[2]
        assert body.strip(), path.name
        assert not re.match(r"\s*(pass|raise)\b", body), path.name
