"""A month of free times with two hundred bookings in it, beside the bare query of that range."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from bench.accounting import cpu_in_words, cpu_per_piece, processes_of
from bench.bulk import database_of, fill_month
from bench.client_home import ClientHome, bookable_service, enter
from bench.context import MeasurementContext
from bench.load import Load, apply_load_from_other_process
from bench.rows import Figure, Figures, Row
from bench.timing import alternate, time_calls
from portal_chassis.clock import Clock
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, FreeTimes, ListFreeTimes

QUERY = "the query of that range alone"
ROWS = (
    Row("free-times-p50", "A month of free times with 200 bookings, p50", "ms", QUERY),
    Row("free-times-p99", "A month of free times with 200 bookings, p99", "ms", QUERY),
    Row("free-times-cpu", "CPU per month of free times, of every process", "ms"),
    Row("booking-page-cpu", "CPU per booking page of that month, of every process", "ms"),
)
PER_PROCESS = ("scheduling", "postgres", "rabbitmq")
OF_THE_PAGE = ("gateway", "identity-links", *PER_PROCESS)
PAGE_SECONDS = 4.0
BOOKINGS, DAYS, AHEAD = 200, 31, timedelta(days=7)
ROUNDS, CALLS, WARM_UP = 7, 60, 20
_QUERY = (
    "SELECT starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, service_id"
    " FROM booked_time WHERE practitioner_id = %s AND status IN ('held', 'requested', 'confirmed')"
    " AND blocked && tstzrange(%s, %s) ORDER BY starts_at"
)


def month_of(service_id: UUID, *, ahead: timedelta = AHEAD, days: int = DAYS) -> ListFreeTimes:
    """The month that is asked for, beginning next week; or other days."""
    first = (Clock().now() + ahead).date()
    last = first + timedelta(days=days - 1)
    return ListFreeTimes(
        service_id=service_id, first_on=first, last_on=last, timezone="Europe/Berlin"
    )


def measure(context: MeasurementContext) -> Figures:
    """Fill the month, then ask for it as the demo client's booking page does."""
    home = enter(context.portal)
    actor = home.actor(context.rpc)
    service = bookable_service(context.rpc, actor)
    month = month_of(service.id)
    begins = datetime(month.first_on.year, month.first_on.month, month.first_on.day, 6, tzinfo=UTC)
    fill_month(context.portal, service.id, begins, days=DAYS, count=BOOKINGS)

    def ours() -> FreeTimes:
        return context.rpc.call(LIST_FREE_TIMES, month, actor=actor)

    with closing(database_of(context.portal, "scheduling")) as database:
        around = [service.practitioner_id, begins, begins + timedelta(days=DAYS)]

        def query() -> int:
            return len(database.execute(_QUERY, around).fetchall())

        note = f"{len(ours().starts)} free starts, {query()} bookings"
        found = alternate(
            {"ours": ours, "query": query},
            rounds=context.rounds(ROUNDS),
            count=CALLS,
            warm_up=WARM_UP,
        )
    cpu = cpu_per_piece(
        processes_of(context.portal, PER_PROCESS), lambda: len(time_calls(ours, 2 * CALLS))
    )
    page_cpu = _cpu_per_page(context, home, service.id)
    return {
        "free-times-p50": Figure(found["ours"].p50, found["query"].p50, note),
        "free-times-p99": Figure(found["ours"].p99, found["query"].p99),
        "free-times-cpu": Figure(sum(cpu.values()), note=cpu_in_words(cpu)),
        "booking-page-cpu": Figure(sum(page_cpu.values()), note=cpu_in_words(page_cpu)),
    }


def _cpu_per_page(
    context: MeasurementContext, home: ClientHome, service_id: UUID
) -> dict[str, float]:
    """What the page on which the client chooses a time costs, by process."""
    port = urlsplit(context.portal.listens_at).port or 0

    def open_pages() -> int:
        load = Load(port, f"/book/{service_id}", home.cookie, 1, context.seconds(PAGE_SECONDS))
        return len(apply_load_from_other_process(load).durations)

    open_pages()  # warm
    return cpu_per_piece(processes_of(context.portal, OF_THE_PAGE), open_pages)
