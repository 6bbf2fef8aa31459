"""The servers of deploy/kubernetes, and who may talk to whom."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from gateway.routes import all_routes
from portal_contracts.broker_accounts import OWNER, permissions
from portal_contracts.catalogue import SERVICES
from tests.kit.portal.manifests import Manifest, built, of_kind, process, selects

PROCESSES = ["gateway", *(name.replace("_", "-") for name in SERVICES)]
JOBS = ["topology", *(f"{name.replace('_', '-')}-migration" for name in SERVICES)]


@pytest.fixture(scope="session")
def folder(root: Path) -> Path:
    return root / "deploy/kubernetes"


@pytest.fixture(scope="session")
def secrets(folder) -> dict[str, Manifest]:
    """What a person gets from `new-secrets`."""
    program = str(folder / "new-secrets")
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return of_kind(yaml.safe_load_all(printed), "Secret")


@pytest.fixture(scope="session", params=["single-node", "cluster"])
def manifests(request, folder) -> list[Manifest]:
    return built(folder / request.param)


LABELS = {
    **{
        name: {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "service"}
        for name in PROCESSES
    },
    "gateway": {"app.kubernetes.io/name": "gateway", "app.kubernetes.io/component": "gateway"},
    "topology": {"app.kubernetes.io/name": "topology", "app.kubernetes.io/component": "topology"},
    **{
        name: {
            "app.kubernetes.io/name": name.removesuffix("-migration"),
            "app.kubernetes.io/component": "migration",
        }
        for name in JOBS
        if name != "topology"
    },
}


def reaches(manifests: list[Manifest], labels: dict[str, str], target: dict[str, str]) -> bool:
    """Whether a policy lets pods with `labels` out to `target`, and one lets them in there."""
    policies = [one["spec"] for one in of_kind(manifests, "NetworkPolicy").values()]

    def allowed(of: dict[str, str], way: str, end: str, other: dict[str, str]) -> bool:
        return any(
            selects(peer["podSelector"], other)
            for spec in policies
            if selects(spec["podSelector"], of)
            for rule in spec.get(way, [])
            for peer in rule.get(end, [])
            if "podSelector" in peer
        )

    return allowed(labels, "egress", "to", target) and allowed(target, "ingress", "from", labels)


def test_nobody_talks_to_anybody_unless_it_is_said(manifests):
    everyone = of_kind(manifests, "NetworkPolicy")["default-deny"]["spec"]
    assert everyone == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_broker_and_the_databases_are_reached_by_whom_they_serve(manifests):
    services = set(PROCESSES) - {"gateway"}
    broker = {"app.kubernetes.io/name": "rabbitmq"}
    database = {"app.kubernetes.io/name": "postgres", "latchkey-part": "database"}
    assert {name for name, labels in LABELS.items() if reaches(manifests, labels, broker)} == {
        *PROCESSES,
        "topology",
    }
    assert {name for name, labels in LABELS.items() if reaches(manifests, labels, database)} == (
        services | (set(JOBS) - {"topology"})
    )


def test_the_labels_of_the_policies_are_those_of_the_pods(manifests):
    for name, one in of_kind(manifests, "Deployment", "Job").items():
        assert one["spec"]["template"]["metadata"]["labels"] == LABELS[name]


def test_only_mails_leave_for_the_world(manifests):
    for name, one in of_kind(manifests, "NetworkPolicy").items():
        anywhere = [rule for rule in one["spec"].get("egress", []) if "to" not in rule]
        ports = {port["port"] for rule in anywhere for port in rule["ports"]}
        selected = {
            n for n, labels in LABELS.items() if selects(one["spec"]["podSelector"], labels)
        }
        if anywhere and selected:
            assert (name, selected, ports) == ("mails", {"notifications"}, {25, 465, 587})


# --- the servers ----------------------------------------------------------------------


def test_the_single_node_starts_its_servers_as_compose_does(root, folder):
    servers = of_kind(built(folder / "single-node"), "StatefulSet")
    compose = yaml.safe_load((root / "docker-compose.yml").read_text("utf-8"))["services"]
    for name in ("postgres", "rabbitmq"):
        assert process(servers[name])["image"] == compose[name]["image"]
    assert process(servers["postgres"])["args"] == compose["postgres"]["command"]
    assert process(servers["rabbitmq"])["command"] == compose["rabbitmq"]["entrypoint"]
    for name in ("postgres", "rabbitmq"):
        given = {one["name"] for one in process(servers[name])["env"]}
        assert given >= set(compose[name]["environment"])
    for name in ("postgres", "rabbitmq"):
        claimed = {volume.split(":")[1] for volume in compose[name]["volumes"][:1]}
        mounts = process(servers[name])["volumeMounts"]
        assert {one["mountPath"] for one in mounts if one["name"] == "data"} == claimed


def test_the_cluster_makes_a_database_and_two_roles_per_service(folder):
    manifests = built(folder / "cluster")
    (cluster,) = of_kind(manifests, "Cluster").values()
    databases = of_kind(manifests, "Database").values()
    assert {(one["spec"]["name"], one["spec"]["owner"]) for one in databases} == {
        (service, f"{service}_owner") for service in SERVICES
    }
    assert all(one["spec"]["databaseReclaimPolicy"] == "retain" for one in databases)
    roles = {one["name"]: one for one in cluster["spec"]["managed"]["roles"]}
    assert set(roles) == {f"{name}_{role}" for name in SERVICES for role in ("owner", "runtime")}
    for name, role in roles.items():
        assert role["login"] is True
        assert role["passwordSecret"]["name"].replace("-", "_") == name
    # Each role enters its own database; the last line refuses it every other.
    *doors, last = cluster["spec"]["postgresql"]["pg_hba"]
    assert doors == [
        f"host {name} {name}_owner,{name}_runtime all scram-sha-256" for name in SERVICES
    ]
    assert set(last.split()[2].split(",")) == set(roles)
    assert last.endswith(" all reject")


def test_the_cluster_has_three_of_each_server_and_they_are_reached_by_their_names(folder):
    manifests = built(folder / "cluster")
    (cluster,) = of_kind(manifests, "Cluster").values()
    (broker,) = of_kind(manifests, "RabbitmqCluster").values()
    assert (cluster["spec"]["instances"], broker["spec"]["replicas"]) == (3, 3)
    assert "pause_minority" in broker["spec"]["rabbitmq"]["additionalConfig"]
    (service,) = cluster["spec"]["managed"]["services"]["additional"]
    assert service["selectorType"] == "rw"
    assert service["serviceTemplate"]["metadata"]["name"] == "postgres"


def test_the_cluster_makes_every_user_of_the_broker_with_its_rights(folder, secrets):
    manifests = built(folder / "cluster")
    (broker,) = of_kind(manifests, "RabbitmqCluster")
    made = [one for one in manifests if one["kind"] in {"Vhost", "User", "Permission"}]
    assert {one["spec"]["rabbitmqClusterReference"]["name"] for one in made} == {broker}
    named = {
        name: secrets[one["spec"]["importCredentialsSecret"]["name"]]["stringData"]["username"]
        for name, one in of_kind(manifests, "User").items()
    }
    given = [
        {"user": named[one["userReference"]["name"]], "vhost": one["vhost"], **one["permissions"]}
        for one in (found["spec"] for found in of_kind(manifests, "Permission").values())
    ]
    everything = dict.fromkeys(("configure", "write", "read"), ".*")
    owner = {"user": OWNER, "vhost": "latchkey"} | everything
    assert given == [owner, *permissions("latchkey")]
    assert sorted(named.values()) == sorted(one["user"] for one in given)
    (host,) = of_kind(manifests, "Vhost").values()
    assert host["spec"]["name"] == "latchkey"


def test_what_is_measured_is_asked_where_it_answers(folder):
    manifests = built(folder / "cluster")
    (endpoint,) = of_kind(manifests, "PodMonitor")["services"]["spec"]["podMetricsEndpoints"]
    deployments = of_kind(manifests, "Deployment")
    for name in set(PROCESSES) - {"gateway"}:
        ports = {port["name"] for port in process(deployments[name])["ports"]}
        assert endpoint["port"] in ports
    (endpoint,) = of_kind(manifests, "ServiceMonitor")["gateway"]["spec"]["endpoints"]
    service = of_kind(manifests, "Service")["gateway"]
    assert service["metadata"]["labels"]["app.kubernetes.io/name"] == "gateway"
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert endpoint["authorization"]["credentials"] == {"name": "gateway-metrics", "key": "token"}
    assert endpoint["path"] in {route.pattern for route in all_routes(dev=False)}
