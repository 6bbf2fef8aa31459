"""A stack's PostgreSQL takes as many connections as its processes can open together."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal_chassis.embedded.ports import LOOPBACK
from portal_runner import stack
from portal_runner.data_folder import DataFolder


@pytest.mark.parametrize(("replicas", "pools"), [(1, 16), (8, 16), (8, 40)])
def test_replicas_never_meet_the_limit_of_the_server(tmp_path, monkeypatch, replicas, pools):
    given = {}
    monkeypatch.setattr(stack, "EmbeddedPostgres", lambda _folder, **options: given.update(options))
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "http://localhost:8000")
    services = dict.fromkeys("abcd", SimpleNamespace(pool_size=pools))
    options = stack.StackOptions(DataFolder(tmp_path), LOOPBACK, 0, replicas)
    stack.Stack(options, SimpleNamespace(services=services, sealer=None))
    assert given["max_connections"] == 4 * pools * replicas + stack.OTHER_CONNECTIONS
