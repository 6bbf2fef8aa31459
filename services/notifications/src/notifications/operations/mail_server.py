"""A practice's mail server: read it, set it, and try it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from notifications.config import Settings, Transport
from notifications.domain.addresses import AddressInvalid, mailbox
from notifications.domain.mail_servers import (
    OwnMailServer,
    check_mail_server,
    may_keep_password,
)
from notifications.domain.reasons import HELPED_BY_SETTINGS
from notifications.operations.mail_log import ACCESS_LOG
from notifications.operations.mail_routes import opened_password, sealed_password
from notifications.storage import deliveries, mail_servers, mail_tests
from notifications.storage.mail_tests import MailTest
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_chassis.outside.reach import Reach
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, Invalid
from portal_contracts.notifications.mail_server import (
    MOST_TESTS_AN_HOUR,
    MailSender,
    MailServerFields,
    MailServerSaved,
    MailServerTest,
    SaveMailServer,
    SendTestMail,
    StoredMailServer,
    TrialState,
)
from portal_contracts.permissions import Permission, require_kind, require_permission

log = structlog.get_logger(__name__)

_HOUR: Final = timedelta(hours=1)


def read_mail_server(tx: Transaction, call: Call, settings: Settings) -> StoredMailServer:
    """How the practice's mails go, without the password.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = _may_set(call.actor)
    test = _shown_test(mail_tests.newest(tx, practice_id))
    if settings.mail_transport is not Transport.PRACTICE:
        return _of_environment(settings, test)
    server = mail_servers.find(tx, practice_id)
    return StoredMailServer(
        by_environment=False,
        transport=settings.mail_transport,
        version=server.version if server else 0,
        fields=server.fields if server else None,
        has_password=server is not None and server.password_sealed is not None,
        changed_at=server.changed_at if server else None,
        test=test,
    )


def save_mail_server(
    tx: Transaction, command: SaveMailServer, call: Call, settings: Settings, sealer: Sealer
) -> MailServerSaved:
    """Set the practice's mail server, and make due what waited for it.

    The same again, as a form that was sent twice, changes nothing. Logged as
    ``mail_server.changed``.

    Raises:
        Forbidden: ``not_allowed``; also where the environment says how mails go.
        Conflict: ``stale_version``: it was changed since it was read.
        Invalid: ``mail_server_fields``.
    """
    practice_id = _may_set(call.actor)
    if settings.mail_transport is not Transport.PRACTICE:
        raise Forbidden("not_allowed", "Whoever runs the portal sets its mail server.")
    mail_servers.lock(tx, practice_id)
    present = mail_servers.find(tx, practice_id)
    fields = check_mail_server(
        command.fields, command.password, present, Reach(settings.forbidden_networks)
    )
    if present is not None and _says_the_same(tx, fields, command.password, present, sealer):
        return MailServerSaved(version=present.version)
    version = present.version if present else 0
    if command.version != version:
        raise Conflict("stale_version", "It was changed meanwhile.")
    server = OwnMailServer(
        practice_id=practice_id,
        version=version + 1,
        fields=fields,
        password_sealed=_password_to_store(tx, command, fields, present, sealer, practice_id),
        changed_at=call.now,
    )
    mail_servers.write(tx, server)
    _record(tx, call, "mail_server.changed", practice_id)
    due = deliveries.make_practice_due(tx, practice_id, reasons=HELPED_BY_SETTINGS, now=call.now)
    log.info("mail_server_set", practice_id=str(practice_id), version=server.version, due=due)
    return MailServerSaved(version=server.version)


def ask_for_test(tx: Transaction, command: SendTestMail, call: Call, settings: Settings) -> Done:
    """Have a test mail sent soon. Logged as ``mail_server.tested``.

    Raises:
        Forbidden: ``not_allowed``; ``too_many_tries`` beyond `MOST_TESTS_AN_HOUR`.
        Conflict: ``mail_server_missing``: nothing is set yet.
        Invalid: ``mail_server_fields``: where to is no address.
    """
    practice_id = _may_set(call.actor)
    try:
        to = mailbox("", command.to).address
    except AddressInvalid:
        fields = {"to": "test_address_invalid"}
        raise Invalid("mail_server_fields", "That is no address.", fields=fields) from None
    by_practice = settings.mail_transport is Transport.PRACTICE
    if by_practice and mail_servers.find(tx, practice_id) is None:
        raise Conflict("mail_server_missing", "No mail server is set yet.")
    if mail_tests.count_since(tx, practice_id, call.now - _HOUR) >= MOST_TESTS_AN_HOUR:
        raise Forbidden(
            "too_many_tries",
            "Wait a little before the next test.",
            retry_after_seconds=int(_HOUR.total_seconds()),
        )
    test = MailTest(
        id=new_id(),
        practice_id=practice_id,
        practitioner_id=own_id(call.actor),
        to_address=to,
        request_id=call.request_id,
        asked_at=call.now,
    )
    mail_tests.add(tx, test)
    _record(tx, call, "mail_server.tested", practice_id)
    return Done()


def read_mail_sender(tx: Transaction, actor: Actor, settings: Settings) -> MailSender:
    """From which address the mails of the actor's practice come; empty while none is set.

    Raises:
        Forbidden: ``not_allowed``: for neither client nor practitioner.
    """
    require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
    if settings.mail_transport is not Transport.PRACTICE:
        return MailSender(address=settings.sender_address)
    server = mail_servers.find(tx, own_practice(actor))
    return MailSender(address=server.fields.sender_address if server else "")


def _may_set(actor: Actor) -> UUID:
    """The practice of somebody who may set its mail server, in person and by no API token."""
    require_permission(actor, Permission.PRACTICE_WRITE)
    if actor.scopes is not None:
        raise Forbidden("not_allowed", "This is done in the console.")
    return own_practice(actor)


def _of_environment(settings: Settings, test: MailServerTest | None) -> StoredMailServer:
    fields = MailServerFields(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        sender_address=settings.sender_address,
    )
    return StoredMailServer(
        by_environment=True,
        transport=settings.mail_transport,
        version=0,
        fields=fields,
        has_password=bool(settings.smtp_password),
        test=test,
    )


def _says_the_same(
    tx: Transaction,
    fields: MailServerFields,
    password: str | None,
    present: OwnMailServer,
    sealer: Sealer,
) -> bool:
    if fields != present.fields:
        return False
    return not password or password == opened_password(tx, sealer, present)


def _password_to_store(  # what is new, what is kept, and for whom
    tx: Transaction,
    command: SaveMailServer,
    fields: MailServerFields,
    present: OwnMailServer | None,
    sealer: Sealer,
    practice_id: UUID,
) -> bytes | None:
    if not fields.user:
        return None
    if not command.password and present is not None and may_keep_password(fields, present):
        return present.password_sealed
    return sealed_password(tx, sealer, practice_id, command.password or "")


def _shown_test(test: MailTest | None) -> MailServerTest | None:
    if test is None:
        return None
    refused = TrialState.REFUSED if test.reason else TrialState.ACCEPTED
    return MailServerTest(
        state=refused if test.ended_at else TrialState.ON_ITS_WAY,
        asked_at=test.asked_at,
        reason=test.reason,
        status=test.status,
    )


def _record(tx: Transaction, call: Call, act: str, practice_id: UUID) -> None:
    ACCESS_LOG.record(
        tx, call, act, practice_id=practice_id, client_id=None, subject_id=None, now=call.now
    )
