"""Forms that are open or not reviewed go over to another practitioner; who sent them stays."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from forms.operations.handing_over import hand_over_forms
from portal_chassis.ids import new_id
from portal_contracts.forms.events import FormSubmitted
from portal_contracts.forms.rpc import requests
from portal_contracts.identity_links.events import HandOverStarted

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_what_is_sent_back_later_is_told_to_who_took_over(world):
    giver = world.practitioner()
    taker = replace(giver, id=new_id())
    anna, ben = world.client_of(giver), world.client_of(giver)
    template = world.from_library(giver, "gad7_en")
    hers, his = (world.sent(giver, one, template) for one in (anna, ben))
    data = HandOverStarted(
        from_practitioner_id=giver.id,
        to_practitioner_id=taker.id,
        client_ids=[anna.id],
        left_appointment_ids=[],
    )
    counts = []
    for _twice in range(2):
        with world.database.transaction() as tx:
            counts.append(hand_over_forms(tx, giver.practice_id, data, now=NOW))
    assert counts == [1, 0]
    answers = {f"gad{number}": "not_at_all" for number in range(1, 8)}
    for client, request_id in ((anna, hers), (ben, his)):
        world.opened(client, request_id)
        saved = world.saved(client, request_id, 0, answers)
        world.submitted(client, request_id, saved.revision)
    told = {one.request_id: one.sent_by for one in world.events(FormSubmitted)}
    assert told == {hers: taker.id, his: giver.id}
    shown = world.ask(giver, requests.GET_REQUEST, requests.GetRequest(request_id=hers))
    assert shown.sent_by == giver.id
