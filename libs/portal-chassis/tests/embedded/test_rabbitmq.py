"""The private RabbitMQ node."""

import subprocess

import kombu
import psutil
import pytest

from portal_chassis.embedded import belonging, rabbitmq_programs
from portal_chassis.embedded.ports import is_free
from portal_chassis.embedded.processes import runs
from portal_chassis.embedded.rabbitmq import MissingRabbitMQError, RabbitNode


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    node = RabbitNode(tmp_path_factory.mktemp("node"))
    node.start()
    yield node
    node.stop()


def test_neither_it_nor_its_name_server_listens_on_the_network(node):
    processes = [psutil.Process(node.pid), psutil.Process(node._epmd.pid)]
    processes += processes[0].children(recursive=True)
    listening = [
        one.laddr
        for process in processes
        for one in process.net_connections()
        if one.status == psutil.CONN_LISTEN
    ]
    assert node.port in {one.port for one in listening}
    assert {one.ip for one in listening} <= {"127.0.0.1", "::1"}


KEPT = kombu.Queue("kept", durable=True, queue_arguments={"x-queue-type": "quorum"})


def publish(uri, text):
    with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
        connection.Producer().publish(text, routing_key="kept", declare=[KEPT], delivery_mode=2)


def receive(uri):
    with kombu.Connection(uri) as connection, connection.SimpleQueue(KEPT) as queue:
        message = queue.get(timeout=20)
        message.ack()
        return message.payload


@pytest.mark.long
def test_confirmed_messages_outlive_a_kill(node):
    publish(node.uri, "before")
    node.settle()
    uri = node.uri
    node.kill()
    assert not node.is_running()
    node.start()
    assert node.uri == uri
    assert receive(uri) == "before"


@pytest.mark.long
def test_a_node_left_behind_by_a_killed_process_is_replaced(node):
    left_behind = node.pid
    second = RabbitNode(node.folder)
    second.start()
    assert not runs(left_behind, "beam")
    second.stop()
    node.start()


@pytest.mark.parametrize("shown", [True, False])
def test_a_copy_of_the_folder_starts_a_node_of_its_own(node, tmp_path, monkeypatch, shown):
    if not shown:
        monkeypatch.setattr(belonging, "_works_in", lambda _pid, _home: None)
    pid, copied = node.pid, tmp_path / "copy"
    publish(node.uri, "of the original")
    subprocess.run(["cp", "-a", str(node.folder), str(copied)], check=True)
    with RabbitNode(copied) as copy:
        assert copy.is_running()
        assert copy.pid != pid
        assert copy.port != node.port
    assert runs(pid, "beam")
    assert node.is_running()
    assert receive(node.uri) == "of the original"


@pytest.mark.long
def test_a_leftover_is_replaced_where_working_directories_are_not_shown(node, monkeypatch):
    monkeypatch.setattr(belonging, "_works_in", lambda _pid, _home: None)
    left_behind = node.pid
    second = RabbitNode(node.folder)
    second.start()
    assert not runs(left_behind, "beam")
    second.stop()
    node.start()


def test_virtual_hosts_are_apart(node):
    node.add_virtual_hosts(["one", "two"])
    publish(node.uri_of("one"), "for one")
    publish(node.uri_of("two"), "for two")
    assert receive(node.uri_of("one")) == "for one"
    assert receive(node.uri_of("two")) == "for two"


@pytest.mark.long
def test_stop_leaves_no_process_behind(node):
    pid, port = node.pid, node.port
    node.stop()
    assert not runs(pid, "beam")
    assert is_free(port)
    node.start()


def test_a_machine_without_rabbitmq_is_told_the_one_command(monkeypatch, tmp_path):
    monkeypatch.setattr(rabbitmq_programs, "PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingRabbitMQError, match=r"nstall"):
        RabbitNode(tmp_path).start()
