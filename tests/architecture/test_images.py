"""The Dockerfiles: one image per process, each with what its process needs and no more."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gateway.routes import all_routes
from portal_contracts.catalogue import SERVICES
from tests.kit.portal.images import DOCKERFILES, ROOT, Image, image

LIBRARIES = {"libs/portal-contracts", "libs/portal-chassis"}
SERVICE_FOLDERS = {f"services/{name.replace('_', '-')}" for name in SERVICES}
every_image = pytest.mark.parametrize("name", DOCKERFILES)
every_service = pytest.mark.parametrize("service", SERVICES)

NEEDED = {
    **{
        name.replace("_", "-"): ["portal_chassis.launch", f"{name}.service", f"{name}.admin"]
        for name in SERVICES
    },
    "gateway": ["gunicorn.app.wsgiapp", "gateway.serving.worker", "gateway.wsgi", "gateway.app"],
    "portal": ["portal_runner.cli", "portal_runner.topology_command", "portal_runner.doctor"],
}
"""What an image's programs import."""

ONLY_THE_IMAGE = """
import json, os, sys, warnings
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
warnings.simplefilter("ignore")
absent, modules = map(json.loads, sys.argv[1:])
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
import importlib
for module in modules:
    importlib.import_module(module)
"""


def project_name(folder: str) -> str:
    text = (ROOT / folder / "pyproject.toml").read_text("utf-8")
    return canonicalize_name(tomllib.loads(text)["project"]["name"])


def own() -> dict[str, Path]:
    patterns = ("libs/*", "services/*", "gateway", "deploy/runner")
    found = (path.parent for one in patterns for path in ROOT.glob(f"{one}/pyproject.toml"))
    return {project_name(str(folder.relative_to(ROOT))): folder for folder in found}


def requirements(name: str) -> list[str]:
    """What a distribution asks for; ours are read from their files, not from what is installed."""
    if folder := own().get(name):
        text = (folder / "pyproject.toml").read_text("utf-8")
        return tomllib.loads(text)["project"]["dependencies"]
    return importlib.metadata.requires(name) or []


def installed_by(asked: set[str]) -> set[str]:
    """The distributions that pip installs for `asked`, from what each declares."""
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in asked]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for text in requirements(name):
            needed = Requirement(text)
            environments = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if needed.marker is None or any(map(needed.marker.evaluate, environments)):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return {name for name, _ in seen}


@pytest.mark.long
@every_image
def test_an_image_holds_what_its_process_imports_and_no_other_process(name: str):
    installed = installed_by({project_name(folder) for folder in image(name).distributions})
    packages = importlib.metadata.packages_distributions() | {
        package.name: [project]
        for project, folder in own().items()
        for package in (folder / "src").iterdir()
    }
    absent = sorted(
        package
        for package, owners in packages.items()
        if not installed & {canonicalize_name(owner) for owner in owners}
    )
    arguments = [json.dumps(absent), json.dumps(NEEDED[name])]
    done = subprocess.run(
        [sys.executable, "-c", ONLY_THE_IMAGE, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_each_distribution_is_in_the_images_that_need_it():
    held = {name: image(name).distributions for name in DOCKERFILES}
    for folder in SERVICE_FOLDERS:
        assert held[folder.removeprefix("services/")] == LIBRARIES | {folder}
    assert held["gateway"] == LIBRARIES | {"gateway"}
    assert held["portal"] == LIBRARIES | SERVICE_FOLDERS | {"gateway", "deploy/runner"}


@every_image
def test_only_what_is_installed_is_copied(name: str):
    one = image(name)
    copied = {inst.words[0] for inst in one.stages[1] if inst.word == "COPY"}
    # Each distribution links to it, and puts it into its wheel.
    copied.remove("LICENSE")
    assert all(any(f.startswith(c) for c in copied) for f in one.distributions)
    assert all(any(f.startswith(c) for f in one.distributions) for c in copied)
    assert [inst.rest for inst in one.final if inst.word == "COPY"] == [
        "--from=build /opt/latchkey /opt/latchkey"
    ]


def test_all_images_share_their_first_stage_and_their_base():
    every = [image(name) for name in DOCKERFILES]
    assert len({str(one.stages[0]) for one in every}) == 1
    assert len({one.stages[0][0].words[0] for one in every} | {base(one) for one in every}) == 1
    # A tag that names what it is: the minor version of Python, and the Debian under it.
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base(every[0]))


def base(one: Image) -> str:
    return one.final[0].rest


def test_third_party_packages_come_from_the_lock_by_their_hashes_and_from_nowhere_else():
    wheels, build = image("forms").stages[:2]
    fetched = next(inst.rest for inst in wheels if inst.word == "RUN")
    installed = next(inst.rest for inst in build if inst.word == "RUN")
    assert {"--require-hashes", "--no-cache-dir"} <= set(fetched.split())
    assert "--requirement requirements.lock" in fetched
    assert {"--no-index", "--no-cache-dir"} <= set(installed.split())


@every_image
def test_an_image_runs_without_root_and_is_told_to_stop(name: str):
    one = image(name)
    assert one.one("USER").rest == "10001:10001"
    assert one.one("STOPSIGNAL").rest == "SIGTERM"
    # The list form: the process is the first one, and is told itself.
    assert one.one("CMD").rest.startswith("[")
    assert not [inst for inst in one.final if inst.word == "ENTRYPOINT"]


@every_image
def test_an_image_says_what_it_is(name: str):
    label = image(name).one("LABEL").rest
    assert f'image.title="Latchkey {name}"' in label
    assert 'image.licenses="Apache-2.0"' in label


@every_service
def test_a_service_answers_for_its_health_where_it_is_asked(service: str):
    one = image(service.replace("_", "-"))
    prefix = service.upper()
    port = one.environment[f"{prefix}_HEALTH_PORT"]
    assert one.environment[f"{prefix}_HEALTH_HOST"] == "0.0.0.0"
    assert f"http://127.0.0.1:{port}/ready" in one.health[-1]
    assert one.one("EXPOSE").rest == port
    assert one.command == ["python", "-m", "portal_chassis.launch", service]


def test_the_gateway_answers_for_its_health_where_it_listens():
    one = image("gateway")
    port = one.one("EXPOSE").rest
    assert f"--bind=0.0.0.0:{port}" in one.command
    path = re.search(rf"http://127\.0\.0\.1:{port}(/[\w/]+)", one.health[-1])
    assert path
    served = {route.pattern for route in all_routes(dev=False)}
    assert path.group(1) in served


def test_the_context_of_a_build_holds_what_the_images_copy_and_no_more():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    shown = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = {
        inst.words[0]
        for name in DOCKERFILES
        for stage in image(name).stages[:2]
        for inst in stage
        if inst.word == "COPY"
    }
    assert "*" in lines
    assert shown == {one for one in copied if not one.startswith("services/")}
