"""Mail addresses and the names beside them, made fit for a mail's head."""

from __future__ import annotations

from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from portal_contracts.text import cut_line, line

LONGEST_NAME = 100


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
        valid = validate_email(line(address), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise AddressInvalid("not a mail address") from None
    return Mailbox(tidy_name(name), f"{valid.local_part}@{valid.ascii_domain}")


def tidy_name(name: str) -> str:
    """`name` on one line of at most 100 characters, as it may stand in a mail."""
    return cut_line(name, LONGEST_NAME)
