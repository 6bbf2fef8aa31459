"""docker-compose.yml says what the code says: settings, commands, databases, queues."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from gunicorn.config import Config
from sqlalchemy import make_url

from gateway.config import GatewaySettings
from portal_chassis.settings import PlatformSettings, load_settings, variable_name
from portal_contracts.catalogue import SERVICES

VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
NOT_OURS = {"PROMETHEUS_MULTIPROC_DIR"}
"""Variables that a library reads by itself."""

TO_FILL_IN = {
    "NOTIFICATIONS_SMTP_HOST": "mail.example.org",
    "NOTIFICATIONS_SENDER_ADDRESS": "portal@example.org",
}
"""What a person writes into the new environment herself."""


@pytest.fixture(scope="session")
def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "docker-compose.yml").read_text("utf-8"))


@pytest.fixture(scope="session")
def fresh_environment(root: Path) -> dict[str, str]:
    given = new_environment(root, "https://portal.example.org")
    assert {name for name, value in given.items() if not value} >= set(TO_FILL_IN)
    return given | TO_FILL_IN


def new_environment(root: Path, *arguments: str) -> dict[str, str]:
    """What a person gets from `deploy/docker/new-environment`."""
    program = [str(root / "deploy/docker/new-environment"), *arguments]
    printed = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    lines = [line for line in printed.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def container(service: str) -> str:
    return service.replace("_", "-")


def command(compose: dict[str, Any], name: str) -> list[str]:
    return shlex.split(compose["services"][name]["build"]["args"]["ENTRY"])


def filled(value: Any, given: dict[str, str]) -> str:
    """`value` as compose fills it in; an unset variable without a default is an error."""

    def fill(match: re.Match[str]) -> str:
        name, kind, text = match.groups()
        if given.get(name):
            return given[name]
        assert kind == "-", f"{name} is not set"
        return text

    return VARIABLE.sub(fill, str(value))


def settings_class(service: str) -> type[PlatformSettings]:
    return importlib.import_module(f"{service}.config").Settings


def variables(cls: type[PlatformSettings]) -> set[str]:
    return {variable_name(cls, (field,)) for field in cls.model_fields}


def settings_of(name: str) -> type[PlatformSettings]:
    """The settings class of the process in container `name`."""
    if name == "gateway":
        return GatewaySettings
    return settings_class(name.removesuffix("-migration").replace("-", "_"))


OURS = ["gateway", *(f"{container(one)}{kind}" for one in SERVICES for kind in ("", "-migration"))]


def test_every_service_has_a_container_and_a_migration_and_there_is_nothing_else(compose):
    assert set(compose["services"]) == {*OURS, "topology", "postgres", "rabbitmq"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_process_reads(compose, name):
    given = set(compose["services"][name]["environment"])
    assert given - NOT_OURS <= variables(settings_of(name))


def test_the_topology_is_declared_on_the_broker_of_all(compose):
    given = compose["services"]["topology"]["environment"]
    assert set(given) <= variables(PlatformSettings)
    assert (
        given["PORTAL_AMQP_URI"]
        == (compose["services"]["gateway"]["environment"]["PORTAL_AMQP_URI"])
    )


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_accepted(compose, name, fresh_environment, monkeypatch):
    for variable in variables(settings_of(name)):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in compose["services"][name]["environment"].items():
        monkeypatch.setenv(variable, filled(value, fresh_environment))
    settings = load_settings(settings_of(name))
    if not name.endswith("-migration"):
        assert settings.public_url == "https://portal.example.org"


def test_everything_that_must_be_set_comes_with_a_new_environment(root, fresh_environment):
    used = VARIABLE.findall((root / "docker-compose.yml").read_text("utf-8"))
    optional = {name for name, kind, _ in used if kind == "-"}
    assert {name for name, _, _ in used} - optional == set(fresh_environment) - optional
    assert set(fresh_environment) <= {name for name, _, _ in used}
    assert all(fresh_environment[name] for name in set(fresh_environment) - optional)


def test_a_variable_that_must_be_set_says_what_to_do(root):
    used = VARIABLE.findall((root / "docker-compose.yml").read_text("utf-8"))
    told = {name for name, kind, text in used if kind == "?" and text}
    assert {name for name, kind, _ in used if kind != "-"} == told


def test_two_new_environments_share_no_secret(root):
    first, second = (
        {
            name: value
            for name, value in new_environment(root).items()
            if (name.endswith("PASSWORD") and value) or name == "PORTAL_MASTER_KEY"
        }
        for _ in range(2)
    )
    assert set(first) == set(second)
    assert not set(first.values()) & set(second.values())
    assert len(set(first.values())) == len(first)


def test_mails_go_to_the_mail_server(compose, fresh_environment, monkeypatch):
    for variable, value in compose["services"]["notifications"]["environment"].items():
        monkeypatch.setenv(variable, filled(value, fresh_environment))
    settings: Any = load_settings(settings_class("notifications"))
    assert (settings.mail_transport, settings.smtp_host) == ("smtp", "mail.example.org")
    assert settings.sender_address == "portal@example.org"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_started_by_the_chassis(compose, service):
    assert command(compose, container(service)) == [
        "python",
        "-m",
        "portal_chassis.launch",
        service,
    ]
    assert importlib.util.find_spec("portal_chassis.launch")
    assert importlib.util.find_spec(f"{service}.service")


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_is_the_admin_script_of_the_service(compose, root, service):
    program, *arguments = command(compose, f"{container(service)}-migration")
    project = root / "services" / container(service) / "pyproject.toml"
    scripts = tomllib.loads(project.read_text("utf-8"))["project"]["scripts"]
    assert arguments == ["migrate"]
    module, _, name = scripts[program].partition(":")
    assert module == f"{service}.admin"
    assert callable(getattr(importlib.import_module(module), name))


def test_the_topology_is_declared_by_the_portal_command(compose, root):
    assert command(compose, "topology") == ["portal", "topology"]
    project = tomllib.loads((root / "deploy/runner/pyproject.toml").read_text("utf-8"))
    module, _, name = project["project"]["scripts"]["portal"].partition(":")
    program = f"from {module} import {name}; {name}()"
    done = subprocess.run(
        [sys.executable, "-c", program, "topology", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_gateway_is_started_by_gunicorn_with_options_it_knows(compose):
    program, *arguments = command(compose, "gateway")
    assert program == "gunicorn"
    parsed = Config().parser().parse_args(arguments)
    assert parsed.worker_class == "gthread"
    assert parsed.control_socket_disable is True
    assert parsed.args == ["gateway.wsgi:application"]
    assert importlib.util.find_spec("gateway.wsgi")
    # A page's address can hold a link's token, so no access log is written.
    assert parsed.accesslog is None


@pytest.mark.parametrize("service", SERVICES)
def test_a_running_service_has_no_right_to_its_schema(compose, service, fresh_environment):
    running = compose["services"][container(service)]["environment"]
    migrating = compose["services"][f"{container(service)}-migration"]["environment"]
    prefix = service.upper()
    assert f"{prefix}_OWNER_DATABASE_URL" not in running
    assert running[f"{prefix}_DATABASE_URL"] == migrating[f"{prefix}_DATABASE_URL"]
    for variable, role in (("DATABASE_URL", "runtime"), ("OWNER_DATABASE_URL", "owner")):
        url = make_url(filled(migrating[f"{prefix}_{variable}"], fresh_environment))
        assert (url.drivername, url.host, url.database) == (
            "postgresql+psycopg",
            "postgres",
            service,
        )
        assert url.username == f"{service}_{role}"
        assert url.password == fresh_environment[f"{prefix}_{role.upper()}_PASSWORD"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_its_tables_and_its_queues(compose, service):
    assert compose["services"][container(service)]["depends_on"] == {
        "topology": {"condition": "service_completed_successfully"},
        f"{container(service)}-migration": {"condition": "service_completed_successfully"},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_seals_has_the_master_key_and_no_other_has(compose, service):
    listed = "PORTAL_MASTER_KEY" in compose["services"][container(service)]["environment"]
    assert listed == _seals(service)


def test_a_service_is_asked_whether_it_is_ready_where_it_listens(compose):
    for service in SERVICES:
        described = compose["services"][container(service)]
        port = described["environment"][f"{service.upper()}_HEALTH_PORT"]
        assert f"http://127.0.0.1:{port}/ready" in described["healthcheck"]["test"][-1]
        compile(described["healthcheck"]["test"][-1], "healthcheck", "exec")


def test_nothing_is_published_but_the_gateway_and_that_on_this_machine_alone(compose):
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert set(published) == {"gateway"}
    assert all(port.startswith("127.0.0.1:") for port in published["gateway"])


def test_only_the_gateway_and_the_mails_reach_the_outside(compose):
    outside = {name for name, one in compose["services"].items() if "outside" in one["networks"]}
    assert outside == {"gateway", "notifications"}
    assert compose["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", [*OURS, "topology"])
def test_a_process_of_ours_can_do_little_to_its_container(compose, name):
    described = compose["services"][name]
    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]
    assert described["security_opt"] == ["no-new-privileges:true"]


def test_every_mounted_file_is_there(compose, root):
    for one in compose["services"].values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (root / source).is_file()


def test_the_image_holds_every_distribution(root):
    dockerfile = (root / "deploy/docker/Dockerfile").read_text("utf-8")
    installed = set(re.findall(r"\./([\w/-]+)", dockerfile))
    patterns = ("libs/*", "services/*", "gateway", "deploy/runner")
    distributions = {
        str(path.relative_to(root)) for pattern in patterns for path in root.glob(pattern)
    }
    assert installed == distributions


def _seals(service: str) -> bool:
    """Whether the service's class says `seals = True`; read, because it brings eventlet along."""
    spec = importlib.util.find_spec(f"{service}.service")
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text("utf-8")
    return re.search(r"^    seals = True$", text, re.MULTILINE) is not None
