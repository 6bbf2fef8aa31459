"""What is looked up when metrics are asked for."""

from __future__ import annotations

import pytest

from portal_chassis import metrics
from portal_chassis.metrics import Measured


@pytest.fixture
def source():
    """``source(measure)``: asks `measure` with each scrape, for the length of the test."""
    added = []

    def add(measure):
        metrics.add_source(measure)
        added.append(measure)

    yield add
    for one in added:
        metrics.remove_source(one)
        metrics.remove_source(one)


def lines():
    return metrics.exposition().decode().splitlines()


def test_services_of_one_process_are_told_apart_under_one_heading(source):
    for number, name in enumerate(("one", "other")):
        source(lambda number=number, name=name: [Measured(metrics.INBOX_DEAD, (name,), number)])
    told = [line for line in lines() if "portal_inbox_dead" in line]
    assert told == [
        "# HELP portal_inbox_dead Events that failed for the last time.",
        "# TYPE portal_inbox_dead gauge",
        'portal_inbox_dead{service="one"} 0.0',
        'portal_inbox_dead{service="other"} 1.0',
    ]


def test_a_source_that_fails_leaves_out_its_own_numbers_alone(source):
    def fails():
        yield Measured(metrics.INBOX_DEAD, ("broken",), 1)
        raise OSError

    source(fails)
    source(lambda: [Measured(metrics.INBOX_DEAD, ("well",), 2)])
    told = [line for line in lines() if line.startswith("portal_inbox_dead")]
    assert told == ['portal_inbox_dead{service="well"} 2.0']


def test_the_versions_are_told():
    version = metrics.portal_version()
    assert f'portal_build_info{{version="{version}"}} 1.0' in lines()
