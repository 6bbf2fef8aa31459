"""What the pages that are opened most ask of the database: so much, and no more."""

from datetime import UTC, datetime, timedelta

from portal_contracts.calls import PortalOf
from portal_contracts.scheduling.rpc.choosing import BROWSE_TIMES, BrowseTimes
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from tests.kit.statements import work_of_this_process

TEN = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def test_the_portals_home_takes_three_statements(calendar, desk, now):
    calendar.offer()
    client = calendar.client()
    calendar.appointment(client, now - timedelta(days=1))
    calendar.appointment(client, now + timedelta(days=1))
    with work_of_this_process() as work:
        desk.ask(PORTAL_SCHEDULE, PortalOf(), client)
    assert len(work.statements) == 3, "\n".join(work.statements)


def test_a_month_of_free_times_takes_six_statements(calendar, desk):
    calendar.hours(("08:00", "18:00"))
    service, client = calendar.offer(), calendar.client()
    with work_of_this_process() as work:
        desk.ask(BROWSE_TIMES, BrowseTimes(service_id=service, timezone="UTC"), client)
    assert len(work.statements) == 6, "\n".join(work.statements)
