"""Mails are declared: each kind once, by what the contracts call it, and each cause is heard."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import NullTranslations

from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Addressee
from notifications.mails.all_mails import MAIL_OF_KIND, MAILS
from notifications.mails.mail import SAMPLE_ID, Brings, Occasion
from notifications.operations.samples import SAMPLE_PRACTICE, SAMPLES
from notifications.service import NotificationsService
from portal_chassis.events.subscribe import EventEntrypoint
from portal_contracts.identity_links.events import ClientAddressSettled, ClientErased
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
    causes = {mail.cause.event for mail in MAILS if mail.cause is not None}
    assert subscribed - causes == {ClientAddressSettled, ClientErased}
    assert causes <= subscribed


def test_a_mail_to_a_practitioner_opens_a_page() -> None:
    for mail in MAILS:
        if mail.to is Recipient.PRACTITIONER and mail.brings is Brings.LINK:
            assert mail.page.startswith("/console/")


def test_whom_a_mail_is_to_and_what_it_is_about_stay_out_of_what_an_error_prints() -> None:
    now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    addressee = Addressee(
        practice=SAMPLE_PRACTICE,
        sender_address="no-reply@portal.example",
        mail_domain="portal.example",
        to=Mailbox("Ada Quill", "ada@quill.example"),
        greeting_name="Ada",
        language="en",
        timezone="Europe/Berlin",
        link="https://portal.example/p/lk_secret",
        portal="https://portal.example",
    )
    for mail in MAILS:
        occasion = Occasion(subject_id=SAMPLE_ID, facts=mail.sample(now), now=now)
        wording = mail.words(occasion, addressee, NullTranslations())
        assert "Ada" in wording.greeting
        printed = f"{addressee!r} {occasion!r} {wording!r}"
        assert not [one for one in ("Ada", "quill", "lk_secret", "Linden") if one in printed]
