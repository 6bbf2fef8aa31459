"""The mail servers that practices have set themselves: do they answer, and who has none?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from notifications.config import Settings, Transport
from notifications.domain.mail_servers import OwnMailServer
from notifications.domain.reasons import Reason
from notifications.storage import mail_servers
from notifications.storage.tables import delivery
from notifications.transports.choose_transport import make_own_transport
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES
from portal_runner.doctor.finding import Finding, note, ok, trouble

SUBJECT = "mail server"


@dataclass(frozen=True)
class OwnMailServers:
    """Those of all practices, and how many mails wait for one to be set."""

    servers: list[OwnMailServer]
    waiting: int


def read_own_mail_servers(tx: Transaction) -> OwnMailServers:
    """What the database of notifications knows of them."""
    waiting = select(func.count()).where(
        delivery.c.state.in_(OPEN_STATES), delivery.c.reason == Reason.MAIL_SERVER_MISSING
    )
    return OwnMailServers(mail_servers.all_servers(tx), tx.execute(waiting).scalar_one())


def check_own_mail_servers(own: OwnMailServers, settings: Settings | None) -> Iterator[Finding]:
    """A finding for each practice's mail server, and one for mails that wait for one to be set."""
    if settings is None or settings.mail_transport is not Transport.PRACTICE:
        return
    if own.waiting:
        yield note(
            SUBJECT,
            f"{own.waiting} mail(s) wait because their practice has set no mail server.",
            "An owner sets one in the console, under Settings, Mail server.",
        )
    for server in own.servers:
        where = f"{server.fields.host}:{server.fields.port}, of practice {server.practice_id}"
        # Without the password: nobody is signed in only to look.
        if make_own_transport(settings, server.fields, "").answers():
            yield ok(SUBJECT, where)
        else:
            yield trouble(
                SUBJECT,
                f"{where}, does not answer as it was set. Mails wait and go out later.",
                "An owner looks at Settings, Mail server in the console; check the network, and "
                "NOTIFICATIONS_FORBIDDEN_MAIL_NETWORKS.",
            )
    if not own.servers and not own.waiting:
        yield note(SUBJECT, "No practice has set one yet; an owner does so in the console.")
