"""A letter as the bytes of an e-mail message (RFC 5322), text and HTML."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.domain.letters import Invitation, Letter
from notifications.transports import head

_POLICY = SMTP.clone(cte_type="7bit")
"""Bodies in ASCII: not every server on the way takes more (RFC 6152)."""


def needs_utf8(letter: Letter) -> bool:
    """Whether an address itself is not ASCII, which asks for SMTPUTF8 (RFC 6531)."""
    return letter.recipient.needs_utf8 or letter.sender.needs_utf8


def as_message(letter: Letter) -> bytes:
    """The message, checked: its head says what the letter does and nothing else.

    Raises:
        HeadInvalid: it would not; such a mail goes to nobody.
    """
    body = _body(letter)
    mailboxes = {"From": letter.sender, "To": letter.recipient}
    if letter.reply_to is not None:
        mailboxes["Reply-To"] = letter.reply_to
    texts = {"Subject": letter.written.subject}
    plain = {
        "Date": format_datetime(letter.dated),
        "Message-ID": letter.message_id,
        "Content-Language": letter.language,
        # No vacation notice shall answer (RFC 3834); no receipt shall be asked for.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    fields = [head.field(name, head.mailbox_words(one)) for name, one in mailboxes.items()]
    fields += [head.field(name, head.text_words(text)) for name, text in texts.items()]
    fields += [head.field(name, [value]) for name, value in plain.items()]
    message = b"".join(fields) + body.as_bytes()
    head.check_head(message, mailboxes, texts, {*plain, *body.keys()})
    return message


def _body(letter: Letter) -> EmailMessage:
    """What the letter says, with the headers that tell of its form: no text of people in them."""
    body = EmailMessage(policy=_POLICY)
    body.set_content(letter.written.text)
    body.add_alternative(letter.written.html, subtype="html")
    if letter.written.invitation is not None:
        _invite(body, letter.written.invitation)
    for number, more in enumerate(letter.written.more_invitations, start=2):
        # A part that mail programs act on too (RFC 6047, section 2.4), each about its own UID.
        body.add_attachment(
            more.body.decode(),
            subtype="calendar",
            cte="base64",
            params={"method": more.method},
            filename=f"invite-{number}.ics",
        )
    return body


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
