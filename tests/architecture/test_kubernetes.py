"""The manifests of deploy/kubernetes say what the code says, in words Kubernetes knows."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml
from gunicorn.config import Config

from gateway.config import GatewaySettings
from gateway.routes import all_routes
from gateway.serving.incoming import LEAVING_SECONDS
from portal_chassis.settings import PlatformSettings
from portal_chassis.variables import load_settings, settings_in
from portal_contracts.broker_accounts import OWNER, user_of
from portal_contracts.catalogue import SERVICES
from portal_runner.doctor.target import ACCOUNT_VARIABLES, ASKS_VARIABLE
from portal_runner.modes import OTHER_CONNECTIONS
from tests.kit.portal.images import DOCKERFILES, image
from tests.kit.portal.manifests import (
    Manifest,
    built,
    kustomization,
    of_kind,
    pod,
    process,
    selects,
)

KUBERNETES = "1.34"
OVERLAYS = ["single-node", "cluster"]
PROCESSES = ["gateway", *(name.replace("_", "-") for name in SERVICES)]
JOBS = ["topology", *(f"{name.replace('_', '-')}-migration" for name in SERVICES)]
REFERENCE = re.compile(r"\$\((\w+)\)")
FILLED = {"PORTAL_MASTER_KEY": base64.b64encode(bytes(32)).decode()}

CUSTOM = {
    "Cluster": {
        *("instances", "imageName", "enableSuperuserAccess", "inheritedMetadata", "storage"),
        *("walStorage", "resources", "affinity", "bootstrap", "postgresql", "managed"),
    },
    "Database": {"cluster", "name", "owner", "databaseReclaimPolicy"},
    "Vhost": {"name", "rabbitmqClusterReference"},
    "User": {"importCredentialsSecret", "rabbitmqClusterReference"},
    "Permission": {"vhost", "userReference", "permissions", "rabbitmqClusterReference"},
    "RabbitmqCluster": {"replicas", "image", "persistence", "resources", "rabbitmq", "affinity"},
    "PodMonitor": {"selector", "podTargetLabels", "podMetricsEndpoints"},
    "ServiceMonitor": {"selector", "endpoints"},
}
"""What operators' documentation knows below `spec`, as far as it is used here."""


@pytest.fixture(scope="session")
def folder(root: Path) -> Path:
    return root / "deploy/kubernetes"


@pytest.fixture(scope="session", params=OVERLAYS)
def manifests(request, folder) -> list[Manifest]:
    return built(folder / request.param)


@pytest.fixture(scope="session")
def secrets(folder) -> dict[str, Manifest]:
    """What a person gets from `new-secrets`."""
    program = str(folder / "new-secrets")
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return of_kind(yaml.safe_load_all(printed), "Secret")


def settings_of(name: str) -> type[PlatformSettings]:
    if name == "gateway":
        return GatewaySettings
    if name == "topology":
        return PlatformSettings
    module = __import__(f"{name.removesuffix('-migration').replace('-', '_')}.config")
    return module.config.Settings


def variables(cls: type[PlatformSettings]) -> set[str]:
    return {one.variable for one in settings_in(cls).values()}


def environment(container, manifests, secrets) -> dict[str, str]:
    """The container's variables, looked up and filled in as Kubernetes does."""
    values: dict[str, str] = {}
    config = {name: one["data"] for name, one in of_kind(manifests, "ConfigMap").items()}
    kept = {name: one["stringData"] for name, one in secrets.items()}
    for one in container["env"]:
        source = one.get("valueFrom", {})
        if "value" in one:
            value = REFERENCE.sub(lambda match: values[match.group(1)], one["value"])
        elif wanted := source.get("configMapKeyRef"):
            value = config[wanted["name"]][wanted["key"]]
        else:
            wanted = source["secretKeyRef"]
            value = kept[wanted["name"]][wanted["key"]]
        values[one["name"]] = value
    return values


# --- files ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["base", *OVERLAYS])
def test_every_file_is_used(folder, name):
    said = kustomization(folder / name)
    named = {*said["resources"], *(patch["path"] for patch in said.get("patches", []))}
    files = {path.name for path in (folder / name).iterdir()} - {"kustomization.yaml"}
    assert {one for one in named if not one.startswith("..")} == files


