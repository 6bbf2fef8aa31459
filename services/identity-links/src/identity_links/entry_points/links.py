"""Portal links, and the facts that mails are written from."""

from __future__ import annotations

from typing import Any

from identity_links.entry_points.once import once
from identity_links.operations import links, mailing
from portal_chassis.call import Call
from portal_chassis.rpc.entry_point import rpc
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


class LinkCalls:
    """Portal links, and the facts that mails are written from."""

    database: Any

    @rpc(SHARE_LINK)
    def share_link(self, command: ShareLink, call: Call) -> LinkCreated:
        """Make a link and have it mailed."""
        return once(self.database, links.share_link, command, call)

    @rpc(CREATE_LINK)
    def create_link(self, command: CreateLink, call: Call) -> LinkCreated:
        """Make a link to copy or to show."""
        return once(self.database, links.create_link, command, call)

    @rpc(LIST_LINKS)
    def list_links(self, command: ListLinks, call: Call) -> Links:
        """The links of one client."""
        with self.database.transaction() as tx:
            return links.list_links(tx, command, call, now=call.now)

    @rpc(REVOKE_LINK)
    def revoke_link(self, command: RevokeLink, call: Call) -> Done:
        """Revoke a link."""
        return once(self.database, links.revoke_link, command, call)

    @rpc(REVOKE_ALL_LINKS)
    def revoke_all_links(self, command: RevokeAllLinks, call: Call) -> Done:
        """Revoke all links of a client and end the client's devices."""
        return once(self.database, links.revoke_all_links, command, call)

    @rpc(PREPARE_LINK)
    def prepare_link(self, command: PrepareLink, call: Call) -> LinkFacts:
        """Register a sending attempt's token, tell the facts of the mail."""
        with self.database.transaction() as tx:
            return mailing.prepare_link(tx, command, call, now=call.now)

    @rpc(PREPARE_MAIL_LINK)
    def prepare_mail_link(self, command: PrepareMailLink, call: Call) -> LinkFacts:
        """Make a delivery's link, register a sending attempt's token, tell the facts."""
        with self.database.transaction() as tx:
            return mailing.prepare_mail_link(tx, command, call, now=call.now)

    @rpc(READ_PRACTITIONER_FACTS)
    def read_practitioner_facts(
        self, command: ReadPractitionerFacts, call: Call
    ) -> PractitionerFacts:
        """What a mail to a practitioner is written from."""
        with self.database.autocommit() as tx:
            return mailing.read_practitioner_facts(tx, command, call)
