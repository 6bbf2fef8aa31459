"""Deleting what is past its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from identity_links.storage import (
    access_log,
    api_tokens,
    devices,
    entry_codes,
    known_browsers,
    throttle,
)
from portal_chassis.database.transactions import Transaction

_CODES_KEPT = timedelta(hours=1)


def prune(
    tx: Transaction,
    *,
    devices_kept: timedelta,
    tokens_kept: timedelta,
    refusals_kept: timedelta,
    now: datetime,
) -> dict[str, int]:
    """Delete old devices and tokens, counts of tries, refusals and acts; table to rows deleted.

    Links stay: a dead link must be known to be renewed. The access log stays whole.
    """
    return {
        "device": devices.prune_ended(tx, now, devices_kept),
        "api_token": api_tokens.prune_expired(tx, now, tokens_kept),
        "entry_code": entry_codes.prune_ended(tx, now, _CODES_KEPT),
        "known_browser": known_browsers.prune_forgotten(tx, now),
        "throttle": throttle.prune_forgotten(tx, now),
        "refusal_count": access_log.prune_refusal_counts(tx, now, refusals_kept),
        "act_count": access_log.prune_act_counts(tx, now, refusals_kept),
    }
