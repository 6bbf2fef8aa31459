"""Who is behind a bearer of the API, and how often it may ask."""

from __future__ import annotations

from datetime import datetime

from identity_links.domain.devices import is_due_to_be_seen
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import KnownBearer
from identity_links.domain.second_factor import demand_of
from identity_links.domain.throttle import Quota, Window, throttle_key
from identity_links.messages import bearer
from identity_links.storage import api_tokens, devices, throttle
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.api_tokens import Bearer, RequestAllowance, ResolveBearer


def resolve_bearer(
    database: Database,
    command: ResolveBearer,
    *,
    requests: Quota,
    failures: Window,
    now: datetime,
) -> Bearer:
    """Who is behind a bearer: two statements, a third one at most once a minute.

    A practitioner's role is read anew each time, so a token never may more
    than its owner may now. A client's bearer is a device, with a cookie's
    limits. An address from which many unknown bearers came is told to wait
    only for the unknown ones: a neighbour's good bearer works.

    Args:
        database: counts are kept whether the bearer is refused or not.
        command: the bearer's hash, and where it came from.
        requests: how many requests of one token, or of one client, are heard in any minute.
        failures: how many unknown bearers of one network are answered as such.
        now: aware UTC.

    Raises:
        NotFound: ``bearer_ended``: unknown, revoked, past a limit, or the client is archived.
        Forbidden: ``too_many_requests`` with `retry_after_seconds`; ``second_factor_needed``:
            the practice wants one of the token's practitioner, who has none.
    """
    allowance = None
    with database.transaction() as tx:
        known = api_tokens.behind_bearer(tx, command.bearer_hash, now)
        if known is None:
            network = counted_network(command.address)
            wait = throttle.count_use(tx, throttle_key("failed_bearer", network), failures, now)
        else:
            key = throttle_key("bearer", str(known.counted_for))
            counted = throttle.count_in_quota(tx, key, requests, now)
            wait = counted.wait_seconds
            allowance = RequestAllowance(
                limit=requests.uses,
                seconds=requests.seconds,
                left=counted.left,
                more_in_seconds=counted.more_in_seconds,
            )
            if not wait:
                _mark_used(tx, known, command.address, now)
    if wait:
        detail = "Wait a little before the next request."
        raise Forbidden("too_many_requests", detail, retry_after_seconds=wait)
    if known is None:
        raise NotFound("bearer_ended", "The bearer is unknown, or has ended.")
    if known.is_token and demand_of(known.second_factor_at, known.practice.fields, now).is_due:
        detail = "Whoever made this token has to set up a second factor in the console first."
        raise Forbidden("second_factor_needed", detail)
    return bearer(known, allowance)


def _mark_used(tx: Transaction, known: KnownBearer, address: str, now: datetime) -> None:
    if known.used_at is not None and not is_due_to_be_seen(known.used_at, now):
        return
    if known.is_token:
        api_tokens.mark_used(tx, known.id, now)
    else:
        devices.mark_seen(tx, known.id, normalise_address(address), now)
