"""What the runner's tests share."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest


@pytest.fixture(autouse=True)
def key_home(tmp_path, monkeypatch):
    """Master keys of tests go to a folder of the test, and no variable outlives its test.

    What is tested here writes variables itself: a portal's settings, for its processes.
    """
    home = tmp_path / "config"
    with patch.dict(os.environ):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
        for variable in ("PORTAL_MASTER_KEY", "PORTAL_MASTER_KEY_FILE", "PORTAL_AMQP_URI"):
            monkeypatch.delenv(variable, raising=False)
        yield home
