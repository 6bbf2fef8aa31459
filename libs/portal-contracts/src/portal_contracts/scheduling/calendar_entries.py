"""What every calendar entry of an appointment has in common, mailed or downloaded."""

from __future__ import annotations

from uuid import UUID


def entry_uid(appointment_id: UUID, mail_domain: str) -> str:
    """The UID of an appointment's entry (RFC 5545, section 3.8.4.7), in whatever calendar."""
    return f"{appointment_id}@{mail_domain}"


def entry_name(name: str) -> str:
    """A person's or a practice's name as the parameter CN can hold it.

    It cannot hold a double quote, whatever is done to it (RFC 5545, section 3.2), and some
    readers take a backslash in one for more than it is.
    """
    return name.replace('"', "'").replace("\\", "/")
