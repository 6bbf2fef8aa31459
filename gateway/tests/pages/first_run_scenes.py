"""Pages of the first run: setting up, the mail server, and steps on the way."""

from __future__ import annotations

from typing import Any

import fixtures as made
from console_schedule_scenes import hours, service_form
from msgspec.structs import replace
from scene import Scene, settings
from today_scenes import today

from gateway.console.first_steps import Guide
from gateway.console.settings import mail_server, sections
from gateway.console.setup import ORDER
from gateway.words.countries import countries_by_name
from portal_contracts.identity_links.rpc.devices import SHORTEST_PASSWORD
from portal_contracts.identity_links.rpc.setup import SetupState
from portal_contracts.notifications.mail_server import (
    MailSecurity,
    MailServerFields,
    MailServerTest,
    StoredMailServer,
    TrialState,
)
from portal_contracts.zones import zones_to_choose

TYPED = {
    "practice_name": "Praxis am Seeblick",
    "timezone": "",
    "country": "DE",
    "language": "en",
    "name": "Dr. Miriam Rivera",
    "email": "rivera@seeblick.example",
}
SET_UP = {
    "fields": TYPED,
    "errors": {},
    "order": ORDER,
    "timezones": zones_to_choose(),
    "languages": ("en", "de"),
    "countries": countries_by_name("en"),
    "shortest_password": SHORTEST_PASSWORD,
}
WRONG = {"practice_name": "name_missing", "timezone": "timezone_unknown", "email": "email_missing"}
SERVER = MailServerFields(
    host="smtp.seeblick.example",
    port=465,
    security=MailSecurity.TLS,
    user="rivera",
    sender_address="rivera@seeblick.example",
)
NOTHING = StoredMailServer(
    by_environment=False, transport="practice", version=0, fields=None, has_password=False
)
SAVED = StoredMailServer(
    by_environment=False,
    transport="practice",
    version=2,
    fields=SERVER,
    has_password=True,
    changed_at=made.NOW,
)
GUIDE = Guide("hours", 2, 5, "/console/start?after=hours")


def dead(state: SetupState) -> Scene:
    return Scene(f"setup-{state}", "console/setup_dead.html", {"state": state}, practice=False)


def after_test(stored: StoredMailServer, state: TrialState, reason: str = "") -> StoredMailServer:
    test = MailServerTest(state=state, asked_at=made.NOW, reason=reason, status="535 5.7.8")
    return replace(stored, test=test)


def server(name: str, stored: StoredMailServer, **more: Any) -> Scene:
    fields = stored.fields or MailServerFields(sender_address="rivera@seeblick.example")
    context = {
        "stored": stored,
        "fields": {one: str(getattr(fields, one)) for one in mail_server.FIELDS},
        "errors": {},
        "order": mail_server.ORDER,
        "securities": tuple(MailSecurity),
        "version": stored.version,
        "to": "rivera@seeblick.example",
        "others": None,
        "guide": None,
    }
    return settings(name, "mail_server", sections.MAIL_SERVER.address, **(context | more))


SCENES = [
    Scene("setup", "console/setup.html", SET_UP, practice=False),
    Scene("setup-wrong", "console/setup.html", SET_UP | {"errors": WRONG}, practice=False),
    *(dead(state) for state in SetupState if state is not SetupState.LIVE),
    server("mail-server-none", NOTHING, guide=GUIDE),
    server("mail-server", after_test(SAVED, TrialState.ACCEPTED)),
    server(
        "mail-server-refused",
        after_test(SAVED, TrialState.REFUSED, "mail_server_sign_in_failed"),
        others=SERVER,
        errors={"password": "mail_password_needed"},
    ),
    server(
        "mail-server-environment",
        after_test(
            StoredMailServer(
                by_environment=True,
                transport="smtp",
                version=0,
                fields=SERVER,
                has_password=True,
            ),
            TrialState.ON_ITS_WAY,
        ),
    ),
    today("today-no-mail-server", no_mail_server=True),
    hours("hours-guided", guide=GUIDE, services=[], preview=None),
    service_form("service-guided", guide=GUIDE, service=None),
]
