"""A portal stays at the port that its mails name."""

from __future__ import annotations

import socket
import threading

import pytest

from portal_runner.data_folder import DataFolder
from portal_runner.web_port import PortTakenError, require_free, settled_port

HOST = "127.0.0.1"


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "var")
    folder.prepare()
    return folder


@pytest.fixture
def listener():
    """Somebody who listens on a port."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener


@pytest.fixture
def taken(listener):
    return listener.getsockname()[1]


def test_the_first_start_takes_the_next_port_that_is_free(folder, taken):
    assert settled_port(folder, HOST, taken) > taken


def test_later_starts_keep_the_port_of_the_first(folder, taken, listener):
    first = settled_port(folder, HOST, taken)
    listener.close()
    assert settled_port(folder, HOST, taken) == first


def test_a_port_that_the_former_portal_still_holds_is_waited_for(folder, taken, listener):
    folder.port.write_text(f'{{"wanted": {taken}, "port": {taken}}}')
    threading.Timer(0.3, listener.close).start()
    assert settled_port(folder, HOST, taken) == taken


def test_a_port_that_stays_taken_is_refused_and_no_other_is_chosen(folder, taken):
    folder.port.write_text(f'{{"wanted": {taken}, "port": {taken}}}')
    with pytest.raises(PortTakenError, match=rf"Port {taken} is taken.*mails.*--port"):
        settled_port(folder, HOST, taken, let_go_seconds=0.1)


def test_another_port_may_be_asked_for(folder, taken):
    folder.port.write_text(f'{{"wanted": {taken}, "port": {taken}}}')
    assert settled_port(folder, HOST, taken + 1) > taken


@pytest.mark.parametrize("said", ["", "{", "[]", '{"wanted": "x", "port": null}'])
def test_a_file_that_is_damaged_is_no_reason_not_to_start(folder, taken, said):
    folder.port.write_text(said)
    assert settled_port(folder, HOST, taken) > taken


def test_where_the_port_is_given_a_taken_one_is_refused(taken):
    with pytest.raises(PortTakenError, match=f"Port {taken} is taken. Stop what listens there"):
        require_free(HOST, taken, within=0)
