"""Every command that a document tells of exists: program, subcommand, options, what it acts on."""

from __future__ import annotations

import importlib
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
import yaml

from portal_contracts.catalogue import SERVICES
from portal_runner.cli import app as portal_app
from tests.kit import ROOT
from tests.kit.portal.manifests import built

SCRIPTS = {f"{name.replace('_', '-')}-admin": name for name in SERVICES}
OTHERS = {
    "curl",
    "sed",
    "sh",
    "grep",
    "openssl",
    "chmod",
    "cp",
    "mv",
    "unset",
    "nginx",
    "traefik",
    "caddy",
    "for",
    "done",
    "export",
    ")",
}
"""Words of a shell, and programs that are not ours, of which every reader has a manual."""

KNOWN = {
    "rabbitmqctl": {"add_user": "", "change_password": "", "set_permissions": "-p"},
    "docker": {"save": "", "load": "--input"},
    "docker compose": {
        "up": "--build --detach",
        "down": "",
        "ps": "",
        "logs": "--follow",
        "exec": "--no-TTY -T",
        "run": "--rm --no-deps --no-TTY -T",
        "build": "",
        "config": "",
    },
    "kubectl": {
        "create namespace": "",
        "apply": "-f -k",
        "wait": "--for --timeout --all",
        "rollout status": "",
        "rollout pause": "",
        "rollout resume": "",
        "exec": "-i --stdin",
        "delete job": "--all --ignore-not-found",
        "create job": "--from --dry-run -o",
        "patch": "--local -f -o -p",
        "logs": "--follow -f",
        "get": "-o",
        "kustomize": "",
    },
    "k3s": {"ctr images import": ""},
    "pg_dump": {"": "--exclude-table-data --table --file -Fc"},
}
"""Other programs' subcommands that documents may use, each with its options."""

INLINE = re.compile(
    r"(\.venv/bin/\S+|portal|make|docker|kubectl|rabbitmqctl|pg_dump|[\w<>-]+-admin|deploy/\S+) "
)
KINDS = {"deploy": "Deployment", "deployment": "Deployment", "job": "Job", "cronjob": "CronJob"}
"""What kubectl calls a kind of thing."""

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


class Told(NamedTuple):
    """A command in a document.

    Attributes:
        path: of the document.
        line: the command.
        whole: whether it stands in a block and can be copied as it is.
    """

    path: str
    line: str
    whole: bool


def told_in(path: Path) -> Iterator[Told]:
    """The commands of a document: in blocks line by line, and within sentences."""
    name, text = str(path.relative_to(ROOT)), path.read_text("utf-8")
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if kind in {"sh", ""}:
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not line.startswith((" ", "#")):
                    yield Told(name, line, kind == "sh")
    for found in re.findall(
        r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    ):
        line = " ".join(found.split())
        if INLINE.match(line):
            yield Told(name, line, whole=False)


def documents() -> list[Path]:
    """Every document of the repository; decisions and the changelog tell of their time."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")]
    found += [*ROOT.glob("deploy/**/*.md"), *ROOT.glob("services/*/README.md")]
    return [path for path in found if path.name != "CHANGELOG.md" and "decisions" not in path.parts]


COMMANDS = sorted({one for path in documents() for one in told_in(path)})


def wrong(one: Told) -> str:
    """What is wrong with a command; empty where nothing is."""
    try:
        for part in re.split(r" (?:\| (?!--)|&& )", re.sub(r" (?:>>?|<) \S+", "", one.line)):
            for line in spelled_out(part):
                check(shlex.split(line), one)
    except AssertionError as error:
        return str(error) or "?"
    return ""


def spelled_out(line: str) -> list[str]:
    """For each service, where a command is told for all."""
    if "<service>" not in line:
        return [line]
    return [line.replace("<service>", name.replace("_", "-")) for name in SERVICES]


def check(words: list[str], one: Told) -> None:
    """Raise an AssertionError that says what does not exist."""
    program, *rest = words
    program = program.removeprefix(".venv/bin/")
    if re.fullmatch(r"[A-Z_]+=.*", program) or program in OTHERS or one.line.endswith("…"):
        return
    if re.fullmatch(r"[\w./-]+", program) and "/" in program:
        assert os.access(ROOT / program, os.X_OK), f"{program} is no program"
    elif program == "make":
        assert rest[0] in TARGETS, f"there is no make {rest[0]}"
    elif program == "portal":
        check_ours(typer.main.get_command(portal_app), rest, one)
    elif program in SCRIPTS:
        module = importlib.import_module(f"{SCRIPTS[program]}.admin")
        check_ours(typer.main.get_command(module.app), rest, one)
    elif words[:2] == ["docker", "compose"]:
        check_compose(rest[1:], one)
    elif program == "kubectl":
        check_kubectl(rest, one)
    else:
        assert program in KNOWN, f"{program} is not known"
        check_others(program, rest)


def check_ours(command: Any, words: list[str], one: Told) -> None:
    """A command of ours, as click knows it; of a whole line also that nothing is missing."""
    given = [word.strip("[]").split("=")[0] for word in words]
    options = {option for param in command.params for option in param.opts}
    while hasattr(command, "commands"):
        while given and given[0].startswith("-"):
            assert given[0] in options, f"{command.name} has no {given[0]}"
            given = given[2:]
        if not given:
            return
        assert given[0] in command.commands, f"there is no {' '.join(words)}"
        command, *given = command.commands[given[0]], *given[1:]
        options = {option for param in command.params for option in param.opts}
    used = {word for word in given if word.startswith("--")}
    assert used <= options, f"{sorted(used - options)} of {' '.join(words)}"
    needed = {
        param.opts[0]
        for param in command.params
        if param.required and param.param_type_name == "option"
    }
    lacking = needed - used if one.whole else set()
    assert not lacking, f"{sorted(lacking)} is needed"


def check_compose(words: list[str], one: Told) -> None:
    """Compose's subcommand, its container, and what is called in there."""
    if words[0] == "--profile":
        assert words[1] in {name for its in COMPOSE.values() for name in its.get("profiles", ())}
        words = words[2:]
    rest = check_others("docker compose", words)
    if words[0] in {"exec", "run"}:
        assert rest, "in which container?"
        assert rest[0] in COMPOSE, f"there is no container {rest[0]}"
        if rest[1:]:
            check(rest[1:], one)


