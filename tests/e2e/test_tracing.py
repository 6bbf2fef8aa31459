"""One request is found by its trace in the logs of every process that worked for it."""

from __future__ import annotations

import json

import pytest

from tests.kit.portal.journeys import add_service, begin_journey, open_last_day, press_time
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(120)


def lines_of(portal, name):
    """What a process has logged, decoded."""
    text = next(log for path, log in portal.logs().items() if path.name == f"{name}.log")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_booking_is_found_from_the_request_to_its_mail(portal_stack):
    ida = begin_journey(portal_stack, "Ida")
    _, service_id = add_service(ida.desk)
    press_time(ida.client, open_last_day(ida.client, f"/book/{service_id}"))
    ida.client.press("Confirm appointment")
    ida.mail(1)
    [request] = [
        line
        for line in lines_of(portal_stack, "gateway")
        if line["event"] == "request"
        and line["route"].startswith("/book")
        and line["status"] == 303
    ][-1:]
    trace_id = request["trace_id"]

    def spans(name, event):
        found = [
            line
            for line in lines_of(portal_stack, name)
            if line.get("trace_id") == trace_id and line["event"] == event
        ]
        assert found, f"{name} logged no {event} of this trace"
        return found

    [call] = eventually(
        lambda: [
            line
            for line in spans("scheduling-1", "call_handled")
            if line["method"] == "scheduling.confirm_hold"
        ]
    )
    assert call["parent_span_id"] == request["span_id"]
    [planned] = eventually(
        lambda: [
            line
            for line in spans("notifications-1", "event_taken")
            if line["consumer"] == "notifications.on_appointment_booked"
        ]
    )
    assert planned["parent_span_id"] == call["span_id"]
    [sent, *_] = eventually(lambda: spans("notifications-1", "delivery_attempted"))
    assert sent["parent_span_id"] == call["span_id"]
    everyone = {line["span_id"] for line in (request, call, planned, sent)}
    assert len(everyone) == 4
