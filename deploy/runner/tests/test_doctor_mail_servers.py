"""What the doctor says of the mail servers that practices have set."""

from notifications.config import Settings as NotificationsSettings
from notifications.config import Transport
from notifications.domain.mail_servers import OwnMailServer
from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.notifications.mail_server import MailSecurity, MailServerFields
from portal_runner.doctor.mail_servers import OwnMailServers, check_own_mail_servers


def test_mail_servers_of_practices_are_asked_and_what_waits_for_one_is_told(mail_server):
    settings = NotificationsSettings(mail_transport=Transport.PRACTICE, smtp_timeout_seconds=1.0)

    def told(*servers, waiting=0):
        found = check_own_mail_servers(OwnMailServers(list(servers), waiting), settings)
        return [(str(one.state), one.says) for one in found]

    def server(port):
        fields = MailServerFields(host=mail_server.host, port=port, security=MailSecurity.NONE)
        return OwnMailServer(
            practice_id=new_id(),
            version=1,
            fields=fields,
            password_sealed=None,
            changed_at=Clock().now(),
        )

    [(state, says)] = told()
    assert (state, "No practice has set one yet" in says) == ("note", True)
    [(state, says)] = told(waiting=2)
    assert (state, says.startswith("2 mail(s) wait")) == ("note", True)
    states = [state for state, _ in told(server(mail_server.port), server(1))]
    assert states == ["ok", "trouble"]
    assert list(check_own_mail_servers(OwnMailServers([], 3), NotificationsSettings())) == []
