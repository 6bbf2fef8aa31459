"""When a client's new e-mail address has to be confirmed before anything is mailed to it.

Whoever receives a portal link enters as the client. So an address that was changed by one
who could not see a portal link is mailed to nobody until one who can has confirmed it: else
a change and a mailed link would come to the same as a link that was shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class WaitingAddress:
    """That a client's address is new and not confirmed.

    Attributes:
        confirmed_email: the address that was confirmed last.
        changed_by: the practitioner who changed it.
        changed_at: aware UTC.
    """

    confirmed_email: str = field(repr=False)
    changed_by: UUID | None
    changed_at: datetime


def after_change(
    before: str,
    waiting: WaitingAddress | None,
    email: str,
    *,
    confirms: bool,
    changed_by: UUID | None,
    now: datetime,
) -> WaitingAddress | None:
    """Whether a client's address waits once `email` is stored in place of `before`.

    Saving other fields decides nothing. An address that was confirmed before may come back
    by anyone's hand; any other one, over however many steps, waits.

    Args:
        before: the address on file.
        waiting: whether that one waits.
        email: the address from now on.
        confirms: whoever changes it may see portal links.
        changed_by: the practitioner who changes it.
        now: aware UTC.
    """
    if email == before:
        return waiting
    confirmed = waiting.confirmed_email if waiting else before
    if confirms or email == confirmed:
        return None
    return WaitingAddress(confirmed_email=confirmed, changed_by=changed_by, changed_at=now)
