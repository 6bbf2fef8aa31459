"""Who sees which clients: asked, shared, withdrawn, handed over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.people import ClientRecord
from identity_links.domain.visibility import may_change, may_take, sees
from identity_links.operations.authority import (
    not_found,
    require_client,
    require_practice,
    require_sight,
    require_visible,
    standing_to,
)
from identity_links.operations.new_in_caseload import require_practitioner
from identity_links.storage import access_log, caseloads, clients, practices
from identity_links.storage.caseloads import Entry
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind, Caller
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadChanged,
    CaseloadKind,
    ClientCaseload,
    GetCaseload,
    HandOverClient,
    ListVisibleClients,
    SeenBy,
    ShareClient,
    VisibleClients,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.permissions import Permission, has_permission, require_kind


def list_visible_clients(
    tx: Transaction, command: ListVisibleClients, caller: Caller, *, now: datetime
) -> VisibleClients:
    """The clients of whom whoever asks sees all that the role allows; and who are in a caseload.

    Raises:
        Forbidden: ``not_allowed``: the actor is no practitioner.
    """
    require_kind(caller.actor, ActorKind.PRACTITIONER)
    whose = command.caseload_of
    return VisibleClients(
        client_ids=caseloads.visible_ids(tx, caller.actor, now),
        caseload=[] if whose is None else caseloads.shown_of(tx, whose, caller.actor),
    )


def get_caseload(
    tx: Transaction, command: GetCaseload, caller: Caller, *, now: datetime
) -> ClientCaseload:
    """Who sees a client.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    actor = caller.actor
    practice_id = require_practice(actor, Permission.CLIENTS_READ)
    found = clients.find(tx, command.client_id, practice_id)
    client = require_visible(tx, found, actor, Permission.CLIENTS_READ, now=now)
    entries = caseloads.of_client(tx, client.id)
    fields = practices.practice_fields(tx, practice_id)
    if fields is None:
        raise not_found()
    return ClientCaseload(
        client_id=client.id,
        items=[
            SeenBy(
                practitioner_id=one.practitioner_id,
                name=one.name,
                role=one.role,
                kind=one.kind,
                since=one.since,
                added_by=one.added_by,
            )
            for one in entries
        ],
        everyone=fields.client_visibility is ClientVisibility.EVERYONE,
        may_change=has_permission(actor, Permission.CASELOAD_WRITE)
        and may_change(actor, main=_main(entries), held=bool(entries)),
    )


def share_client(
    tx: Transaction, command: ShareClient, caller: Caller, *, now: datetime
) -> CaseloadChanged:
    """Show a client to a colleague too; one who is nobody's becomes her own.

    Logged as ``caseload.shared``; done also when the colleague sees the client already.

    Raises:
        Forbidden: ``not_allowed``; ``not_main_practitioner``; ``not_in_caseload``: an owner takes
            nothing for oneself that is not shown.
        NotFound: ``not_found``; ``practitioner_not_found``.
    """
    client, _entries = _to_change(tx, command.client_id, caller, command.practitioner_id, now=now)
    share(tx, client, command.practitioner_id, caller, now=now)
    return CaseloadChanged(client_id=client.id, practitioner_id=command.practitioner_id)


def withdraw_client(
    tx: Transaction, command: WithdrawClient, caller: Caller, *, now: datetime
) -> CaseloadChanged:
    """Show a client to a colleague no more, from the next request on.

    Logged as ``caseload.withdrawn``; done also when the colleague did not see her. Whoever she
    is shared with may give that up.

    Raises:
        Forbidden: ``not_allowed``, ``not_main_practitioner``.
        NotFound: ``not_found``.
        Conflict: ``main_practitioner``: that one hands over.
    """
    actor = caller.actor
    gives_up = actor.id if command.practitioner_id == actor.id else None
    client, entries = _to_change(tx, command.client_id, caller, None, gives_up=gives_up, now=now)
    withdraw(tx, client, entries, command.practitioner_id, caller, now=now)
    return CaseloadChanged(client_id=client.id, practitioner_id=command.practitioner_id)


