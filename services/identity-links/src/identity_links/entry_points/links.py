"""Portal links, and the facts that mails are written from."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import links, mailing
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    LIST_LINKS,
    PREPARE_LINK,
    PREPARE_MAIL_LINK,
    READ_PRACTITIONER_FACTS,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
    CreateLink,
    LinkCreated,
    LinkFacts,
    Links,
    ListLinks,
    PractitionerFacts,
    PrepareLink,
    PrepareMailLink,
    ReadPractitionerFacts,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)


class LinkCalls(Wiring):
    """Portal links, and the facts that mails are written from."""

    @rpc(SHARE_LINK)
    def share_link(self, tx: Transaction, command: ShareLink, call: Call) -> LinkCreated:
        """Make a link and have it mailed."""
        return links.share_link(tx, command, call, now=call.now)

    @rpc(CREATE_LINK)
    def create_link(self, tx: Transaction, command: CreateLink, call: Call) -> LinkCreated:
        """Make a link to copy or to show."""
        return links.create_link(tx, command, call, now=call.now)

    @rpc(LIST_LINKS)
    def list_links(self, tx: Transaction, command: ListLinks, call: Call) -> Links:
        """The links of one client."""
        return links.list_links(tx, command, call, now=call.now)

    @rpc(REVOKE_LINK)
    def revoke_link(self, tx: Transaction, command: RevokeLink, call: Call) -> Done:
        """Revoke a link."""
        return links.revoke_link(tx, command, call, now=call.now)

    @rpc(REVOKE_ALL_LINKS)
    def revoke_all_links(self, tx: Transaction, command: RevokeAllLinks, call: Call) -> Done:
        """Revoke all links of a client and end the client's devices."""
        return links.revoke_all_links(tx, command, call, now=call.now)

    @rpc(PREPARE_LINK, runs_in=RunsIn.TRANSACTION)
    def prepare_link(self, tx: Transaction, command: PrepareLink, call: Call) -> LinkFacts:
        """Register a sending attempt's token, tell the facts of the mail."""
        return mailing.prepare_link(tx, command, call, now=call.now)

    @rpc(PREPARE_MAIL_LINK, runs_in=RunsIn.TRANSACTION)
    def prepare_mail_link(self, tx: Transaction, command: PrepareMailLink, call: Call) -> LinkFacts:
        """Make a delivery's link, register a sending attempt's token, tell the facts."""
        return mailing.prepare_mail_link(tx, command, call, now=call.now)

    @rpc(READ_PRACTITIONER_FACTS)
    def read_practitioner_facts(
        self, tx: Transaction, command: ReadPractitionerFacts, call: Call
    ) -> PractitionerFacts:
        """What a mail to a practitioner is written from."""
        return mailing.read_practitioner_facts(tx, command, call)
