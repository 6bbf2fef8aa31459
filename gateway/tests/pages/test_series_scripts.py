"""Back from the list of a series leads to the form as it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret
from portal_contracts.scheduling.rpc.free_times import FreeTimes
from portal_contracts.scheduling.rpc.series import SeriesReview, SeriesSlot, SlotState
from portal_contracts.scheduling.rpc.services import Services
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.made_schedule import (
    STARTS_AT,
    ZONE,
    made_appointment,
    made_offer,
    made_series,
    made_service,
)

SERIES = made_series()


@pytest.fixture
def page(chromium, live):
    service = made_service(practitioner_id=live.doctor.id)
    slot = SeriesSlot(slot=0, wall="2026-12-03T10:00", starts_at=STARTS_AT, state=SlotState.FREE)
    review = SeriesReview(timezone=ZONE, minutes=50, slots=[slot])
    times = FreeTimes(
        service=made_offer(service), starts=[STARTS_AT], next_start=None, last_bookable_on=None
    )
    appointment = made_appointment(
        client_id=live.anna.id, practitioner_id=live.doctor.id, series=SERIES
    )
    live.services.answers |= {
        "scheduling.list_services": Services(items=[service]),
        "scheduling.list_free_times": times,
        "scheduling.review_series": review,
        "scheduling.review_series_move": review,
        "scheduling.get_appointment": appointment,
    }
    live.path = f"/console/appointments/{appointment.id}/move"
    context = chromium.new_context(base_url=live.address)
    secret = new_secret()
    live.services.add_device(live.doctor, secret)
    context.add_cookies(
        [{"name": live.name(Cookie.CONSOLE_DEVICE), "value": secret, "url": live.address}]
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def goes_and_comes_back(page, button):
    page.click(button)
    expect(page.locator("#confirm")).to_be_visible()
    page.go_back()
    expect(page.locator(button)).to_be_visible()


def test_back_from_the_list_of_a_new_series_leads_to_all_that_was_typed(page, live):
    page.goto(f"/console/appointments/new?client_id={live.anna.id}&day=2026-12-03")
    page.click("#more > summary")
    page.select_option("[name=repeat]", "monthly")
    page.fill("[name=times]", "7")
    page.fill("[name=every]", "2")
    page.check("input[name=start] >> nth=0")
    goes_and_comes_back(page, "#book")
    for name, text in {"repeat": "monthly", "times": "7", "every": "2"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    expect(page.locator("input[name=start] >> nth=0")).to_be_checked()
    expect(page.locator("input[name=client_id]:checked")).to_have_value(str(live.anna.id))


def test_back_from_the_list_of_a_move_leads_to_it(page, live):
    page.goto(live.path)
    page.check("input[name=scope][value=following]")
    page.check("input[name=start][value=own]")
    page.fill("[name=on]", "2026-12-11")
    page.fill("[name=at]", "07:15")
    goes_and_comes_back(page, "#move")
    expect(page.locator("input[name=scope]:checked")).to_have_value("following")
    expect(page.locator("[name=at]")).to_have_value("07:15")
