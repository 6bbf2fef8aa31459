"""PostgreSQL of our own takes as many connections as the portal's processes can open together."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal_chassis.embedded.ports import LOOPBACK
from portal_runner import one_process, stack
from portal_runner.data_folder import DataFolder
from portal_runner.modes import OTHER_CONNECTIONS, Mode, PortalSettings


@pytest.fixture
def given(monkeypatch):
    """What the server was started with."""
    options = {}
    for module in (stack, one_process):
        monkeypatch.setattr(module, "EmbeddedPostgres", lambda _folder, **its: options.update(its))
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "http://localhost:8000")
    return options


def settings_with(pools, secret):
    one = SimpleNamespace(
        pool_size=pools, master_key_bytes=lambda: secret, former_master_keys=lambda: ()
    )
    return PortalSettings(dict.fromkeys("abcd", one), None, None)


@pytest.mark.parametrize(("replicas", "pools"), [(1, 16), (8, 16), (8, 40)])
def test_replicas_never_meet_the_limit_of_the_server(tmp_path, given, replicas, pools):
    options = stack.StackOptions(DataFolder(tmp_path), LOOPBACK, 0, replicas)
    stack.Stack(options, settings_with(pools, b"k" * 32))
    assert given["max_connections"] == 4 * pools * replicas + OTHER_CONNECTIONS


def test_large_pools_of_one_process_do_not_meet_it(tmp_path, given):
    options = one_process.Options(Mode.TRY, DataFolder(tmp_path), LOOPBACK, 0)
    one_process.OneProcessPortal(options, settings_with(200, b"k" * 32))
    assert given["max_connections"] == 4 * 200 + OTHER_CONNECTIONS
