"""The mail server of a practice."""

from __future__ import annotations

from notifications.entry_points.wiring import Wiring
from notifications.operations import mail_server
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction, after_commit
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.notifications.mail_server import (
    READ_MAIL_SENDER,
    READ_MAIL_SERVER,
    SAVE_MAIL_SERVER,
    SEND_TEST_MAIL,
    MailSender,
    MailServerSaved,
    SaveMailServer,
    SendTestMail,
    StoredMailServer,
)


class MailServerCalls(Wiring):
    """The mail server of a practice."""

    @rpc(READ_MAIL_SERVER)
    def read_mail_server(self, tx: Transaction, _command: Nothing, call: Call) -> StoredMailServer:
        """How the practice's mails go, without the password."""
        return mail_server.read_mail_server(tx, call, self.settings)

    @rpc(SAVE_MAIL_SERVER, runs_in=RunsIn.TRANSACTION)
    def save_mail_server(
        self, tx: Transaction, command: SaveMailServer, call: Call
    ) -> MailServerSaved:
        """Set it; mails that wait go out."""
        after_commit(tx, lambda: self.jobs.wake("send_due_deliveries"))
        return mail_server.save_mail_server(tx, command, call, self.settings, self.sealer)

    @rpc(SEND_TEST_MAIL)
    def send_test_mail(self, tx: Transaction, command: SendTestMail, call: Call) -> Done:
        """Have a test mail sent soon."""
        after_commit(tx, lambda: self.jobs.wake("send_test_mails"))
        return mail_server.ask_for_test(tx, command, call, self.settings)

    @rpc(READ_MAIL_SENDER)
    def read_mail_sender(self, tx: Transaction, _command: Nothing, call: Call) -> MailSender:
        """From which address the practice's mails come."""
        return mail_server.read_mail_sender(tx, call.actor, self.settings)
