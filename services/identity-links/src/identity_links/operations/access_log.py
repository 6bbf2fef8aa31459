"""Writing down refusals, reading the access log, and proving that nobody changed it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from identity_links.domain.access import (
    HIDDEN_FROM_CLIENTS,
    Act,
    NamedRow,
    Outcome,
    note,
    refused,
)
from identity_links.domain.access_chain import ChainReport, verify_chain
from identity_links.domain.attribution import Attribution
from identity_links.domain.visits import Day, by_day
from identity_links.messages import access_row
from identity_links.operations.authority import (
    not_found,
    require_client,
    require_practice,
    require_visible,
)
from identity_links.storage import access_log, access_log_pages, clients
from identity_links.storage.cursors import decode_seq, encode_seq
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.calls import Done
from portal_contracts.envelope import Event
from portal_contracts.errors import PortalError
from portal_contracts.forms.events import FormAccessRecorded
from portal_contracts.identity_links.rpc.access import (
    FOLDED_MINUTES,
    AccessPage,
    AccessRow,
    ListAccess,
    ListOwnVisits,
    RecordRefusal,
    Visit,
    Visits,
)
from portal_contracts.identity_links.rpc.accounts import FINISH_SIGN_IN
from portal_contracts.identity_links.rpc.api_tokens import CREATE_API_TOKEN, REVOKE_API_TOKEN
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    CONFIRM_ADDRESS,
    EDIT_CLIENT,
    GET_CLIENT,
    RESTORE_ADDRESS,
    SET_CLIENT_STATUS,
)
from portal_contracts.identity_links.rpc.devices import REVOKE_DEVICE, SIGN_IN
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
)
from portal_contracts.identity_links.rpc.practice import EDIT_PRACTICE
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.permissions import Permission, require_kind
from portal_contracts.scheduling.events import ScheduleAccessRecorded

Reported = AccessRecorded | ScheduleAccessRecorded | FormAccessRecorded

FOLDED = timedelta(minutes=FOLDED_MINUTES)
_READ_AT_ONCE = 500
_EMPTY_CHAIN = (0, bytes(32))

_ACTS: dict[str, Act] = {
    ADD_CLIENT.name: Act.CLIENT_ADDED,
    EDIT_CLIENT.name: Act.CLIENT_EDITED,
    GET_CLIENT.name: Act.CLIENT_OPENED,
    SET_CLIENT_STATUS.name: Act.CLIENT_ARCHIVED,
    CONFIRM_ADDRESS.name: Act.ADDRESS_CONFIRMED,
    RESTORE_ADDRESS.name: Act.ADDRESS_RESTORED,
    SHARE_LINK.name: Act.LINK_SHARED,
    CREATE_LINK.name: Act.LINK_CREATED,
    REVOKE_LINK.name: Act.LINK_REVOKED,
    REVOKE_ALL_LINKS.name: Act.LINK_REVOKED,
    REVOKE_DEVICE.name: Act.DEVICE_REVOKED,
    CREATE_API_TOKEN.name: Act.API_TOKEN_CREATED,
    REVOKE_API_TOKEN.name: Act.API_TOKEN_REVOKED,
    EDIT_PRACTICE.name: Act.PRACTICE_CHANGED,
}
"""What a refused call would have done; every other one is ``request.refused``."""


def record_refused_call(tx: Transaction, call: Call, error: PortalError) -> None:
    """Write down that a call to this service was refused, in a transaction of its own.

    A client or practitioner gets a row in the practice's chain, up to a number an hour;
    nobody is counted. A service's refused question is not written here: the service
    that asked logs whom it refused. A failed sign-in has its own row.
    """
    if call.actor.kind is ActorKind.SERVICE or call.method in {SIGN_IN, FINISH_SIGN_IN}:
        return
    act = _ACTS.get(call.method.name, Act.REQUEST_REFUSED)
    named = (getattr(call.arguments, name, None) for name in ("link_id", "device_id", "token_id"))
    access = note(
        call,
        act,
        call.actor.practice_id,
        call.now,
        client_id=getattr(call.arguments, "client_id", None),
        subject_id=next((one for one in named if one is not None), None),
    )
    access_log.append(tx, refused(access, error.code, call.method.address))


def record_refusal(
    tx: Transaction, command: RecordRefusal, caller: Caller, *, now: datetime
) -> Done:
    """Write down that the gateway refused a request: see `record_refused_call`."""
    address = command.address or caller.address
    seen = Attribution(caller.actor, caller.request_id, address)
    access = note(seen, Act.REQUEST_REFUSED, caller.actor.practice_id, now)
    detail = f"{command.method} {command.route}"
    access_log.append(tx, refused(access, command.reason, detail))
    return Done()


def record_event(tx: Transaction, event: Event[Any]) -> None:
    """Write down what another service reports; its chain is the event's practice's.

    Acts are taken as they come: a service may know one that is not known here yet.
    """
    data: Reported = event.data
    told = Attribution(event.actor, event.request_id, data.address)
    access = note(
        told,
        data.act,
        event.practice_id,
        event.occurred_at,
        client_id=data.client_id,
        subject_id=data.subject_id,
        thing=data.thing,
    )
    done = data.outcome == Outcome.DONE
    access_log.append(tx, access if done else refused(access, reason=""))


def list_access(
    tx: Transaction, command: ListAccess, caller: Caller, *, now: datetime
) -> AccessPage:
    """The access log, newest first: a practice's, or for a client the client's own.

    A client sees the rows that concern this client, none about private notes, and
    addresses only of the client's own acts. Rows are folded here and not where they are
    written: the log keeps every one. What concerns a client who is hidden from a practitioner
    is left out.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: the client is not the practice's, or not the one who asks.
        Invalid: ``cursor_invalid``.
    """
    require_kind(caller.actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
    own = own_id(caller.actor) if caller.actor.kind is ActorKind.CLIENT else None
    if own is not None:
        practice_id = own_practice(caller.actor)
        if command.client_id not in {None, own}:
            raise not_found()
    else:
        practice_id = require_practice(caller.actor, Permission.ACCESS_LOG_READ)
        if command.client_id is not None:
            found = clients.find(tx, command.client_id, practice_id)
            require_visible(tx, found, caller.actor, Permission.ACCESS_LOG_READ, now=now)
    which = access_log_pages.Rows(
        client_id=own or command.client_id,
        without_acts_on=HIDDEN_FROM_CLIENTS if own is not None else None,
        folded=FOLDED,
        without_own=command.others,
        shown_to=None if own is not None else caller.actor,
    )
    rows = access_log_pages.page(
        tx,
        practice_id,
        which,
        before_seq=decode_seq(command.cursor) if command.cursor else None,
        limit=command.limit + 1,
    )
    shown = rows[: command.limit]
    return AccessPage(
        items=[_shown(row, own) for row in shown],
        next_cursor=encode_seq(shown[-1].seq) if len(rows) > command.limit else None,
    )


def list_own_visits(tx: Transaction, command: ListOwnVisits, caller: Caller) -> Visits:
    """On which days the client who asks was in the portal, by the log; the latest first.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``not_found``: the client is gone.
        Invalid: ``cursor_invalid``.
    """
    require_kind(caller.actor, ActorKind.CLIENT)
    own, practice_id = own_id(caller.actor), own_practice(caller.actor)
    zone = require_client(clients.find(tx, own, practice_id)).fields.timezone
    before = decode_seq(command.cursor) if command.cursor else None
    days: list[Day] = []
    while len(days) <= command.limit:
        acts = access_log_pages.own_acts(
            tx, practice_id, own, before_seq=before, limit=_READ_AT_ONCE
        )
        days = by_day(acts, ZoneInfo(zone), days)
        if len(acts) < _READ_AT_ONCE:
            break
        before = acts[-1][0]
    shown = days[: command.limit]
    return Visits(
        items=[
            Visit(on=day.on, first_at=day.first_at, last_at=day.last_at, acts=day.acts)
            for day in shown
        ],
        next_cursor=encode_seq(shown[-1].last_seq) if len(days) > command.limit else None,
    )


def verify_chains(tx: Transaction) -> dict[UUID, ChainReport]:
    """Recompute every chain from its first row; chain to report.

    The first thing in its transaction: it is made to see one state of the database.
    """
    access_log.see_one_state(tx)
    heads = access_log.chain_heads(tx)
    reports = {}
    for chain_id in sorted(heads.keys() | access_log.chains_with_rows(tx)):
        head_seq, head = heads.get(chain_id, _EMPTY_CHAIN)
        rows = access_log.chained_rows(tx, chain_id)
        reports[chain_id] = verify_chain(rows, head_seq=head_seq, head=head)
    return reports


def _shown(row: NamedRow, own: UUID | None) -> AccessRow:
    by_practice = own is None
    return access_row(row, with_address=by_practice or row.actor_id == own, with_token=by_practice)
