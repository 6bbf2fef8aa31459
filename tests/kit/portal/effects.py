"""What came of an act, seen from outside: mails at the mail server, rows of the access log."""

from __future__ import annotations

from email.message import EmailMessage

from tests.kit.portal.journeys import invitation_of
from tests.kit.portal.portals import Portal


def mails_about(portal: Portal, address: str, words: str = "") -> int:
    """How many mails `address` has with `words` in them; one that came twice counts once."""
    return len(
        {
            str(mail["Message-ID"])
            for mail in portal.mails_to(address)
            if not words or words in _texts_of(mail)
        }
    )


def _texts_of(mail: EmailMessage) -> str:
    """What the mail says, decoded: on its way a long line is broken in any place."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join(part.get_content() for part in parts)


def invitations(portal: Portal, address: str, appointment_id: str, method: str) -> int:
    """How many mails `address` has with an invitation of `method` about an appointment."""
    found = set()
    for mail in portal.mails_to(address):
        if any(part.get_content_type() == "text/calendar" for part in mail.walk()):
            invitation = invitation_of(mail)
            if f"UID:{appointment_id}@" in invitation and f"METHOD:{method}" in invitation:
                found.add(str(mail["Message-ID"]))
    return len(found)


def access_rows(portal: Portal, act: str, client_id: str) -> int:
    """How many rows of the access log tell that `act` was done to a client."""
    with portal.connect("identity_links") as connection:
        found = connection.execute(
            "SELECT count(*) FROM access_log WHERE act = %s AND client_id = %s", (act, client_id)
        ).fetchone()
    return int(found[0]) if found else 0
