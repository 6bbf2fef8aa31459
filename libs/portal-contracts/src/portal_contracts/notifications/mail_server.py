"""Which mail server a practice's mails go by, and from which address."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.instants import Instant
from portal_contracts.text import EXACTLY, ONE_LINE, Line

SERVICE: Final = "notifications"

LONGEST_HOST: Final = 253
LONGEST_SENDER_NAME: Final = 100
LONGEST_MAIL_PASSWORD: Final = 1024
LONGEST_MAIL_USER: Final = 320
MOST_TESTS_AN_HOUR: Final = 20


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected; ``none`` only on one machine."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailServerFields(Struct, frozen=True, kw_only=True):
    """What a practice says of its mail server, but for the password.

    `user`: to sign in with; empty for no sign-in. `sender_address` and `sender_name`: whom its
    mails are from; an empty name is the practice's.
    """

    host: Line = ""
    port: int = 587
    security: MailSecurity = MailSecurity.STARTTLS
    user: Annotated[str, Meta(extra=ONE_LINE)] = ""
    sender_address: Line = ""
    sender_name: Line = ""


class TrialState(StrEnum):
    """What came of a test mail."""

    ON_ITS_WAY = "on_its_way"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class MailServerTest(Struct, frozen=True, kw_only=True):
    """The newest test mail.

    `reason`: a code like those of the mail log, where it was refused; `status`: the server's
    code without its words (``535 5.7.8``), may be empty.
    """

    state: TrialState
    asked_at: Instant
    reason: str = ""
    status: str = ""


class StoredMailServer(Struct, frozen=True, kw_only=True):
    """How the practice's mails go.

    `by_environment`: whoever runs the portal has set it for all practices, and nobody changes it
    here; `transport` is then ``smtp``, ``folder`` or ``console``, else ``practice``. `version` is 0
    and `fields` None where nothing is set: mails wait. The password itself is never told.
    """

    by_environment: bool
    transport: str
    version: int
    fields: MailServerFields | None
    has_password: bool
    changed_at: Instant | None = None
    test: MailServerTest | None = None


class SaveMailServer(Struct, frozen=True, kw_only=True):
    """Set the practice's mail server; mails that wait go out.

    `password`: None keeps the one that is stored, which goes to no other server, user or weaker
    protection than it was given for. `version`: what was read.
    """

    version: int
    fields: MailServerFields
    password: Annotated[str, Meta(extra=EXACTLY)] | None = None


class MailServerSaved(Struct, frozen=True, kw_only=True):
    """The version that is stored now."""

    version: int


class SendTestMail(Struct, frozen=True, kw_only=True):
    """Send a test mail by the settings as they are stored; what came of it is read later."""

    to: Line


class MailSender(Struct, frozen=True, kw_only=True):
    """Whom the practice's mails are from; an empty address: nothing is set yet, mails wait."""

    address: str


READ_MAIL_SERVER = Method(
    SERVICE,
    "read_mail_server",
    Nothing,
    StoredMailServer,
    "How the practice's mails go, without the password, and what came of the newest test mail.",
)
SAVE_MAIL_SERVER = Method(
    SERVICE,
    "save_mail_server",
    SaveMailServer,
    MailServerSaved,
    "Set the practice's mail server; the same again changes nothing; Conflict stale_version.",
    personal=True,
)
SEND_TEST_MAIL = Method(
    SERVICE,
    "send_test_mail",
    SendTestMail,
    Done,
    "Send a test mail soon, beside all other mails; throttled.",
    mutates=True,
)
READ_MAIL_SENDER = Method(
    SERVICE,
    "read_mail_sender",
    Nothing,
    MailSender,
    "From which address the practice's mails come, for whoever belongs to it.",
)

METHODS = (READ_MAIL_SERVER, SAVE_MAIL_SERVER, SEND_TEST_MAIL, READ_MAIL_SENDER)
