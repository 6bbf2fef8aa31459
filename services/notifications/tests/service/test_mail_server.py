"""A practice's own mail server: who may set it, what is kept, and what becomes of its mails."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import select

from notifications.config import Settings, Transport
from notifications.domain.reasons import Reason
from notifications.operations import mail_server as mail_servers
from notifications.operations.mail_routes import make_route_of
from notifications.operations.mail_tests import send_test
from notifications.operations.sending import send_due
from notifications.storage import tables
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.ids import new_id
from portal_chassis.variables import Secret
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role
from portal_contracts.envelope import Event
from portal_contracts.errors import Conflict, Forbidden, Invalid, Unavailable
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.notifications.mail_server import (
    MOST_TESTS_AN_HOUR,
    READ_MAIL_SERVER,
    MailSecurity,
    MailServerFields,
    SaveMailServer,
    SendTestMail,
    TrialState,
)
from portal_contracts.permissions import Permission

SEALER = Sealer(b"k" * 32)
OWN = Settings(mail_transport=Transport.PRACTICE, smtp_timeout_seconds=1.0)
PASSWORD = "p4ssw0rd for mails"
SIGNED_IN = MailServerFields(
    host="mail.practice.example", user="rivera", sender_address="rivera@practice.example"
)


@pytest.fixture
def desk(database, clock, make_practitioner, make_sender):
    class Desk:
        owner = make_practitioner()
        settings = OWN

        def _do(self, act, *arguments, actor=None):
            call = Call(
                actor or self.owner, "request-2", "key", READ_MAIL_SERVER, clock.now(), "192.0.2.7"
            )
            with database.transaction() as tx:
                return act(tx, *arguments, call, self.settings)

        def read(self, actor=None):
            return self._do(mail_servers.read_mail_server, actor=actor)

        def save(self, fields, password=None, version=0, actor=None):
            command = SaveMailServer(version=version, fields=fields, password=password)
            return self._do(
                lambda tx, call, settings: mail_servers.save_mail_server(
                    tx, command, call, settings, SEALER
                ),
                actor=actor,
            )

        def test(self, to="rivera@practice.example", actor=None):
            return self._do(mail_servers.ask_for_test, SendTestMail(to=to), actor=actor)

        def sender(self, actor=None):
            with database.transaction() as tx:
                return mail_servers.read_mail_sender(tx, actor or self.owner, self.settings)

        def mails(self):
            return make_sender(route_of=make_route_of(self.settings, database, SEALER))

        def rows(self, table):
            with database.transaction() as tx:
                return tx.execute(select(table)).mappings().all()

        def delivery(self):
            [row] = self.rows(tables.delivery)
            return row["state"], row["reason"]

        def acts(self):
            bodies = [row["body"] for row in self.rows(tables.chassis.outbox)]
            return [json.decode(body, type=Event[AccessRecorded]).data.act for body in bodies]

    return Desk()


def of(server):
    """The fields that name a mail server of the tests."""
    return MailServerFields(
        host=server.host,
        port=server.port,
        security=MailSecurity.NONE,
        sender_address="rivera@practice.example",
        sender_name="Praxis Rivera",
    )


def refused(kind, call, *arguments, **options):
    with pytest.raises(kind) as caught:
        call(*arguments, **options)
    return caught.value


def test_what_is_saved_is_read_without_the_password_which_is_sealed(desk):
    assert (desk.read().fields, desk.sender().address) == (None, "")
    assert desk.save(SIGNED_IN, PASSWORD).version == 1
    stored = desk.read()
    assert (stored.version, stored.fields, stored.has_password) == (1, SIGNED_IN, True)
    assert PASSWORD not in repr(stored)
    [row] = desk.rows(tables.mail_server)
    assert PASSWORD.encode() not in row["password_sealed"]
    assert desk.sender().address == "rivera@practice.example"
    assert desk.acts() == ["mail_server.changed"]


def test_an_empty_password_keeps_the_stored_one_for_the_same_server_alone(desk):
    desk.save(SIGNED_IN, PASSWORD)
    [before] = desk.rows(tables.mail_server)
    assert desk.save(replace(SIGNED_IN, sender_name="Rivera"), version=1).version == 2
    [after] = desk.rows(tables.mail_server)
    assert after["password_sealed"] == before["password_sealed"]
    for changes in (
        {"host": "mail.elsewhere.example"},
        {"port": 465},
        {"security": MailSecurity.TLS},
        {"user": "somebody"},
    ):
        error = refused(Invalid, desk.save, replace(SIGNED_IN, **changes), version=2)
        assert dict(error.fields) == {"password": "mail_password_needed"}
    assert desk.save(replace(SIGNED_IN, port=465), "another one", version=2).version == 3


def test_of_two_owners_the_second_is_told_and_the_same_again_changes_nothing(desk):
    desk.save(SIGNED_IN, PASSWORD)
    assert desk.save(SIGNED_IN, PASSWORD).version == 1
    other = replace(SIGNED_IN, sender_name="Other")
    assert refused(Conflict, desk.save, other).code == "stale_version"
    assert desk.read().fields == SIGNED_IN
    assert desk.acts() == ["mail_server.changed"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"host": ""}, {"host": "host_missing"}),
        ({"host": "mail server"}, {"host": "host_invalid"}),
        ({"host": "http://mail.example"}, {"host": "host_invalid"}),
        ({"host": "1.2.3"}, {"host": "host_invalid"}),
        ({"host": "-mail.example"}, {"host": "host_invalid"}),
        ({"host": "m" * 64 + ".example"}, {"host": "host_invalid"}),
        ({"host": ".".join(["mail"] * 60)}, {"host": "host_too_long"}),
        ({"host": "169.254.169.254"}, {"host": "host_forbidden"}),
        ({"host": "[::ffff:169.254.169.254]"}, {"host": "host_forbidden"}),
        ({"host": "64:ff9b::a9fe:a9fe"}, {"host": "host_forbidden"}),
        ({"host": "::ffff:0:169.254.169.254"}, {"host": "host_forbidden"}),
        ({"host": "2002:a9fe:a9fe::1"}, {"host": "host_forbidden"}),
        ({"host": "fd00:ec2::254"}, {"host": "host_forbidden"}),
        ({"port": 0}, {"port": "port_out_of_range"}),
        ({"port": 65_536}, {"port": "port_out_of_range"}),
        (
            {"security": MailSecurity.NONE},
            {"security": "security_too_weak", "user": "user_needs_security"},
        ),
        ({"sender_address": ""}, {"sender_address": "sender_address_missing"}),
        ({"sender_address": "rivera"}, {"sender_address": "sender_address_invalid"}),
        ({"sender_name": "n" * 101}, {"sender_name": "sender_name_too_long"}),
    ],
)
def test_what_cannot_be_is_told_by_its_field(desk, changes, wrong):
    error = refused(Invalid, desk.save, replace(SIGNED_IN, **changes), PASSWORD)
    assert (error.code, dict(error.fields)) == ("mail_server_fields", wrong)
    assert desk.rows(tables.mail_server) == []


@pytest.mark.parametrize("host", ["10.0.0.5", "mail", "fd00::25", "MAIL.Practice.Example."])
def test_a_mail_server_in_the_practices_own_network_is_taken(desk, host):
    assert desk.save(replace(SIGNED_IN, host=host), PASSWORD).version == 1


def test_only_an_owner_sets_it_and_no_api_token(desk, make_practitioner):
    token = replace(desk.owner, scopes=frozenset({Permission.PRACTICE_WRITE}))
    for actor in (make_practitioner(Role.PRACTITIONER), token, NOBODY):
        refused(Forbidden, desk.save, SIGNED_IN, PASSWORD, actor=actor)
        refused(Forbidden, desk.read, actor=actor)
        refused(Forbidden, desk.test, actor=actor)
    client = Actor(kind=ActorKind.CLIENT, id=new_id(), practice_id=desk.owner.practice_id)
    assert desk.sender(client).address == ""
    refused(Forbidden, desk.sender, NOBODY)


def test_another_practice_has_a_mail_server_of_its_own(desk, make_practitioner):
    desk.save(SIGNED_IN, PASSWORD)
    other = make_practitioner(practice_id=new_id())
    assert desk.read(other).fields is None


def test_what_the_environment_says_is_shown_without_secrets_and_not_changed(desk):
    desk.settings = Settings(
        mail_transport=Transport.SMTP,
        smtp_host="mail.operator.example",
        smtp_user="portal",
        smtp_password=Secret(PASSWORD),
        sender_address="portal@operator.example",
    )
    stored = desk.read()
    assert (stored.by_environment, stored.transport, stored.has_password) == (True, "smtp", True)
    assert stored.fields.host == "mail.operator.example"
    assert PASSWORD not in repr(stored)
    refused(Forbidden, desk.save, SIGNED_IN, PASSWORD)
    assert desk.sender().address == "portal@operator.example"


def test_mails_wait_without_an_end_until_a_mail_server_is_set(desk, plan, clock, mail_server):
    plan()
    for _ in range(20):
        assert send_due(desk.mails()) == 1
        assert desk.delivery() == ("waiting", Reason.MAIL_SERVER_MISSING)
        clock.advance(timedelta(days=1).total_seconds())
    desk.save(of(mail_server))
    assert send_due(desk.mails()) == 1
    assert desk.delivery() == ("sent", "")
    [mail] = mail_server.messages
    assert mail.message["From"] == "Praxis Rivera <rivera@practice.example>"
    assert mail.sender == "rivera@practice.example"


def test_one_that_is_set_while_a_mail_begins_to_wait_is_noticed_soon(
    desk, plan, clock, mail_server
):
    plan()
    send_due(desk.mails())
    clock.advance(29)
    assert send_due(desk.mails()) == 0
    clock.advance(2)
    assert send_due(desk.mails()) == 1


def test_a_reminder_that_became_pointless_is_dropped_while_it_waits(
    desk, calendar, send, clock, database
):
    calendar.book()
    while send_due(desk.mails()):
        pass
    assert {row["reason"] for row in desk.rows(tables.delivery)} == {Reason.MAIL_SERVER_MISSING}
    calendar.cancel()
    clock.advance(timedelta(minutes=11).total_seconds())
    while send_due(desk.mails()):
        pass
    first = min(desk.rows(tables.delivery), key=lambda row: row["id"])
    assert first["state"] == "closed"


def test_waiting_for_a_mail_server_makes_no_links(desk, plan, others):
    plan()
    send_due(desk.mails())
    assert others.hashes == []


def test_a_change_holds_from_the_next_mail_on(desk, plan, mail_server, clock):
    sender = desk.mails()
    desk.save(replace(of(mail_server), port=1))
    plan()
    send_due(sender)
    assert desk.delivery() == ("retrying", Reason.MAIL_SERVER_UNREACHABLE)
    desk.save(of(mail_server), version=1)
    send_due(sender)
    assert desk.delivery() == ("sent", "")


def test_a_name_that_leads_where_the_operator_forbids_is_not_connected_to(desk, plan, mail_server):
    desk.settings = dataclasses.replace(OWN, forbidden_mail_networks="127.0.0.0/8,::1/128")
    desk.save(replace(of(mail_server), host="localhost"))
    plan()
    send_due(desk.mails())
    assert desk.delivery() == ("retrying", Reason.MAIL_SERVER_FORBIDDEN)
    assert mail_server.connections == 0


def test_a_test_mail_is_sent_and_told_and_its_address_forgotten(desk, mail_server):
    assert refused(Conflict, desk.test).code == "mail_server_missing"
    desk.save(of(mail_server))
    desk.test("me@practice.example")
    assert desk.read().test.state is TrialState.ON_ITS_WAY
    assert send_test(desk.mails()) == 1
    assert desk.read().test.state is TrialState.ACCEPTED
    [mail] = mail_server.to("me@practice.example")
    assert mail.message["Subject"] == "Test mail from your portal"
    assert [row["to_address"] for row in desk.rows(tables.mail_test)] == [""]
    assert send_test(desk.mails()) == 0
    assert desk.acts() == ["mail_server.changed", "mail_server.tested"]


def test_why_a_test_mail_was_refused_is_told_by_a_code(desk, mail_server, others):
    desk.save(of(mail_server))

    def outcome():
        desk.test()
        send_test(desk.mails())
        test = desk.read().test
        return test.state, test.reason, test.status

    mail_server.fail_with(550, "5.1.1 no such user", at="recipient")
    assert outcome() == (TrialState.REFUSED, "address_refused", "550 5.1.1")
    mail_server.stop()
    assert outcome() == (TrialState.REFUSED, "mail_server_unreachable", "")
    others.error = Unavailable("service_unavailable")
    assert outcome() == (TrialState.REFUSED, "service_unavailable", "")


def test_test_mails_are_throttled_and_go_to_addresses_alone(desk, mail_server, clock):
    desk.save(of(mail_server))
    error = refused(Invalid, desk.test, "nobody")
    assert dict(error.fields) == {"to": "test_address_invalid"}
    for _ in range(MOST_TESTS_AN_HOUR):
        desk.test()
    assert refused(Forbidden, desk.test).code == "too_many_tries"
    clock.advance(3601)
    desk.test()