def check_kubectl(words: list[str], one: Told) -> None:
    """kubectl's subcommand, the manifests' things it names, and what is called in there."""
    if words[0] in {"-n", "--namespace"}:
        assert words[1] == "latchkey", f"there is no namespace {words[1]}"
        words = words[2:]
    words, _, inside = [list(part) for part in split(words, "--")]
    rest = check_others("kubectl", words)
    for word in rest:
        kind, slash, name = word.partition("/")
        if (
            slash
            and not (ROOT / word).exists()
            and kind in {"deploy", "deployment", "job", "cronjob"}
        ):
            assert name in named(kind), f"there is no {word}"
        elif slash:
            assert (ROOT / word).exists(), f"there is no {word}"
    if inside:
        check(inside, one)


def split(words: list[str], mark: str) -> tuple[list[str], list[str], list[str]]:
    """Before, at and after the first `mark`."""
    at = words.index(mark) if mark in words else len(words)
    return words[:at], words[at : at + 1], words[at + 1 :]


def named(kind: str) -> set[str]:
    """The names of a kind of thing in the manifests, and of Jobs that a document makes."""
    found = {
        one["metadata"]["name"]
        for one in built(ROOT / "deploy/kubernetes/single-node")
        if one["kind"] == KINDS[kind]
    }
    made = {name for one in COMMANDS for name in re.findall(r" create job (\S+)", one.line)}
    return found | made if kind == "job" else found


def check_others(program: str, words: list[str]) -> list[str]:
    """A program that is not ours: its subcommand and options; what it is given besides."""
    line = " ".join(words)
    known = sorted(KNOWN[program], key=len, reverse=True)
    subcommand = next((one for one in known if f"{line} ".startswith(f"{one} ")), None)
    subcommand = "" if subcommand is None and "" in KNOWN[program] else subcommand
    assert subcommand is not None, f"{program} {line} is not known"
    allowed = KNOWN[program][subcommand].split()
    rest: list[str] = []
    for word in words[len(subcommand.split()) :]:
        if word.startswith("-") and word != "-" and not (rest and program == "docker compose"):
            assert word.split("=")[0] in allowed, f"{program} {subcommand} has no {word}"
        else:
            rest.append(word)
    return rest


@pytest.mark.parametrize("one", COMMANDS, ids=lambda one: f"{one.path}: {one.line[:60]}")
def test_a_command_that_is_told_of_exists(one: Told):
    assert wrong(one) == ""


@pytest.mark.parametrize(
    "line",
    [
        "portal run",
        ".venv/bin/portal doctor --fast",
        "identity-links-admin practices add NAME",
        "<service>-admin practice list",
        "identity-links-admin practitioner add a@b.example --apply",
        "make everything",
        "docker compose exec identity identity-links-admin practice list",
        "docker compose exec forms forms-admin lists",
        "docker compose watch",
        "kubectl -n latchkey exec deploy/gone -- portal doctor",
        "kubectl -n latchkey exec deploy/forms -- forms-admin gone",
        "kubectl -n other get pods",
        "kubectl apply -k deploy/kubernetes/gone",
        "deploy/docker/gone > .env",
        "mystery --now",
    ],
)
def test_one_that_does_not_would_be_seen(line: str):
    assert wrong(Told("README.md", line, whole=True))


def admin_commands() -> Iterator[tuple[str, Any]]:
    """Every command of every admin script, by its words."""

    def walk(command: Any, words: str) -> Iterator[tuple[str, Any]]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{words} {name}")
        if not hasattr(command, "commands"):
            yield words, command

    for script, service in SCRIPTS.items():
        app = importlib.import_module(f"{service}.admin").app
        yield from walk(typer.main.get_command(app), script)


def test_every_list_can_be_printed_as_json():
    lists = {"list", "show", "status", "check", "verify", "why"}
    lacking = [
        words
        for words, command in admin_commands()
        if words.split()[-1] in lists and "templates check" not in words
        if not any("--json" in param.opts for param in command.params)
    ]
    assert lacking == []
