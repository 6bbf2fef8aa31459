"""E-mail addresses: one spelling to store, one key to compare, one mask to show."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from portal_contracts.identity_links.rpc.clients import LONGEST_EMAIL
from portal_contracts.text import line


def normalise_email(text: str) -> str | None:
    """`text` as it is stored and mailed to, or None when it is no address.

    The domain is written in ASCII and lower case, the local part stays as it
    was typed. Addresses that need SMTPUTF8 are refused: many mail servers
    cannot take them. Domains under ``.test`` pass, for rehearsals.
    """
    try:
        checked = validate_email(
            line(text),
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,
        )
    except EmailNotValidError:
        return None
    address = checked.ascii_email
    return address if address and len(address) <= LONGEST_EMAIL else None


def email_key(address: str) -> str:
    """What two spellings of one address have in common: the lower case of a normalised one."""
    return address.lower()


def mask_email(address: str) -> str:
    """`address` as strangers may see it: ``a•••@example.org``.

    The number of dots says nothing about the length.
    """
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••@{domain}"
