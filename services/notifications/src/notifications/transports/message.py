"""A letter as an e-mail message (RFC 5322), text and HTML."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from notifications.domain.addresses import Mailbox
from notifications.domain.letters import Invitation, Letter


def needs_utf8(letter: Letter) -> bool:
    """Whether an address itself is not ASCII, which asks for SMTPUTF8 (RFC 6531)."""
    return letter.recipient.needs_utf8 or letter.sender.needs_utf8


def as_message(letter: Letter) -> EmailMessage:
    """The message; no header can be smuggled in: the policy refuses a line break in one."""
    message = EmailMessage(policy=SMTPUTF8 if needs_utf8(letter) else SMTP)
    message["From"] = _address(letter.sender)
    message["To"] = _address(letter.recipient)
    if letter.reply_to is not None:
        message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = letter.written.subject
    message["Date"] = format_datetime(letter.dated)
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    # No vacation notice shall answer (RFC 3834); no receipt shall be asked for.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.written.text)
    message.add_alternative(letter.written.html, subtype="html")
    if letter.written.invitation is not None:
        _invite(message, letter.written.invitation)
    return message


def _invite(message: EmailMessage, invitation: Invitation) -> None:
    """Add the invitation twice: as a part that mail programs act on, and as a file to save."""
    # Base64, so that no server on the way breaks lines that iCalendar has folded.
    message.add_alternative(
        invitation.body.decode(),
        subtype="calendar",
        cte="base64",
        params={"method": invitation.method},
    )
    message.add_attachment(
        invitation.body, maintype="application", subtype="ics", filename="invite.ics"
    )


def _address(mailbox: Mailbox) -> Address:
    local, _, domain = mailbox.address.rpartition("@")
    return Address(display_name=mailbox.name, username=local, domain=domain)
