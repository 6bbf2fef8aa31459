"""Tests that share what is started for them run in one process."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one process alone")
def test_the_processes_are_given_whole_groups(request):
    assert request.node.nodeid.endswith("@tests/architecture/test_groups_of_tests.py")
