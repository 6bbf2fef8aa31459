"""After a restore: what may have been mailed before it is not mailed again by itself.

A backup is of a moment before the portal's last. What waited then, or has been planned since
from what was known then, may have gone out in between; nobody knows. Each such
mail is closed as `perhaps_sent`, and whoever looks at the mail log sends it again, or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.domain.delivery import closed
from notifications.domain.reasons import Reason
from notifications.storage import restored
from notifications.storage.restored import HeldMail
from portal_chassis.database.transactions import Transaction


def hold_perhaps_sent(
    tx: Transaction, *, stopped_at: datetime, began_at: datetime, reminder_hours: int
) -> list[HeldMail]:
    """Close every open mail that may have gone out until `stopped_at`; the oldest first.

    One about an appointment counts as told: a change of it is told to whoever may know of it.

    Args:
        tx: commits it. Nothing is sent meanwhile.
        stopped_at: aware UTC instant after which the lost portal sent nothing.
        began_at: when the restore began; what was planned since was planned late.
        reminder_hours: as the lost portal had it set.
    """
    return restored.close_due(
        tx,
        closed(Reason.PERHAPS_SENT),
        until=stopped_at,
        planned_late_from=began_at,
        reminders=timedelta(hours=reminder_hours),
    )
