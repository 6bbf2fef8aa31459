"""What RabbitMQ loads when it starts: queues and rights of the code, users of the environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from amqp.exceptions import AccessRefused

from portal_chassis.broker import topology
from portal_chassis.broker.connection import connect
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.broker_accounts import permissions
from portal_contracts.catalogue import PROCESSES, SUBSCRIPTIONS

PASSWORD = "a-made.up_password~1"
LOAD = 'rabbit_definitions_import_local_filesystem:load(true, "{folder}").'


@pytest.fixture(scope="session")
def definitions(root: Path) -> dict[str, Any]:
    return json.loads((root / "deploy/rabbitmq/definitions.json").read_text("utf-8"))


def start(root: Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The node's start up to where the node itself would begin."""
    given = {
        "PATH": os.defpath,
        "LATCHKEY_BROKER_USER": "portal",
        "LATCHKEY_BROKER_PASSWORD": PASSWORD,
        **{f"{process.upper()}_BROKER_PASSWORD": f"of-{process}" for process in PROCESSES},
        "LATCHKEY_DEFINITIONS": str(folder),
    }
    command = [str(root / "deploy/rabbitmq/start"), "echo", "the node"]
    environment = given | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_they_are_those_of_the_code(definitions):
    assert definitions == topology.definitions("latchkey"), "make reference brings them up to date"


def test_every_subscription_has_a_queue_that_is_bound(definitions):
    bound = {
        (one["source"], one["routing_key"], one["destination"]) for one in definitions["bindings"]
    }
    assert {(one.exchange, one.event_type, one.queue) for one in SUBSCRIPTIONS} <= bound
    named = {one["name"] for one in definitions["queues"]}
    assert {destination for _, _, destination in bound} == named


def test_everything_is_durable_and_in_one_virtual_host(definitions):
    for kind in ("queues", "exchanges", "bindings", "policies"):
        assert {one["vhost"] for one in definitions[kind]} == {"latchkey"}
    assert all(one["durable"] for kind in ("queues", "exchanges") for one in definitions[kind])
    assert definitions["vhosts"] == [{"name": "latchkey"}]


def test_a_policy_is_about_a_queue_there_is(definitions):
    names = [one["name"] for one in definitions["queues"]]
    for policy in definitions["policies"]:
        assert any(re.search(policy["pattern"], name) for name in names)


def test_the_file_makes_no_user_and_knows_the_rights_of_every_process(definitions):
    assert "users" not in definitions
    assert definitions["permissions"] == permissions("latchkey")


def test_a_node_that_has_loaded_them_is_what_the_services_expect(
    root, rabbitmq, server_folder, definitions
):
    folder = server_folder / "definitions"
    # The node is there for other tests as well: everybody keeps his password.
    accounts = {process: urlsplit(uri_as(process, rabbitmq.uri)) for process in PROCESSES}
    given = {f"{one.upper()}_BROKER_PASSWORD": uri.password for one, uri in accounts.items()}
    done = start(root, folder, **given)
    assert (done.returncode, done.stdout) == (0, "the node\n"), done.stderr
    rabbitmq.control("eval", LOAD.format(folder=folder))
    host = f"127.0.0.1:{rabbitmq.port}/latchkey"
    for uri in accounts.values():
        with connect(uri._replace(path="/latchkey").geturl()) as connection:
            channel = connection.channel()
            with pytest.raises(AccessRefused):
                channel.queue_declare("a-queue-of-mine")
    # An exchange or queue declared otherwise would be refused here.
    declared = topology.declare(f"amqp://portal:{PASSWORD}@{host}")
    assert set(declared) == {one["name"] for one in definitions["queues"]}
    with pytest.raises(AccessRefused), connect(f"amqp://portal:wrong@{host}") as connection:
        connection.connect()


def test_the_passwords_are_read_by_the_node_alone(root, tmp_path):
    (tmp_path / "20-user.json").write_text("of a former release")
    start(root, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"10-users.json", "20-topology.json"}
    assert (tmp_path / "10-users.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("process", PROCESSES)
def test_no_user_is_without_a_password(root, tmp_path, process):
    done = start(root, tmp_path, **{f"{process.upper()}_BROKER_PASSWORD": ""})
    assert done.returncode
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("password", ['"', "a b", "a/b", "ü"], ids=["quote", "space", "slash", "u"])
def test_a_password_that_would_not_stand_in_an_address_is_refused(root, tmp_path, password):
    for variable in ("LATCHKEY_BROKER_PASSWORD", "FORMS_BROKER_PASSWORD"):
        done = start(root, tmp_path, **{variable: password})
        assert done.returncode == 2
        assert password not in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_the_node_loads_from_where_its_start_writes(root):
    conf = (root / "deploy/rabbitmq/rabbitmq.conf").read_text("utf-8")
    settings = dict(re.findall(r"^([\w.]+) = (.+)$", conf, re.MULTILINE))
    compose = yaml.safe_load((root / "docker-compose.yml").read_text("utf-8"))
    broker = compose["services"]["rabbitmq"]
    folder = broker["environment"]["LATCHKEY_DEFINITIONS"]
    assert settings["definitions.local.path"] == folder
    assert settings["definitions.import_backend"] == "local_filesystem"
    assert broker["tmpfs"] == [str(Path(folder).parent)]
    assert {volume.split(":")[1] for volume in broker["volumes"]} >= {
        "/opt/latchkey/definitions.json",
        broker["entrypoint"][0],
    }
