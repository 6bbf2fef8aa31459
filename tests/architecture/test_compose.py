"""docker-compose.yml says what the code says: settings, commands, databases, queues."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from gunicorn.config import Config
from sqlalchemy import make_url
from typer.testing import CliRunner

from gateway import serving
from gateway.config import GatewaySettings
from gateway.serving.incoming import LEAVING_SECONDS
from portal_chassis.settings import PlatformSettings
from portal_chassis.variables import load_settings, settings_in
from portal_contracts.broker_accounts import OWNER, user_of
from portal_contracts.catalogue import PROCESSES, SERVICES
from portal_runner import cli
from portal_runner.doctor.target import ACCOUNT_VARIABLES, ASKS_VARIABLE
from portal_runner.modes import OTHER_CONNECTIONS
from tests.kit.portal.images import DOCKERFILES, image

VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
TO_FILL_IN = {
    "NOTIFICATIONS_SMTP_HOST": "mail.example.org",
    "NOTIFICATIONS_SENDER_ADDRESS": "portal@example.org",
}
"""What a person writes into the new environment by hand."""


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


@pytest.mark.parametrize("script", ["docker/new-environment", "kubernetes/new-secrets"])
def test_a_file_of_secrets_is_its_owners_alone_whatever_the_shell_makes(root, tmp_path, script):
    program = root / "deploy" / script
    for name, line in (
        ("new", f"umask 022; {program} > new"),
        ("appended", f"umask 0; {program} >> appended"),
        ("there", f"umask 0; echo old > there; {program} > there"),
    ):
        subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
        file = tmp_path / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, name
        assert "PORTAL_MASTER_KEY" in file.read_text()


def container(service: str) -> str:
    return service.replace("_", "-")


def image_of(compose: dict[str, Any], name: str) -> str:
    return compose["services"][name]["image"].removeprefix("latchkey/").partition(":")[0]


def command(compose: dict[str, Any], name: str) -> list[str]:
    """What the container starts: its own command, else the image's."""
    own = compose["services"][name].get("command")
    return own or image(image_of(compose, name)).command


def environment(compose: dict[str, Any], name: str) -> dict[str, Any]:
    """What the process sees: the image's variables and the container's."""
    settings = variables(settings_of(name))
    baked = image(image_of(compose, name)).environment
    mine = {key: value for key, value in baked.items() if key in settings}
    return mine | compose["services"][name]["environment"]


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
    return {one.variable for one in settings_in(cls).values()}


def settings_of(name: str) -> type[PlatformSettings]:
    """The settings class of the process in container `name`."""
    if name == "gateway":
        return GatewaySettings
    return settings_class(name.removesuffix("-migration").replace("-", "_"))


OURS = ["gateway", *(f"{container(one)}{kind}" for one in SERVICES for kind in ("", "-migration"))]
ADMIN = ["topology", "doctor"]
FOREIGN = ["postgres", "rabbitmq", "proxy", "mail"]


def test_the_broker_is_made_anew_where_its_definitions_are(root, compose):
    definitions = (root / "deploy/rabbitmq/definitions.json").read_bytes()
    mark = compose["services"]["rabbitmq"]["labels"]["latchkey.definitions"]
    assert mark == hashlib.sha256(definitions).hexdigest()[:12], "make reference writes it"


def test_every_service_has_a_container_and_a_migration_and_there_is_nothing_else(compose):
    assert set(compose["services"]) == {*OURS, *ADMIN, *FOREIGN}


@pytest.mark.parametrize("name", [*OURS, *ADMIN])
def test_a_container_is_made_from_the_image_of_its_process(compose, name):
    wanted = "portal" if name in ADMIN else name.removesuffix("-migration")
    assert image_of(compose, name) == wanted
    assert compose["services"][name]["build"] == {"context": ".", "dockerfile": DOCKERFILES[wanted]}


