"""What came of handing a mail to a transport."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from notifications.domain.reasons import Reason


class OutcomeKind(StrEnum):
    """The four ends of an attempt.

    ``accepted``: the mail is the transport's now. ``temporary``: refused or
    lost for now, the same mail may pass later. ``permanent``: this mail will
    never pass. ``unreachable``: no mail would pass at present.
    """

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt.

    Attributes:
        kind: which of the four ends.
        reason: why, unless it was accepted.
        status: the server's code without its words, which may quote the
            address: ``451 4.3.0``.
    """

    kind: OutcomeKind
    reason: Reason | None = None
    status: str = ""


ACCEPTED = Outcome(OutcomeKind.ACCEPTED)


def temporary(reason: Reason, status: str = "") -> Outcome:
    """The same mail may pass later."""
    return Outcome(OutcomeKind.TEMPORARY, reason, status)


def permanent(reason: Reason, status: str = "") -> Outcome:
    """This mail will never pass."""
    return Outcome(OutcomeKind.PERMANENT, reason, status)


def unreachable(reason: Reason, status: str = "") -> Outcome:
    """No mail would pass at present."""
    return Outcome(OutcomeKind.UNREACHABLE, reason, status)