@cache
def is_known(manifest: str) -> None:
    """Hold it against Kubernetes' schemas, once: the overlays share most."""
    kubernetes_validate.validate(json.loads(manifest), KUBERNETES, strict=True)


def test_kubernetes_knows_every_word(manifests):
    checked = 0
    for one in manifests:
        if one["kind"] in CUSTOM:
            assert set(one["spec"]) <= CUSTOM[one["kind"]], one["metadata"]["name"]
        else:
            is_known(json.dumps(one, sort_keys=True))
            checked += 1
    assert checked > len(PROCESSES)


def test_no_two_have_one_name(manifests):
    names = [(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in manifests]
    assert len(names) == len(set(names))


def test_nothing_secret_stands_in_a_manifest(manifests):
    assert of_kind(manifests, "Secret") == {}
    for one in of_kind(manifests, "Deployment", "StatefulSet", "Job").values():
        for given in process(one).get("env", []):
            if re.search("(PASSWORD|MASTER_KEY|TOKEN|AMQP_URI)$", given["name"]):
                assert "secretKeyRef" in given["valueFrom"], given["name"]


# --- processes --------------------------------------------------------------------


def test_there_is_one_of_each_process(manifests):
    assert set(of_kind(manifests, "Deployment")) == set(PROCESSES)
    assert set(of_kind(manifests, "Job")) == set(JOBS)
    assert set(of_kind(manifests, "HorizontalPodAutoscaler")) == set(PROCESSES)
    assert set(of_kind(manifests, "PodDisruptionBudget")) >= set(PROCESSES)


def test_each_runs_from_its_own_image(manifests, folder):
    for name, one in of_kind(manifests, "Deployment", "Job").items():
        wanted = "portal" if name == "topology" else name.removesuffix("-migration")
        assert process(one)["image"] == f"latchkey/{wanted}"
    versioned = {one["name"]: one["newTag"] for one in kustomization(folder / "base")["images"]}
    assert set(versioned) == {f"latchkey/{name}" for name in DOCKERFILES}
    assert len(set(versioned.values())) == 1


def test_a_process_starts_what_its_image_starts(manifests):
    for one in of_kind(manifests, "Deployment").values():
        assert not {"command", "args"} & set(process(one))
    for name, one in of_kind(manifests, "Job").items():
        script = f"{name.removesuffix('-migration')}-admin"
        wanted = ["portal", "topology"] if name == "topology" else [script, "migrate"]
        assert process(one)["command"] == wanted


def test_every_variable_is_one_that_the_process_reads_and_its_settings_are_accepted(
    manifests, secrets, monkeypatch
):
    for name, one in of_kind(manifests, "Deployment", "Job").items():
        read, given = settings_of(name), environment(process(one), manifests, secrets)
        used = {match for v in process(one)["env"] for match in REFERENCE.findall(str(v))}
        assert set(given) - used <= variables(read), name
        with monkeypatch.context() as patched:
            for variable, value in (given | image_environment(one)).items():
                patched.setenv(variable, value)
            settings = load_settings(read)
        if name in PROCESSES:
            assert settings.amqp_uri == given["PORTAL_AMQP_URI"]
            assert settings.public_url == "https://portal.example.org"


def image_environment(manifest: Manifest) -> dict[str, str]:
    return image(process(manifest)["image"].removeprefix("latchkey/")).environment


@pytest.mark.parametrize("service", SERVICES)
def test_a_running_service_has_no_right_to_its_schema(manifests, secrets, service):
    name, prefix = service.replace("_", "-"), service.upper()
    running = environment(process(of_kind(manifests, "Deployment")[name]), manifests, secrets)
    job = of_kind(manifests, "Job")[f"{name}-migration"]
    migrating = environment(process(job), manifests, secrets)
    assert f"{prefix}_OWNER_DATABASE_URL" not in running
    assert running[f"{prefix}_DATABASE_URL"] == migrating[f"{prefix}_DATABASE_URL"]
    for variable, role in (("DATABASE_URL", "runtime"), ("OWNER_DATABASE_URL", "owner")):
        kept = secrets[f"{name}-{role}"]["stringData"]
        assert kept["username"] == f"{service}_{role}"
        assert migrating[f"{prefix}_{variable}"] == (
            f"postgresql+psycopg://{service}_{role}:{kept['password']}@postgres:5432/{service}"
        )


def test_only_services_have_the_master_key_and_only_the_gateway_its_token(manifests, secrets):
    held = {
        name: set(environment(process(one), manifests, secrets))
        for name, one in of_kind(manifests, "Deployment", "Job").items()
    }
    services = set(PROCESSES) - {"gateway"}
    assert {name for name, given in held.items() if "PORTAL_MASTER_KEY" in given} == services
    assert {name for name, given in held.items() if "GATEWAY_METRICS_TOKEN" in given} == {"gateway"}


def test_each_process_is_a_user_of_its_own_at_the_broker(manifests, secrets):
    users = {"topology": OWNER} | {name: user_of(name.replace("-", "_")) for name in PROCESSES}
    workloads = of_kind(manifests, "Deployment", "Job")
    passwords = set()
    for name, user in users.items():
        given = environment(process(workloads[name]), manifests, secrets)
        parts = urlsplit(given["PORTAL_AMQP_URI"])
        assert (parts.username, parts.hostname, parts.path) == (user, "rabbitmq", "/latchkey")
        passwords.add(parts.password)
        named = re.findall(r'"name": "([\w-]*broker)"', json.dumps(workloads[name]))
        assert set(named) == {"broker" if name == "topology" else f"{name}-broker"}
    assert len(passwords) == len(users)


def test_the_doctor_waits_to_be_asked_and_has_the_settings_of_all_that_it_judges(
    manifests, secrets
):
    doctor = of_kind(manifests, "CronJob")["doctor"]
    assert doctor["spec"]["suspend"] is True
    job = doctor["spec"]["jobTemplate"]
    container = process(job)
    assert (container["image"], container["command"]) == ("latchkey/portal", ["portal", "doctor"])
    given = environment(container, manifests, secrets)
    topology = environment(process(of_kind(manifests, "Job")["topology"]), manifests, secrets)
    assert given["PORTAL_AMQP_URI"] == topology["PORTAL_AMQP_URI"]
    for name, one in of_kind(manifests, "Deployment").items():
        its_own = environment(process(one), manifests, secrets)
        uri = its_own.pop("PORTAL_AMQP_URI")
        assert given[ACCOUNT_VARIABLES[name.replace("-", "_")]] == uri
        its_own.pop("RUNTIME_PASSWORD", None)
        assert its_own.items() <= given.items(), name
    [asked] = given[ASKS_VARIABLE].split()
    served = of_kind(manifests, "Service")[urlsplit(asked).hostname]["spec"]["ports"]
    assert urlsplit(asked).port in {one["port"] for one in served}
    # As closed to its machine as every other.
    like = pod(of_kind(manifests, "Job")["topology"])
    for key in ("securityContext", "automountServiceAccountToken", "enableServiceLinks"):
        assert pod(job)[key] == like[key]
    beside = process(of_kind(manifests, "Job")["topology"])
    assert container["securityContext"] == beside["securityContext"]


def test_every_secret_that_is_named_is_made(manifests, secrets):
    named = set(re.findall(r'"secretKeyRef": \{"name": "([\w-]+)"', json.dumps(manifests)))
    for key in ("passwordSecret", "importCredentialsSecret"):
        named |= set(re.findall(rf'"{key}": {{"name": "([\w-]+)"', json.dumps(manifests)))
    assert named <= set(secrets)


def test_two_runs_of_new_secrets_share_none(folder, secrets):
    program = [str(folder / "new-secrets")]
    printed = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    again = of_kind(yaml.safe_load_all(printed), "Secret")

    def values(made: dict[str, Manifest]) -> set[str]:
        pairs = [pair for one in made.values() for pair in one["stringData"].items()]
        return {value for key, value in pairs if value and key != "username"}

    assert set(again) == set(secrets)
    # CloudNativePG wants this type of a role's password.
    typed = {name for name, one in again.items() if one["type"] == "kubernetes.io/basic-auth"}
    assert typed >= {f"{name}-{role}" for name in PROCESSES[1:] for role in ("owner", "runtime")}
    assert not values(again) & values(secrets)
    for one in again.values():
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


# --- how they fare ------------------------------------------------------------------


def test_probes_ask_where_the_process_answers(manifests):
    served = {route.pattern for route in all_routes(dev=False)}
    for name, one in of_kind(manifests, "Deployment").items():
        container = process(one)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        baked = image(name)
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[kind]["httpGet"]
            assert str(ports[asked["port"]]) == baked.one("EXPOSE").rest
            if name == "gateway":
                assert asked["path"] in served
            else:
                assert asked["path"] in {"/live", "/ready"}
        # A dependency that is away must not have the process killed.
        assert container["livenessProbe"]["httpGet"]["path"].endswith("live")
        assert container["readinessProbe"]["httpGet"]["path"].endswith("ready")


def test_a_process_can_do_little_to_its_container_and_its_machine(manifests):
    for one in of_kind(manifests, "Deployment", "Job", "StatefulSet").values():
        described, container = pod(one), process(one)
        assert described["securityContext"]["runAsNonRoot"] is True
        assert described["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert described["automountServiceAccountToken"] is False
        assert described["enableServiceLinks"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        claims = one["spec"].get("volumeClaimTemplates", [])
        volumes = [volume["name"] for volume in described["volumes"]]
        assert mounted == {*volumes, *(claim["metadata"]["name"] for claim in claims)}


def test_a_process_runs_as_the_user_of_its_image(manifests):
    for one in of_kind(manifests, "Deployment", "Job").values():
        given = pod(one)["securityContext"]
        user = image(process(one)["image"].removeprefix("latchkey/")).one("USER").rest
        assert f"{given['runAsUser']}:{given['runAsGroup']}" == user


def test_what_is_selected_is_there(manifests):
    pods = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in of_kind(manifests, "Deployment", "Job", "StatefulSet").values()
    ]
    pods += [
        one["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
        for one in of_kind(manifests, "CronJob").values()
    ]
    pods += [{"app.kubernetes.io/name": name} for name in of_kind(manifests, "RabbitmqCluster")]
    clusters = of_kind(manifests, "Cluster").values()
    pods += [one["spec"]["inheritedMetadata"]["labels"] for one in clusters]
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy", "PodMonitor"):
        for one in of_kind(manifests, kind).values():
            spec = one["spec"]
            selector = spec.get("podSelector", spec.get("selector"))
            assert any(selects(selector, labels) for labels in pods), one["metadata"]["name"]


def test_a_disruption_takes_one_at_a_time_and_an_autoscaler_knows_its_bounds(manifests):
    for one in of_kind(manifests, "PodDisruptionBudget").values():
        assert one["spec"]["maxUnavailable"] == 1
    for name, one in of_kind(manifests, "HorizontalPodAutoscaler").items():
        assert one["spec"]["scaleTargetRef"]["name"] == name
        assert 1 <= one["spec"]["minReplicas"] < one["spec"]["maxReplicas"]


def test_as_many_connections_are_allowed_as_replicas_can_open(manifests):
    bounds = of_kind(manifests, "HorizontalPodAutoscaler")
    most = sum(
        # Those that come with a new version while the former ones go.
        (bounds[name]["spec"]["maxReplicas"] + surge(manifests, name))
        * settings_in(settings_of(name))["pool_size"].default
        for name in set(PROCESSES) - {"gateway"}
    )
    assert most + OTHER_CONNECTIONS <= allowed_connections(manifests)


def surge(manifests: list[Manifest], name: str) -> int:
    """How many pods of a new version come before one of the former goes."""
    strategy = of_kind(manifests, "Deployment")[name.replace("_", "-")]["spec"]["strategy"]
    assert strategy["rollingUpdate"]["maxUnavailable"] == 0
    return int(strategy["rollingUpdate"]["maxSurge"])


def test_the_gateway_has_ended_what_is_under_way_before_it_is_killed(manifests):
    described = of_kind(manifests, "Deployment")["gateway"]
    sleeps = process(described)["lifecycle"]["preStop"]["sleep"]["seconds"]
    parsed = Config().parser().parse_args(image("gateway").command[1:])
    needs = sleeps + int(parsed.graceful_timeout) + LEAVING_SECONDS
    assert needs < pod(described)["terminationGracePeriodSeconds"]


def allowed_connections(manifests: list[Manifest]) -> int:
    for one in of_kind(manifests, "Cluster").values():
        return int(one["spec"]["postgresql"]["parameters"]["max_connections"])
    arguments = process(of_kind(manifests, "StatefulSet")["postgres"])["args"]
    return next(int(a.partition("=")[2]) for a in arguments if a.startswith("--max_connections"))
