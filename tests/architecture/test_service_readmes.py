"""A service's README has the same headings everywhere and leaves nothing out."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer.main

from portal_chassis.settings import ServiceSettings
from portal_chassis.variables import settings_in
from portal_contracts.catalogue import METHODS, SERVICES, SUBSCRIPTIONS

HEADINGS = [
    "Owns",
    "RPC",
    "Publishes",
    "Consumes",
    "Settings",
    "Personal data and retention",
    "Admin commands",
    "When something is down",
]
every_service = pytest.mark.parametrize("service", SERVICES)


def readme(root: Path, service: str) -> str:
    return (root / "services" / service.replace("_", "-") / "README.md").read_text("utf-8")


def section(text: str, heading: str) -> str:
    return re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]


@every_service
def test_the_headings_are_the_same_everywhere(service: str, root: Path):
    assert re.findall(r"^## (.+)$", readme(root, service), re.MULTILINE) == HEADINGS


@every_service
def test_every_call_is_listed(service: str, root: Path):
    text = section(readme(root, service), "RPC")
    missing = [
        one.name for one in METHODS.values() if one.service == service and one.name not in text
    ]
    assert missing == []


@every_service
def test_every_event_is_listed_in_the_reference_that_it_leads_to(service: str, root: Path):
    name = service.replace("_", "-")
    assert f"messages.md#{name})" in section(readme(root, service), "Publishes")
    reference = (root / "docs/reference/messages.md").read_text("utf-8")
    for one in SUBSCRIPTIONS:
        if one.event_type.startswith(f"{service}."):
            listed = reference.partition(f"#### `{one.event_type}`")[2].partition("####")[0]
            assert f"`{one.queue}`" in listed
            assert f"\n## {name}\n" in reference.partition(f"#### `{one.event_type}`")[0]


@every_service
def test_every_setting_of_its_own_is_listed(service: str, root: Path):
    settings = importlib.import_module(f"{service}.config").Settings
    own = [
        one.variable
        for name, one in settings_in(settings).items()
        if name not in settings_in(ServiceSettings) or name.endswith("database_url")
    ]
    text = section(readme(root, service), "Settings")
    assert [variable for variable in own if variable not in text] == []


@every_service
def test_every_admin_command_is_listed(service: str, root: Path):
    app = importlib.import_module(f"{service}.admin").app
    text = section(readme(root, service), "Admin commands")
    assert [name for name in commands(typer.main.get_command(app)) if name not in text] == []


def commands(command: click.Command, prefix: str = "") -> Iterator[str]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from commands(inner, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"
