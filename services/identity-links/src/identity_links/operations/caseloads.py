"""Who sees which clients: asked, shared, withdrawn, handed over, filled, chosen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.attribution import Attribution
from identity_links.domain.people import ClientRecord
from identity_links.domain.visibility import may_change, may_take, sees
from identity_links.operations.authority import (
    not_found,
    require_client,
    require_in_person,
    require_practice,
    require_sight,
    require_visible,
    standing_to,
)
from identity_links.operations.practices import set_practice
from identity_links.storage import access_log, caseloads, clients, practices
from identity_links.storage.caseloads import Entry
from portal_chassis.authority.ownership import own_id
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Caller, Role
from portal_contracts.calls import Done
from portal_contracts.envelope import Event
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadChanged,
    CaseloadKind,
    ClientCaseload,
    ClientVisibility,
    FillCaseloads,
    GetCaseload,
    HandOverClient,
    ListVisibleClients,
    SeenBy,
    SetVisibility,
    ShareClient,
    SightOf,
    Visibility,
    VisibleClients,
    WithdrawClient,
)
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.events import AppointmentBooked


def list_visible_clients(
    tx: Transaction, command: ListVisibleClients, caller: Caller, *, now: datetime
) -> VisibleClients:
    """The clients who are shown to whoever asks, as far as the permission goes.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_practice(caller.actor, command.permission)
    ids = caseloads.visible_ids(tx, caller.actor, command.permission, now)
    return VisibleClients(client_ids=ids)


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
    _require_practitioner(tx, command.practitioner_id, client.practice_id)
    added = caseloads.add_as_it_comes(
        tx,
        client.id,
        command.practitioner_id,
        client.practice_id,
        added_by=caller.actor.id,
        now=now,
    )
    if added is not None:
        _log(tx, Act.CASELOAD_SHARED, client, command.practitioner_id, caller, now)
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
    if _main(entries) == command.practitioner_id:
        raise Conflict("main_practitioner", "A main practitioner hands the client over.")
    if caseloads.remove(tx, client.id, command.practitioner_id):
        _log(tx, Act.CASELOAD_WITHDRAWN, client, command.practitioner_id, caller, now)
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
    _require_practitioner(tx, to, client.practice_id)
    if _main(entries) != to:
        caseloads.hand_over(
            tx,
            [client.id],
            to,
            client.practice_id,
            keep_shared=command.keep_shared,
            added_by=caller.actor.id,
            now=now,
        )
        _log(tx, Act.CASELOAD_HANDED_OVER, client, to, caller, now)
    return CaseloadChanged(client_id=client.id, practitioner_id=to)


def begin_caseload(
    tx: Transaction,
    client_id: UUID,
    practice_id: UUID,
    wished: UUID | None,
    actor: Actor,
    *,
    now: datetime,
) -> None:
    """Put a new client into the caseload she is to be in.

    That is the practitioner's who is named; else of whoever adds her, and for an assistant the
    practice's only practitioner's. Among several, an assistant who names none adds a client
    who is nobody's own until somebody is booked or an owner says whose.

    Raises:
        Forbidden: ``not_allowed``: a practitioner adds clients of the own.
        NotFound: ``practitioner_not_found``.
    """
    main = wished or _who_it_is_for(tx, practice_id, actor)
    if main is None:
        return
    if actor.role is Role.PRACTITIONER and main != actor.id:
        raise Forbidden("not_allowed", "A practitioner adds clients of the own.")
    _require_practitioner(tx, main, practice_id)
    caseloads.add(tx, client_id, main, practice_id, CaseloadKind.OWN, added_by=actor.id, now=now)


