"""By which transport, and from whom, the mails of a practice go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from notifications.config import Settings, Transport
from notifications.domain.mail_servers import OwnMailServer
from notifications.storage import mail_servers
from notifications.transports.choose_transport import (
    MailTransport,
    make_own_transport,
    make_transport,
)
from notifications.transports.kept_connections import KeptConnections
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, Transaction

PASSWORD_PLACE = ("mail_server", "password_sealed")
"""Table and column of the sealed password."""


@dataclass(frozen=True)
class MailRoute:
    """How mails go.

    Attributes:
        transport: takes them.
        sender_address: in the From header.
        sender_name: the name beside it; empty: the practice's.
    """

    transport: MailTransport
    sender_address: str
    sender_name: str = ""


RouteOf = Callable[[UUID], MailRoute | None]
"""The route of a practice's mails; None while none is set. Read anew for each mail, which is one
row by its key: a change holds from the next mail on, in every replica."""


def make_route_of(
    settings: Settings,
    database: Database,
    sealer: Sealer,
    kept: KeptConnections | None = None,
) -> RouteOf:
    """One route for all practices where `settings` name a transport, else each practice's own.

    `kept`: see `make_transport`.
    """
    if settings.mail_transport is Transport.PRACTICE:
        return partial(own_route, settings, database, sealer, kept=kept)
    route = environments_route(settings, kept)
    return lambda _practice_id: route


def environments_route(settings: Settings, kept: KeptConnections | None = None) -> MailRoute:
    """The route that whoever runs the portal has set."""
    return MailRoute(make_transport(settings, kept), settings.sender_address)


def own_route(
    settings: Settings,
    database: Database,
    sealer: Sealer,
    practice_id: UUID,
    *,
    kept: KeptConnections | None = None,
) -> MailRoute | None:
    """The route that a practice has set, or None."""
    with database.autocommit() as tx:
        server = mail_servers.find(tx, practice_id)
        password = opened_password(tx, sealer, server) if server else ""
    if server is None:
        return None
    transport = make_own_transport(settings, server.fields, password, kept)
    return MailRoute(transport, server.fields.sender_address, server.fields.sender_name)


def opened_password(tx: Transaction, sealer: Sealer, server: OwnMailServer) -> str:
    """The password of a practice's mail server; "" for one without."""
    if server.password_sealed is None:
        return ""
    table, column = PASSWORD_PLACE
    return sealer.open(
        tx,
        server.practice_id,
        server.password_sealed,
        table=table,
        column=column,
        row=server.practice_id,
    )


def sealed_password(
    tx: Transaction, sealer: Sealer, practice_id: UUID, password: str
) -> bytes | None:
    """The password as it is stored; None for none."""
    if not password:
        return None
    table, column = PASSWORD_PLACE
    return sealer.seal(tx, practice_id, password, table=table, column=column, row=practice_id)
