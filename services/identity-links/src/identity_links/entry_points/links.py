"""Portal links, and the facts that mails are written from."""

from __future__ import annotations

from typing import Any

from identity_links.entry_points.once import once
from identity_links.operations import links, mailing
from portal_chassis.rpc.entry_point import Call, rpc
from portal_contracts.calls import Done
from portal_contracts.identity_links import rpc as contract


class LinkCalls:
    """Portal links, and the facts that mails are written from."""

    database: Any

    @rpc(contract.SHARE_LINK)
    def share_link(self, command: contract.ShareLink, call: Call) -> contract.LinkCreated:
        """Make a link and have it mailed."""
        return once(self.database, links.share_link, command, call)

    @rpc(contract.CREATE_LINK)
    def create_link(self, command: contract.CreateLink, call: Call) -> contract.LinkCreated:
        """Make a link to copy or to show."""
        return once(self.database, links.create_link, command, call)

    @rpc(contract.LIST_LINKS)
    def list_links(self, command: contract.ListLinks, call: Call) -> contract.Links:
        """The links of one client."""
        with self.database.transaction() as tx:
            return links.list_links(tx, command, call, now=call.now)

    @rpc(contract.REVOKE_LINK)
    def revoke_link(self, command: contract.RevokeLink, call: Call) -> Done:
        """Revoke a link."""
        return once(self.database, links.revoke_link, command, call)

    @rpc(contract.REVOKE_ALL_LINKS)
    def revoke_all_links(self, command: contract.RevokeAllLinks, call: Call) -> Done:
        """Revoke all links of a client and end her devices."""
        return once(self.database, links.revoke_all_links, command, call)

    @rpc(contract.PREPARE_LINK)
    def prepare_link(self, command: contract.PrepareLink, call: Call) -> contract.LinkFacts:
        """Register a sending attempt's token, tell the facts of the mail."""
        with self.database.transaction() as tx:
            return mailing.prepare_link(tx, command, call, now=call.now)

    @rpc(contract.PREPARE_MAIL_LINK)
    def prepare_mail_link(
        self, command: contract.PrepareMailLink, call: Call
    ) -> contract.LinkFacts:
        """Make a delivery's link, register a sending attempt's token, tell the facts."""
        with self.database.transaction() as tx:
            return mailing.prepare_mail_link(tx, command, call, now=call.now)

    @rpc(contract.READ_PRACTITIONER_FACTS)
    def read_practitioner_facts(
        self, command: contract.ReadPractitionerFacts, call: Call
    ) -> contract.PractitionerFacts:
        """What a mail to a practitioner is written from."""
        with self.database.autocommit() as tx:
            return mailing.read_practitioner_facts(tx, command, call)