@pytest.mark.parametrize("name", FOREIGN)
def test_an_image_of_others_has_a_version(compose, name):
    assert re.search(r":v?\d+", compose["services"][name]["image"])


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_process_reads(compose, name):
    assert set(compose["services"][name]["environment"]) <= variables(settings_of(name))


def test_every_process_meets_at_one_broker_as_a_user_of_its_own(compose, fresh_environment):
    assert set(compose["services"]["topology"]["environment"]) <= variables(PlatformSettings)
    users = {"topology": OWNER} | {container(one): user_of(one) for one in PROCESSES}
    found = {
        name: urlsplit(
            filled(compose["services"][name]["environment"]["PORTAL_AMQP_URI"], fresh_environment)
        )
        for name in users
    }
    assert {name: parts.username for name, parts in found.items()} == users
    assert {(parts.hostname, parts.port, parts.path) for parts in found.values()} == {
        ("rabbitmq", 5672, "/latchkey")
    }
    passwords = [parts.password for parts in found.values()]
    assert len(set(passwords)) == len(passwords)
    broker = compose["services"]["rabbitmq"]["environment"]
    assert set(passwords) <= {filled(value, fresh_environment) for value in broker.values()}


def test_nobody_is_told_another_s_password_of_the_broker(compose, fresh_environment):
    secrets = {name for name in fresh_environment if name.endswith("_BROKER_PASSWORD")}
    for name in OURS:
        told = json.dumps(compose["services"][name])
        process = name.replace("-", "_").upper()
        assert {one for one in secrets if one in told} <= {f"{process}_BROKER_PASSWORD"}
        assert "RABBITMQ_PASSWORD" not in told


def test_the_doctor_tries_every_user_of_the_broker(compose):
    given = compose["services"]["doctor"]["environment"]
    for process, variable in ACCOUNT_VARIABLES.items():
        its_own = compose["services"][container(process)]["environment"]["PORTAL_AMQP_URI"]
        assert given[variable] == its_own


def test_the_doctor_has_the_settings_of_all_that_it_judges(compose):
    given = compose["services"]["doctor"]["environment"]
    for process in PROCESSES:
        its_own = dict(compose["services"][container(process)]["environment"])
        del its_own["PORTAL_AMQP_URI"]
        assert its_own.items() <= given.items(), process
    asked = {urlsplit(one).hostname: urlsplit(one).port for one in given[ASKS_VARIABLE].split()}
    ports = {container(one): image(container(one)).one("EXPOSE").rest for one in PROCESSES}
    assert {name: str(port) for name, port in asked.items()} == ports
    networks = set(compose["services"]["doctor"]["networks"])
    assert all(networks & set(compose["services"][name]["networks"]) for name in asked)


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_accepted(compose, name, fresh_environment, monkeypatch):
    for variable in variables(settings_of(name)):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment(compose, name).items():
        monkeypatch.setenv(variable, filled(value, fresh_environment))
    settings = load_settings(settings_of(name))
    if not name.endswith("-migration"):
        assert settings.public_url == "https://portal.example.org"


