"""A letter as the bytes of an e-mail message (RFC 5322), text and HTML."""

from __future__ import annotations

from email.utils import format_datetime

from notifications.domain.letters import Invitation, Letter
from notifications.transports import head
from notifications.transports.parts import Part, base64_part, multipart, text_part


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
    fields.append(b"MIME-Version: 1.0\r\n")
    message = b"".join(fields) + body.as_bytes()
    head.check_head(message, mailboxes, texts, {*plain, "MIME-Version", "Content-Type"})
    return message


def _body(letter: Letter) -> Part:
    """What the letter says, in ASCII: not every server on the way takes more (RFC 6152)."""
    written = letter.written
    forms = [text_part(written.text, "text/plain"), text_part(written.html, "text/html")]
    files = []
    if written.invitation is not None:
        # Twice: as a part that mail programs act on, and as a file to save.
        forms.append(_calendar(written.invitation))
        files.append(_file(written.invitation))
    for number, more in enumerate(written.more_invitations, start=2):
        # A part that mail programs act on too (RFC 6047, section 2.4), each about its own UID.
        files.append(_calendar(more, _attached(f"invite-{number}.ics")))
    shown = multipart("alternative", forms)
    return multipart("mixed", [shown, *files]) if files else shown


def _calendar(invitation: Invitation, *headers: str) -> Part:
    # Base64, so that no server on the way breaks lines that iCalendar has folded.
    kind = f'Content-Type: text/calendar; charset="utf-8"; method="{invitation.method}"'
    return base64_part(invitation.body, kind, *headers)


def _file(invitation: Invitation) -> Part:
    return base64_part(invitation.body, "Content-Type: application/ics", _attached("invite.ics"))


def _attached(name: str) -> str:
    return f'Content-Disposition: attachment; filename="{name}"'
