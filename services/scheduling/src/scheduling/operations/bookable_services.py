"""Bookable services: what a practitioner offers, and what of it a client may book."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from portal_chassis.authority.ownership import Client, Practitioner, require_client
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.changes import changed
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc import services as contract
from portal_contracts.scheduling.rpc.appointments import OfferedService, Place, PlaceKind
from portal_contracts.scheduling.rpc.offering import OfferedHours, OfferedServices
from scheduling.domain.bookable_services import BookableService, check_service_fields
from scheduling.domain.hours import read_hours
from scheduling.operations.booking_limits import limit_reached
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.slot_calendar import NO_ZONE, hours_of
from scheduling.operations.stranding import refuse_stranding
from scheduling.storage import appointments, availability, bookable_services
from scheduling.storage.locks import lock_practitioners


def list_services(
    tx: Transaction, practitioner: Practitioner, *, with_archived: bool
) -> contract.Services:
    """A practitioner's services in order of their titles."""
    services = bookable_services.of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id, with_archived=with_archived
    )
    return contract.Services(items=[_to_contract(service) for service in services])


def get_service(
    tx: Transaction, command: contract.GetService, actor: Actor
) -> contract.BookableService:
    """One service, archived or not.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
    """
    return _to_contract(own_service(tx, command.service_id, actor, Permission.APPOINTMENTS_READ))


def add_service(
    tx: Transaction,
    fields: contract.ServiceFields,
    practitioner: Practitioner,
    actor: Actor,
    *,
    now: datetime,
) -> contract.ServiceChanged:
    """Store a new service of the practitioner.

    Raises:
        Forbidden: ``not_allowed``: also to have forms sent for who may send none.
        Invalid: ``service_fields``.
    """
    _require_sending(actor, fields.form_template_ids)
    return _add(tx, check_service_fields(fields), practitioner, now=now)


def edit_service(
    tx: Transaction, command: contract.EditService, actor: Actor, *, now: datetime
) -> contract.ServiceChanged:
    """Change what is said of a service. What is left out and booked times stay as they are.

    Raises:
        Forbidden: ``not_allowed``: also to have other forms sent for who may send none.
        NotFound: ``service_not_found``.
        Conflict: ``stale_version``: someone else changed it meanwhile;
            ``strands_appointments``: some would lie outside of its hours, and that was not
            to be.
        Invalid: ``service_fields``.
    """
    service = _to_change(tx, command.service_id, actor)
    fields = check_service_fields(changed(service.fields, command.fields))
    _require_sending(actor, set(fields.form_template_ids) - set(service.fields.form_template_ids))
    if service.version != command.version:
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    if command.unless_stranded and fields.weekly != service.fields.weekly:
        _refuse_stranding(tx, service, fields, now=now)
    version = service.version + 1
    bookable_services.change(tx, service.id, fields, version=version, now=now)
    return contract.ServiceChanged(service_id=service.id, version=version)


def archive_service(
    tx: Transaction, command: contract.ArchiveService, actor: Actor, *, now: datetime
) -> contract.ServiceChanged:
    """Take a service out of the offer, or bring it back; nothing when it is as wished.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
    """
    service = _to_change(tx, command.service_id, actor)
    if service.archived == command.archived:
        return contract.ServiceChanged(service_id=service.id, version=service.version)
    version = service.version + 1
    bookable_services.set_archived(
        tx, service.id, archived=command.archived, version=version, now=now
    )
    return contract.ServiceChanged(service_id=service.id, version=version)


def copy_service(
    tx: Transaction, command: contract.CopyService, actor: Actor, *, now: datetime
) -> contract.ServiceChanged:
    """Make a service like this one, its chosen clients too, with self-scheduling off.

    Raises:
        Forbidden: ``not_allowed``: also of one that has forms sent, for who may send none.
        NotFound: ``service_not_found``.
    """
    service = own_service(tx, command.service_id, actor, Permission.SERVICES_WRITE)
    _require_sending(actor, service.fields.form_template_ids)
    owner = Practitioner(id=service.practitioner_id, practice_id=service.practice_id)
    # What was said before a rule came about may be copied, and is mended before it is changed.
    return _add(tx, replace(service.fields, self_scheduling=False), owner, now=now)


