"""An event that says itself that it has no effect here costs no worker and no row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec

from portal_chassis.events import acknowledgements
from portal_chassis.events.subscribe import EventEntrypoint
from portal_chassis.ids import new_id
from portal_contracts.actor import service_actor
from portal_contracts.envelope import Aggregate, Event
from portal_contracts.scheduling.events import AppointmentBooked

NAME = "forms.on_appointment_booked"
BEGIN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


class Hearing:
    """The entry point between a broker and workers that are not there."""

    def __init__(self) -> None:
        self.acknowledged, self.taken = [], []
        self.entry = EventEntrypoint(AppointmentBooked, "every")
        self.entry._name = NAME
        self.entry._senders = SimpleNamespace(may_publish=lambda _message, _publisher: True)
        self.entry.consumers = SimpleNamespace(ack=self.acknowledged.append)
        self.entry._take_patiently = lambda event, _message: self.taken.append(event.id)

    def hear(self, event) -> None:
        self.entry._take(msgspec.json.encode(event), "message")


def booked(*forms):
    one = new_id()
    return Event[AppointmentBooked](
        id=new_id(),
        type=AppointmentBooked.TYPE,
        occurred_at=BEGIN,
        practice_id=new_id(),
        aggregate=Aggregate(type="appointment", id=one, seq=1),
        actor=service_actor("scheduling"),
        request_id="",
        data=AppointmentBooked(
            appointment_id=one,
            client_id=new_id(),
            practitioner_id=new_id(),
            starts_at=BEGIN,
            ends_at=BEGIN + timedelta(minutes=50),
            timezone="UTC",
            starts_wall="2026-12-03T09:00",
            utc_offset_minutes=0,
            ics_sequence=0,
            form_template_ids=[*forms],
        ),
    )


def test_it_is_acknowledged_and_nothing_else():
    event, hearing = booked(), Hearing()
    with acknowledgements.expecting([event.id]):
        hearing.hear(event)
        # Whoever published it over the in-memory broker does not wait for it.
        assert acknowledgements.wait_for(event.id, [NAME], 0)
    assert (hearing.acknowledged, hearing.taken) == (["message"], [])


def test_one_that_concerns_is_taken():
    event, hearing = booked(new_id()), Hearing()
    hearing.hear(event)
    assert (hearing.acknowledged, hearing.taken) == ([], [event.id])
