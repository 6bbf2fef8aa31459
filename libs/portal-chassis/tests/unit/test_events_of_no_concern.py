"""An event that says itself that it has no effect here costs no worker and no row."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec

from portal_chassis.events import acknowledgements
from portal_chassis.events.subscribe import EventEntrypoint
from portal_contracts.identity_links.events import PortalLinkShared

NAME = "notifications.on_portal_link_shared"


class Hearing:
    """The entry point between a broker and workers that are not there."""

    def __init__(self, concerns) -> None:
        self.acknowledged, self.taken = [], []
        self.entry = EventEntrypoint(PortalLinkShared, "every", concerns)
        self.entry._name = NAME
        self.entry._senders = SimpleNamespace(may_publish=lambda _message, _publisher: True)
        self.entry.consumers = SimpleNamespace(ack=self.acknowledged.append)
        self.entry._take_patiently = lambda event, _message: self.taken.append(event.id)

    def hear(self, event) -> None:
        self.entry._take(msgspec.json.encode(event), "message")


def test_it_is_acknowledged_and_nothing_else(shared_event):
    event, hearing = shared_event(), Hearing(lambda _event: False)
    with acknowledgements.expecting([event.id]):
        hearing.hear(event)
        # Whoever published it over the in-memory broker does not wait for it.
        assert acknowledgements.wait_for(event.id, [NAME], 0)
    assert (hearing.acknowledged, hearing.taken) == (["message"], [])


def test_one_that_concerns_is_taken(shared_event):
    event = shared_event()
    hearing = Hearing(lambda told: told.data.link_id == event.data.link_id)
    hearing.hear(event)
    assert (hearing.acknowledged, hearing.taken) == ([], [event.id])
