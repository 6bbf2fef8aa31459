"""How PostgreSQL runs the statements of the frequent calls, with ever more of others beside.

A portal of its own is asked in this process, past the services: what each call hands to the
driver is noted down, and explained with the demo data, beside a hundred and beside a thousand
times as many appointments of other practices.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

from bench.bulk import add_others, database_of
from bench.client_home import ClientHome, bookable_service, enter
from bench.context import MeasurementContext
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from bench.statements import Plan, Statement, plan_of, statements_of
from forms.operations import portal as forms_portal
from gateway.web.tokens import sha256
from identity_links.operations import devices
from identity_links.storage import practices
from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.embedded.postgres_cluster import SUPERUSER
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.calls import GATEWAY
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.scheduling.rpc.choosing import BrowseTimes
from scheduling.operations import choosing, own_appointments
from scheduling.operations.portal import HOME_LENGTH
from scheduling.storage import home as of_home
from scheduling.storage import sessions
from tests.kit.portal.portals import Portal

SCALES = ((0, "demo data"), (1_350, "135,000 of others"), (12_150, "1,350,000 of others"))
OTHERS = 100
"""Practitioners of other practices; each has as many appointments more as `SCALES` says."""
TABLE = Path(__file__).parents[1] / "PLANS.md"
ROWS = (
    Row(
        "plans-pages",
        "Pages of the database that a frequent statement looks at, the one that grows most",
        "",
        "with a tenth of the others",
        Aim(1.5),
    ),
    Row("plans-for-nothing", "Rows that a frequent statement reads for nothing, at most", ""),
    Row(
        "plans-anew",
        "Frequent statements that are planned at each execution",
        "",
        "with the demo data",
        Aim(0, AimQuantity.VALUE),
    ),
)

Plans = dict[str, tuple[Plan, ...]]
"""By the names of the statements, with ever more of others."""


def measure(context: MeasurementContext) -> Figures:
    """Explain every statement at each scale, and write the table."""
    portal = context.start_portal("stack")
    try:
        plans, scales = _plans(portal, SCALES[: 2 if context.quick else 3])
    finally:
        portal.stop()
    TABLE.write_text(_table(plans, scales))
    return _figures(plans)


def planned_anew(portal: Portal) -> list[str]:
    """The names of the frequent statements that a portal's PostgreSQL plans at each execution."""
    found = []
    with closing(RpcClient(uri_as(GATEWAY, str(portal.facts["amqp_uri"])), "bench")) as rpc:
        statements = _statements(portal, enter(portal), rpc)
    for service, several in statements.items():
        with closing(database_of(portal, service)) as connection:
            found += [one.name for one in several if plan_of(connection, one).planned_anew]
    return found


def _plans(portal: Portal, scales: Sequence[tuple[int, str]]) -> tuple[Plans, list[str]]:
    found: dict[str, list[Plan]] = {}
    with ExitStack() as ends:
        rpc = RpcClient(uri_as(GATEWAY, str(portal.facts["amqp_uri"])), "bench")
        ends.callback(rpc.close)
        statements = _statements(portal, enter(portal), rpc)
        connections = {
            service: ends.enter_context(closing(database_of(portal, service)))
            for service in statements
        }
        for each, _ in scales:
            if each:
                add_others(portal, practitioners=OTHERS, each=each)
            for service, several in statements.items():
                connections[service].execute("VACUUM ANALYZE")
                for statement in several:
                    plan = plan_of(connections[service], statement)
                    found.setdefault(statement.name, []).append(plan)
    return {name: tuple(plans) for name, plans in found.items()}, [words for _, words in scales]


def _statements(portal: Portal, home: ClientHome, rpc: RpcClient) -> dict[str, list[Statement]]:
    """Of the frequent calls, by service."""
    actor, now = home.actor(rpc), Clock().now()
    client, service = require_client(actor), bookable_service(rpc, actor)
    resolve = ResolveDevice(device_hash=sha256(home.secret))
    browse = BrowseTimes(service_id=service.id, timezone="Europe/Berlin")
    postgres = EmbeddedPostgres(portal.folder / "postgres")
    databases = {
        name: Database(postgres.url(name, SUPERUSER))
        for name in ("identity_links", "scheduling", "forms")
    }
    identity, scheduling, forms = databases.values()
    found = {
        "identity_links": [
            *statements_of(
                "device", identity, lambda tx: devices.resolve_device(tx, resolve, now=now)
            ),
            *statements_of(
                "practitioners",
                identity,
                lambda tx: practices.practitioners(tx, practice_id=client.practice_id),
            ),
        ],
        "scheduling": [
            *statements_of("home", scheduling, lambda tx: _home(tx, client, now)),
            *statements_of(
                "month", scheduling, lambda tx: choosing.browse_times(tx, browse, actor, now=now)
            ),
        ],
        "forms": statements_of("home", forms, lambda tx: forms_portal.forms_to_do(tx, client)),
    }
    for database in databases.values():
        database.dispose()
    return found


def _home(tx: Transaction, client: Client, now: datetime) -> None:
    """What scheduling reads for the first page, notes of appointments left out."""
    own_appointments.upcoming_of(tx, client, now=now, limit=HOME_LENGTH)
    sessions.page_of(
        tx,
        client_id=client.id,
        practice_id=client.practice_id,
        now=now,
        limit=HOME_LENGTH,
        ended=True,
    )
    of_home.of_client(tx, client)


def _figures(plans: Plans) -> Figures:
    def growth(name: str) -> float:
        *_, before, last = plans[name]
        return last.blocks / max(before.blocks, 1)

    growing = max(plans, key=growth)
    wasteful = max(plans, key=lambda name: plans[name][-1].thrown_away)
    anew = [name for name, several in plans.items() if several[-1].planned_anew]
    *_, before, last = plans[growing]
    return {
        "plans-pages": Figure(last.blocks, max(before.blocks, 1), growing),
        "plans-for-nothing": Figure(plans[wasteful][-1].thrown_away, note=wasteful),
        "plans-anew": Figure(
            len(anew),
            sum(several[0].planned_anew for several in plans.values()),
            "; ".join(anew) or f"of {len(plans)}",
        ),
    }


def _table(plans: Plans, scales: Sequence[str]) -> str:
    """The table of the last run."""
    lines = [
        "# How the statements of frequent calls run",
        "",
        'Made by `make bench ARGS="--only plans"`. Each statement was run until its plan had',
        "settled, and explained then. Pages are of 8 kB; *for nothing* are rows that were read",
        "and that nobody asked for; milliseconds are those of running it and, where it is planned",
        "anew at each execution, of planning it.",
        "",
        "| statement | beside | pages | rows | for nothing | running, ms | planned anew, ms |",
        "| --- | --- | --: | --: | --: | --: | --: |",
    ]
    for name, several in plans.items():
        for words, plan in zip(scales, several, strict=True):
            anew = f"{plan.planning:.2f}" if plan.planned_anew else "–"
            lines.append(
                f"| {name} | {words} | {plan.blocks} | {plan.returned} | {plan.thrown_away}"
                f" | {plan.running:.2f} | {anew} |"
            )
    return "\n".join([*lines, ""])
