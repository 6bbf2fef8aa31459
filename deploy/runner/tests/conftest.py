"""What the runner's tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def key_home(tmp_path, monkeypatch):
    """Master keys of tests go to a folder of the test."""
    home = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    for variable in ("PORTAL_MASTER_KEY", "PORTAL_MASTER_KEY_FILE", "PORTAL_AMQP_URI"):
        monkeypatch.delenv(variable, raising=False)
    return home