def list_offered(tx: Transaction, actor: Actor, *, now: datetime) -> OfferedServices:
    """What the client who asks may book without the practice, and whether there is a limit to it.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
    """
    client = require_client(actor)
    services = list(bookable_services.open_to(tx, client))
    offering = dict.fromkeys(service.practitioner_id for service in services)
    hours = {
        one: stored.hours
        for one in offering
        if (stored := availability.find(tx, one, practice_id=client.practice_id)) is not None
    }
    zones = {one: said.timezone for one, said in hours.items()}
    return OfferedServices(
        items=[
            as_offered(service, zones.get(service.practitioner_id, NO_ZONE)) for service in services
        ],
        hours=[
            OfferedHours(practitioner_id=one, timezone=said.timezone, weekly=said.weekly)
            for one, said in hours.items()
        ],
        limit=limit_reached(tx, client, now=now) if services else None,
        last_had=_last_had(tx, client, [service.id for service in services]),
    )


def _last_had(tx: Transaction, client: Client, service_ids: Sequence[UUID]) -> UUID | None:
    """Of several services the one to begin with."""
    several = len(service_ids) > 1
    return appointments.last_service_of(tx, client, service_ids) if several else None


def offered(tx: Transaction, service: BookableService) -> OfferedService:
    """A service as a client sees it."""
    hours = availability.find(tx, service.practitioner_id, practice_id=service.practice_id)
    return as_offered(service, NO_ZONE if hours is None else hours.hours.timezone)


def as_offered(service: BookableService, timezone: str) -> OfferedService:
    """A service as a client sees it, its practitioner in `timezone`: no meeting's address."""
    fields = service.fields
    is_video = fields.place_kind is PlaceKind.VIDEO
    return OfferedService(
        id=service.id,
        practitioner_id=service.practitioner_id,
        title=fields.title,
        description=fields.description,
        minutes=fields.minutes,
        price=fields.price,
        place=Place(kind=fields.place_kind, text="" if is_video else fields.place),
        policy=fields.policy,
        timezone=timezone,
        on_request=fields.on_request,
        answer_hours=fields.answer_hours if fields.on_request else None,
    )


def require_service(tx: Transaction, service_id: UUID, practice_id: UUID) -> BookableService:
    """A service of the practice, archived or not.

    Raises:
        NotFound: ``service_not_found``, also for another practice's.
    """
    service = bookable_services.find(tx, service_id, practice_id=practice_id)
    if service is None:
        raise service_not_found()
    return service


def own_service(
    tx: Transaction, service_id: UUID, actor: Actor, permission: Permission
) -> BookableService:
    """A service on which `actor` may act: their own, or for owners and assistants a colleague's.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``, also for another practice's.
    """
    return _owned(tx, service_id, actor, permission, for_update=False)


def service_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("service_not_found", "There is no such service.")


def _refuse_stranding(
    tx: Transaction, service: BookableService, fields: contract.ServiceFields, *, now: datetime
) -> None:
    owner = Practitioner(id=service.practitioner_id, practice_id=service.practice_id)
    lock_practitioners(tx, owner.id)
    hours = read_hours(hours_of(tx, owner.id, owner.practice_id))
    before = {service.id: service.hours(hours)}
    after = {service.id: service.with_weekly(fields.weekly).hours(hours)}
    refuse_stranding(tx, owner, before, after, now=now)


def _add(
    tx: Transaction, fields: contract.ServiceFields, practitioner: Practitioner, *, now: datetime
) -> contract.ServiceChanged:
    service = BookableService(
        id=new_id(),
        practice_id=practitioner.practice_id,
        practitioner_id=practitioner.id,
        version=1,
        archived=False,
        fields=fields,
    )
    bookable_services.add(tx, service, now=now)
    return contract.ServiceChanged(service_id=service.id, version=service.version)


def _to_change(tx: Transaction, service_id: UUID, actor: Actor) -> BookableService:
    return _owned(tx, service_id, actor, Permission.SERVICES_WRITE, for_update=True)


def _owned(
    tx: Transaction, service_id: UUID, actor: Actor, permission: Permission, *, for_update: bool
) -> BookableService:
    require_permission(actor, permission)
    if actor.practice_id is None:
        raise Forbidden("not_allowed", "This actor belongs to no practice.")
    service = bookable_services.find(
        tx, service_id, practice_id=actor.practice_id, for_update=for_update
    )
    if service is None:
        raise service_not_found()
    require_chosen_practitioner(actor, service.practitioner_id, permission)
    return service


def _to_contract(service: BookableService) -> contract.BookableService:
    return contract.BookableService(
        id=service.id,
        version=service.version,
        practitioner_id=service.practitioner_id,
        archived=service.archived,
        fields=service.fields,
    )


def _require_sending(actor: Actor, form_template_ids: Collection[UUID]) -> None:
    """Refuse a program that may change services to send forms by one, where it may send none."""
    if form_template_ids:
        require_permission(actor, Permission.FORMS_SEND)
