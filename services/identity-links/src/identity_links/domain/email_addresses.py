"""E-mail addresses: one spelling to store, one key to compare, one mask to show."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

MAX_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3: 256 octets with the angle brackets."""


def normalise_email(text: str) -> str | None:
    """`text` as it is stored and mailed to, or None when it is no address.

    The domain is written in ASCII and lower case, the local part stays as it
    was typed. Addresses that need SMTPUTF8 are refused: many mail servers
    cannot take them. Domains under ``.test`` pass, for rehearsals.
    """
    try:
        checked = validate_email(
            text.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError:
        return None
    address = checked.ascii_email
    return address if address and len(address) <= MAX_EMAIL else None


def email_key(address: str) -> str:
    """What two spellings of one address have in common: the lower case of a normalised one."""
    return address.lower()


def mask_email(address: str) -> str:
    """`address` as strangers may see it: ``a•••@example.org``.

    The number of dots says nothing about the length.
    """
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}"
