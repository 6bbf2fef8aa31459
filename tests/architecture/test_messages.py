"""The catalogue of messages and the services say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.words.logs import REASONS
from notifications.domain.reasons import Reason
from portal_chassis.events.subscribe import EventEntrypoint
from portal_chassis.process.container import service_class
from portal_chassis.rpc.consumer import Rpc
from portal_contracts.catalogue import EVENTS, METHODS, SERVICES, SUBSCRIPTIONS
from tests.kit.entry_points import entry_points

every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_a_service_answers_exactly_the_calls_of_the_catalogue(service: str):
    found = entry_points(service_class(service), Rpc)
    answered = {name: one.method for name, one in found.items()}
    declared = {one.name: one for one in METHODS.values() if one.service == service}
    assert answered == declared


@every_service
def test_a_service_takes_exactly_the_events_that_name_it(service: str):
    taken = {
        (found.event_class.TYPE, f"{service}.{name}")
        for name, found in entry_points(service_class(service), EventEntrypoint).items()
    }
    declared = {
        (one.event_type, one.queue) for one in SUBSCRIPTIONS if one.queue.startswith(f"{service}.")
    }
    assert taken == declared


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_is_published_by_the_service_it_is_named_after_alone(event: type, root: Path):
    owner = event.TYPE.split(".")[0]
    made = re.compile(rf"\b{event.__name__}\(|AccessLog\(\s*{event.__name__},")
    publishers = {
        path.relative_to(root / "services").parts[0].replace("-", "_")
        for path in root.glob("services/*/src/**/*.py")
        if made.search(path.read_text("utf-8"))
    }
    assert publishers == {owner}


def test_every_reason_in_the_mail_log_has_words():
    assert set(Reason) == set(REASONS)
