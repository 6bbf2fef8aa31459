"""Deleting what is past its time, and renewing what an older rule has made."""

from __future__ import annotations

from datetime import datetime, timedelta

from identity_links.storage import (
    access_log,
    api_tokens,
    client_search,
    devices,
    entry_codes,
    invitations,
    known_browsers,
    password_resets,
    second_factors,
    setup_addresses,
    throttle,
)
from portal_chassis.database.transactions import Transaction

_FOLDED_AT_ONCE = 200
_CODES_KEPT = timedelta(hours=1)
_INVITATIONS_KEPT = timedelta(days=30)
_SETUP_ADDRESSES_KEPT = timedelta(days=30)


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
        "invitation": invitations.prune(tx, now, _INVITATIONS_KEPT),
        "entry_code": entry_codes.prune_ended(tx, now, _CODES_KEPT),
        "sign_in_step": second_factors.prune_steps(tx, now),
        "password_reset": password_resets.prune_ended(tx, now),
        "known_browser": known_browsers.prune_forgotten(tx, now),
        "setup_address": setup_addresses.prune_ended(tx, now, _SETUP_ADDRESSES_KEPT),
        "throttle": throttle.prune_forgotten(tx, now),
        "refusal_count": access_log.prune_refusal_counts(tx, now, refusals_kept),
        "act_count": access_log.prune_act_counts(tx, now, refusals_kept),
    }


def fold_anew(tx: Transaction) -> int:
    """Bring some clients' names and words under the present rule; how many they were."""
    return client_search.fold_anew(tx, _FOLDED_AT_ONCE)
