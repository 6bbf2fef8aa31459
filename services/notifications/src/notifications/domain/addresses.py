"""Mail addresses and the names beside them, made fit for a mail's head."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

LONGEST_NAME = 100
_FORMAT_CHARACTERS_OF_WORDS = frozenset("\u200c\u200d")  # joiners belong to Persian, Hindi, emoji


class AddressInvalid(Exception):
    """There is no mail address in the text; the text itself is not quoted."""


@dataclass(frozen=True)
class Mailbox:
    """A name and an address that mail can go to.

    Attributes:
        name: for people; may be empty.
        address: `local` @ `domain`, its domain in ASCII (RFC 5890).
    """

    name: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.address.isascii()


def mailbox(name: str, address: str) -> Mailbox:
    """A mailbox from what people have typed.

    An internationalised domain becomes its ASCII form, which every server
    takes. Nothing is looked up.

    Raises:
        AddressInvalid: `address` cannot be one.
    """
    try:
        valid = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise AddressInvalid("not a mail address") from None
    return Mailbox(tidy_name(name), f"{valid.local_part}@{valid.ascii_domain}")


def tidy_name(name: str) -> str:
    """`name` on one line, without control or direction characters, at most 100 characters.

    What would begin a new header or turn the reading direction of a mail
    client's line (U+202E) is dropped.
    """
    kept = "".join(
        character
        if unicodedata.category(character)[0] != "C" or character in _FORMAT_CHARACTERS_OF_WORDS
        else " "
        if character in "\r\n\t"
        else ""
        for character in name
    )
    return " ".join(kept.split())[:LONGEST_NAME].rstrip()