def take_booking(tx: Transaction, event: Event[AppointmentBooked]) -> None:
    """Put a client who was booked with a practitioner into that one's caseload.

    Whoever books herself shows herself to the one she comes to, and so does a practice that books
    for a colleague. Whoever books into the own calendar gains nothing by it: an owner would see
    by a booking what is not shown. Logged as ``caseload.shared``.
    """
    data = event.data
    if event.actor.id == data.practitioner_id:
        return
    if not caseloads.own_ids(tx, event.practice_id, [data.client_id]):
        return
    if data.practitioner_id not in _practitioners(tx, event.practice_id):
        return
    by = event.actor.id if event.actor.kind is ActorKind.PRACTITIONER else None
    added = caseloads.add_as_it_comes(
        tx,
        data.client_id,
        data.practitioner_id,
        event.practice_id,
        added_by=by,
        now=event.occurred_at,
    )
    if added is not None:
        access_log.append(
            tx,
            note(
                Attribution(event.actor, event.request_id, ""),
                Act.CASELOAD_SHARED,
                event.practice_id,
                event.occurred_at,
                client_id=data.client_id,
                subject_id=data.practitioner_id,
            ),
        )


def fill_caseloads(
    tx: Transaction, command: FillCaseloads, caller: Caller, *, now: datetime
) -> Done:
    """Put clients into the caseloads of those who meet them; nobody loses one by it.

    While the practice shows everyone, nothing depends on it; after that it is refused, since it
    would show clients to whoever it names.

    Raises:
        Forbidden: ``not_allowed``.
        Conflict: ``own_clients_shown``.
    """
    require_in_person(caller.actor)
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    fields = practices.practice_fields(tx, practice_id, lock=True)
    if fields is None or fields.client_visibility is ClientVisibility.OWN:
        raise Conflict("own_clients_shown", "The practice shows everybody the own clients.")
    known = caseloads.own_ids(tx, practice_id, (one.client_id for one in command.pairs))
    able = _practitioners(tx, practice_id)
    for one in command.pairs:
        if one.client_id in known and one.practitioner_id in able:
            caseloads.add_as_it_comes(
                tx, one.client_id, one.practitioner_id, practice_id, added_by=None, now=now
            )
    return Done()


def read_visibility(tx: Transaction, caller: Caller) -> Visibility:
    """Whose clients the practice shows, and how many each would see of the own ones.

    Raises:
        Forbidden: ``not_allowed``.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    fields = practices.practice_fields(tx, practice_id)
    if fields is None:
        raise not_found()
    everybody = practices.count_clients(tx, practice_id)
    sizes = caseloads.sizes(tx, practice_id)
    people = practices.practitioners(tx, practice_id=practice_id)
    return Visibility(
        visibility=fields.client_visibility,
        clients=everybody,
        unassigned=caseloads.count_unassigned(tx, practice_id),
        sights=[
            SightOf(
                practitioner_id=one.id,
                name=one.name,
                role=one.role,
                contacts=sizes.get(one.id, 0) if one.role is Role.PRACTITIONER else everybody,
                clinical=sizes.get(one.id, 0),
            )
            for one in sorted(people, key=lambda one: (one.name.casefold(), one.id))
        ],
    )


def set_visibility(
    tx: Transaction, command: SetVisibility, caller: Caller, *, now: datetime
) -> Done:
    """Choose whose clients the practice shows; it holds from the next request on.

    Logged as ``practice.changed``.

    Raises:
        Forbidden: ``not_allowed``: also by an API token.
    """
    require_in_person(caller.actor)
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    set_practice(tx, practice_id, {"client_visibility": command.visibility}, caller, now=now)
    return Done()


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


def _require_practitioner(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> None:
    if practitioner_id not in _practitioners(tx, practice_id):
        raise NotFound("practitioner_not_found", "There is no such practitioner.")


def _practitioners(tx: Transaction, practice_id: UUID) -> set[UUID]:
    """Who may have clients: an assistant has none."""
    people = practices.practitioners(tx, practice_id=practice_id)
    return {one.id for one in people if one.role is not Role.ASSISTANT}


def _who_it_is_for(tx: Transaction, practice_id: UUID, actor: Actor) -> UUID | None:
    if actor.role is not Role.ASSISTANT:
        return own_id(actor)
    able = _practitioners(tx, practice_id)
    return able.pop() if len(able) == 1 else None


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