def test_everything_that_must_be_set_comes_with_a_new_environment(root, fresh_environment):
    used = VARIABLE.findall((root / "docker-compose.yml").read_text("utf-8"))
    optional = {name for name, kind, _ in used if kind == "-"}
    assert {name for name, _, _ in used} - optional == set(fresh_environment) - optional
    assert set(fresh_environment) <= {name for name, _, _ in used}
    assert set(new_environment(root)) - {"COMPOSE_PROFILES"} <= set(fresh_environment)
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
    for variable, value in environment(compose, "notifications").items():
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
    program, name = command(compose, "topology")
    project = tomllib.loads((root / "deploy/runner/pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"][program] == f"{cli.__name__}:main"
    assert CliRunner().invoke(cli.app, [name, "--help"]).exit_code == 0


def test_the_gateway_is_started_by_gunicorn_with_options_it_knows(compose):
    program, *arguments = command(compose, "gateway")
    assert program == "gunicorn"
    parsed = Config().parser().parse_args(arguments)
    assert importlib.import_module(serving.worker_class.rpartition(".")[0])
    assert parsed.worker_class is None
    assert serving.control_socket_disable is True
    assert parsed.args == ["gateway.wsgi:application"]
    assert importlib.util.find_spec("gateway.wsgi")
    assert parsed.config == f"python:{serving.__name__}"
    # A page's address can hold a link's token, so no access log is written.
    assert parsed.accesslog is None


def test_the_gateway_has_ended_what_is_under_way_before_it_is_killed(compose):
    ends = Config().parser().parse_args(command(compose, "gateway")[1:]).graceful_timeout
    killed = compose["services"]["gateway"]["stop_grace_period"]
    assert int(ends) + LEAVING_SECONDS < int(killed.removesuffix("s"))


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


def test_what_runs_to_its_end_is_not_asked_for_its_health(compose):
    for service in SERVICES:
        migration = compose["services"][f"{container(service)}-migration"]
        assert migration["healthcheck"] == {"disable": True}


def test_nothing_is_published_but_the_proxy_and_on_this_machine_caught_mails(compose):
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert set(published) == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in published["mail"])
    assert compose["services"]["mail"]["profiles"] == ["try"]


def test_a_network_has_whom_it_needs(compose):
    """The gateway reaches no database, the proxy nothing but the gateway."""
    joined: dict[str, set[str]] = {name: set() for name in compose["networks"]}
    for name, one in compose["services"].items():
        for network in one["networks"]:
            joined[network].add(name)
    services = {container(one) for one in SERVICES}
    migrations = {f"{one}-migration" for one in services}
    assert joined["front"] == {"proxy", "gateway"}
    assert joined["broker"] == {"rabbitmq", "gateway", "topology", "doctor"} | services
    assert joined["data"] == {"postgres", "doctor"} | services | migrations
    assert joined["outside"] == {"proxy", "mail", "notifications", "scheduling", "doctor"}
    closed = {name for name, one in compose["networks"].items() if one and one.get("internal")}
    assert closed == {"front", "broker", "data"}


@pytest.mark.parametrize("name", [*OURS, *ADMIN, *FOREIGN])
def test_a_process_can_do_little_to_its_container_and_its_machine(compose, name):
    described = compose["services"][name]
    assert described["cap_drop"] == ["ALL"]
    assert described["security_opt"] == ["no-new-privileges:true"]
    assert set(described["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    # Servers of others that write to their own folders.
    assert described.get("read_only", False) is (name not in {"postgres", "rabbitmq"})


def test_every_mounted_file_is_there(compose, root):
    for one in compose["services"].values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (root / source).is_file()


def test_as_many_connections_are_allowed_as_replicas_can_open(compose):
    """Eight of each, and room for admin scripts and the doctor."""
    allowed = next(
        int(word.partition("=")[2])
        for word in compose["services"]["postgres"]["command"]
        if word.startswith("--max_connections")
    )
    pools = sum(settings_in(settings_class(one))["pool_size"].default for one in SERVICES)
    assert 8 * pools + OTHER_CONNECTIONS <= allowed


def test_to_try_it_needs_no_mail_server(compose, root, monkeypatch):
    given = new_environment(root)
    for variable, value in environment(compose, "notifications").items():
        monkeypatch.setenv(variable, filled(value, given))
    settings: Any = load_settings(settings_class("notifications"))
    assert (settings.smtp_host, settings.smtp_port) == ("mail", 1025)
    assert settings.smtp_security == "none"
    assert given["COMPOSE_PROFILES"] in compose["services"][settings.smtp_host]["profiles"]
    assert settings.public_url == "https://localhost"


def _seals(service: str) -> bool:
    """Whether the service's class says `seals = True`; read, because it brings eventlet along."""
    spec = importlib.util.find_spec(f"{service}.service")
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text("utf-8")
    return re.search(r"^    seals = True$", text, re.MULTILINE) is not None
