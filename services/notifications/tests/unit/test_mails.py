"""Mails are declared: each kind once, by what the contracts call it, and each cause is heard."""

from __future__ import annotations

from notifications.mails.all_mails import MAIL_OF_KIND, MAILS
from notifications.operations.samples import SAMPLES
from notifications.service import NotificationsService
from portal_chassis.events.subscribe import EventEntrypoint
from portal_contracts.notifications.mail_kinds import MAIL_KINDS
from portal_contracts.notifications.rpc import Recipient
from tests.kit.entry_points import entry_points


def test_every_kind_of_the_mail_log_is_declared_once() -> None:
    assert list(MAIL_OF_KIND) == list(MAIL_KINDS)
    assert len(MAIL_OF_KIND) == len(MAILS)
    assert set(MAIL_KINDS) < set(SAMPLES)


def test_what_causes_a_mail_is_subscribed_to() -> None:
    found = entry_points(NotificationsService, EventEntrypoint).values()
    subscribed = {one.event_class for one in found}
    assert subscribed == {mail.cause.event for mail in MAILS if mail.cause is not None}


def test_a_mail_to_a_practitioner_opens_a_page() -> None:
    for mail in MAILS:
        assert (mail.to is Recipient.PRACTITIONER) <= mail.page.startswith("/console/")
