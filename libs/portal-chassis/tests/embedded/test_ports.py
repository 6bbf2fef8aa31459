"""A port that is picked for a server stays its own until the server listens."""

import socket
from pathlib import Path

import pytest

from portal_chassis.embedded import ports
from portal_chassis.embedded.ports import LOOPBACK, free_port, is_free

HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_outgoing_connection_takes_a_port_that_was_picked():
    if not HANDED_OUT.exists():
        pytest.skip("this system does not say which ports connections get")
    first, last = map(int, HANDED_OUT.read_text().split())
    assert not [port for port in (free_port() for _ in range(50)) if first <= port <= last]


def test_servers_that_start_at_once_get_different_ports():
    picked = [free_port() for _ in range(50)]
    assert len(set(picked)) > 45


def test_a_port_that_somebody_listens_on_is_not_picked(monkeypatch):
    with socket.create_server((LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        other = free_port()
        assert not is_free(taken)
        offered = iter([taken, taken, other])
        monkeypatch.setattr(ports.secrets, "choice", lambda _: next(offered))
        assert free_port() == other


def test_where_all_of_them_are_taken_the_system_picks_one(monkeypatch):
    with socket.create_server((LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(ports.secrets, "choice", lambda _: taken)
        assert free_port() != taken