def hand_over_client(
    tx: Transaction, command: HandOverClient, caller: Caller, *, now: datetime
) -> CaseloadChanged:
    """Make a colleague the main practitioner. Logged as ``caseload.handed_over``.

    Whoever was it goes on seeing the client if wished, and is one the client is shared with.

    Raises:
        Forbidden: ``not_allowed``, ``not_main_practitioner``, ``not_in_caseload``.
        NotFound: ``not_found``; ``practitioner_not_found``.
    """
    to = command.practitioner_id
    client, entries = _to_change(tx, command.client_id, caller, to, now=now)
    assign(tx, client, entries, to, caller, keep_shared=command.keep_shared, now=now)
    return CaseloadChanged(client_id=client.id, practitioner_id=to)


def share(
    tx: Transaction, client: ClientRecord, to: UUID, caller: Caller, *, now: datetime
) -> None:
    """Show a locked client to a practitioner too, once it is known that the caller may.

    Raises:
        NotFound: ``practitioner_not_found``.
    """
    require_practitioner(tx, to, client.practice_id)
    by = caller.actor.id
    if caseloads.add_as_it_comes(tx, client.id, to, client.practice_id, added_by=by, now=now):
        _log(tx, Act.CASELOAD_SHARED, client, to, caller, now)


def withdraw(
    tx: Transaction,
    client: ClientRecord,
    entries: list[Entry],
    practitioner_id: UUID,
    caller: Caller,
    *,
    now: datetime,
) -> None:
    """Show a locked client to a practitioner no more, once it is known that the caller may.

    Raises:
        Conflict: ``main_practitioner``.
    """
    if _main(entries) == practitioner_id:
        raise Conflict("main_practitioner", "A main practitioner hands the client over.")
    if caseloads.remove(tx, client.id, practitioner_id):
        _log(tx, Act.CASELOAD_WITHDRAWN, client, practitioner_id, caller, now)


def assign(
    tx: Transaction,
    client: ClientRecord,
    entries: list[Entry],
    to: UUID,
    caller: Caller,
    *,
    keep_shared: bool,
    now: datetime,
) -> None:
    """Make somebody a locked client's main practitioner, once it is known that the caller may.

    Raises:
        NotFound: ``practitioner_not_found``.
    """
    require_practitioner(tx, to, client.practice_id)
    if _main(entries) == to:
        return
    by = caller.actor.id
    caseloads.hand_over(
        tx, [client.id], to, client.practice_id, keep_shared=keep_shared, added_by=by, now=now
    )
    _log(tx, Act.CASELOAD_HANDED_OVER, client, to, caller, now)


def locked_anywhere(tx: Transaction, client_id: UUID) -> tuple[ClientRecord, list[Entry]]:
    """A client of whichever practice, locked, and who sees her: for the admin script.

    Raises:
        NotFound: ``not_found``.
    """
    client = require_client(clients.find_to_erase(tx, client_id))
    return client, caseloads.of_client(tx, client.id)


def _to_change(
    tx: Transaction,
    client_id: UUID,
    caller: Caller,
    to: UUID | None,
    *,
    gives_up: UUID | None = None,
    now: datetime,
) -> tuple[ClientRecord, list[Entry]]:
    """The client, locked, and who sees her, once the actor may change that in favour of `to`."""
    actor = caller.actor
    practice_id = require_practice(actor, Permission.CASELOAD_WRITE)
    client = require_client(clients.find_to_change(tx, client_id, practice_id))
    standing = standing_to(tx, client.id, actor, now=now)
    require_sight(actor, Permission.CASELOAD_WRITE, standing)
    entries = caseloads.of_client(tx, client.id)
    allowed = may_change(actor, main=_main(entries), held=bool(entries))
    if not allowed and gives_up is None:
        raise Forbidden("not_main_practitioner", "The main practitioner says who sees a client.")
    clinical = sees(actor, Permission.SUMMARIES_READ, standing) and not standing.emergency
    if to == actor.id and not may_take(clinical=clinical, held=bool(entries)):
        raise Forbidden("not_in_caseload", "Nobody takes a client who is not shown.")
    return client, entries


def _main(entries: list[Entry]) -> UUID | None:
    return next((one.practitioner_id for one in entries if one.kind is CaseloadKind.OWN), None)


def _log(
    tx: Transaction,
    act: Act,
    client: ClientRecord,
    practitioner_id: UUID,
    caller: Caller,
    now: datetime,
) -> None:
    access_log.append(
        tx,
        note(
            caller,
            act,
            client.practice_id,
            now,
            client_id=client.id,
            subject_id=practitioner_id,
        ),
    )
