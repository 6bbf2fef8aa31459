"""From rows and domain objects to the structs of the contract."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict, replace

from identity_links.domain.access import NamedRow
from identity_links.domain.api_tokens import StoredToken
from identity_links.domain.device_labels import device_label
from identity_links.domain.devices import StoredDevice
from identity_links.domain.email_addresses import mask_email
from identity_links.domain.links import StoredLink, link_state
from identity_links.domain.people import (
    Client,
    ClientRecord,
    ClientsDevice,
    KnownBearer,
    PortalLink,
    Practice,
    Practitioner,
    PractitionersDevice,
)
from identity_links.domain.second_factor import demand_of
from identity_links.domain.visibility import MainPractitioner, limited
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.identity_links.rpc.access import AccessRow, PractitionerCard
from portal_contracts.identity_links.rpc.api_tokens import ApiToken, Bearer, RequestAllowance
from portal_contracts.identity_links.rpc.cards import ClientCard, PracticeCard
from portal_contracts.identity_links.rpc.clients import ClientDetails, ClientRow, WaitingAddress
from portal_contracts.identity_links.rpc.devices import ClientDevice, ConsoleDevice, Device
from portal_contracts.identity_links.rpc.entering import LinkStanding
from portal_contracts.identity_links.rpc.links import Link
from portal_contracts.identity_links.rpc.targets import (
    LinkState,
    SecondCheck,
)
from portal_contracts.permissions import Permission


def practice_card(practice: Practice) -> PracticeCard:
    """What anyone with a link may see of a practice."""
    fields = practice.fields
    return PracticeCard(
        id=practice.id,
        name=fields.name,
        contact_email=fields.contact_email,
        contact_phone=fields.contact_phone,
        language=fields.language,
        timezone=fields.timezone,
        accent=fields.accent,
        postal_address=fields.postal_address,
        country=fields.country,
        crisis_contacts=fields.crisis_contacts,
        logo=practice.logo,
    )


def client_card(client: Client) -> ClientCard:
    """What the portal greets a client with."""
    return ClientCard(
        id=client.id,
        name=client.name,
        preferred_name=client.preferred_name,
        language=client.language,
        timezone=client.timezone,
        email_masked=_masked(client),
    )


def _masked(client: Client) -> str:
    """The address that mails go to; "" while a new one waits, since none goes anywhere."""
    return mask_email(client.email) if client.address_confirmed else ""


def standing(link: PortalLink | None, state: LinkState, *, inside: bool = False) -> LinkStanding:
    """How a link stands, for whoever holds it.

    Where the practice asks for a second check, nothing of the client is told but to a device
    that is `inside`, by passing it now or before. Whoever holds a link that was taken back
    need not be the client.
    """
    if link is None:
        return LinkStanding(state=LinkState.UNKNOWN)
    policy = link.practice.fields
    told = LinkStanding(
        state=state,
        practice=practice_card(link.practice),
        language=link.client.language,
        entry=policy.entry,
        single_use=policy.single_use,
    )
    asks = policy.second_check is not SecondCheck.NONE
    if not inside and (asks or state is LinkState.REVOKED):
        return told
    return replace(
        told,
        client_id=link.client.id,
        first_name=link.client.greeting_name,
        email_masked=_masked(link.client) or None,
        target=link.target,
    )


def practitioner_card(practitioner: Practitioner) -> PractitionerCard:
    """A practitioner as clients and colleagues see them."""
    return PractitionerCard(
        id=practitioner.id,
        name=practitioner.name,
        role=practitioner.role,
        active=practitioner.active,
        picture=practitioner.picture,
    )


def link_row(link: StoredLink, *, client_active: bool, email: str, now: datetime) -> Link:
    """One link in the console; `email` is the client's present address."""
    state = link_state(
        now=now,
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        used_at=link.used_at,
        client_active=client_active,
        mailed_to=link.mailed_to,
        email=email,
    )
    return Link(
        id=link.id,
        cause=link.cause,
        target=link.target,
        state=state,
        created_at=link.created_at,
        expires_at=link.expires_at,
        last_used_at=link.last_used_at,
        opens=link.opens,
        scans=link.scans,
        delivery_id=link.delivery_id,
    )


def client_actor(client: Client, practice: Practice, revealed_link: UUID | None) -> Actor:
    """The actor that a client is, on a device that a link let in which the practice saw or not."""
    kind = ActorKind.CLIENT
    return Actor(kind=kind, id=client.id, practice_id=practice.id, revealed_link=revealed_link)


def client_device(device: ClientsDevice) -> ClientDevice:
    """A client's device that is signed in."""
    return ClientDevice(
        actor=client_actor(device.client, device.practice, device.revealed_link),
        device_id=device.id,
        client=client_card(device.client),
        practice=practice_card(device.practice),
        idle_ends_at=device.idle_ends_at,
        ends_at=device.ends_at,
    )


def console_device(device: PractitionersDevice, now: datetime) -> ConsoleDevice:
    """A practitioner's device that is signed in.

    Whom the practice wants to set up a second factor first may do nothing else: its actor has no
    permission, in any service.
    """
    shown = device.practice.fields.client_visibility
    actor = limited(device.practitioner.actor, shown, has_colleagues=device.has_colleagues)
    demand = demand_of(device.practitioner.second_factor_at, device.practice.fields, now)
    return ConsoleDevice(
        actor=replace(actor, scopes=()) if demand.is_due else actor,
        device_id=device.id,
        name=device.practitioner.name,
        picture=device.practitioner.picture,
        email=device.practitioner.email,
        language=device.practitioner.language,
        practice=practice_card(device.practice),
        idle_ends_at=device.idle_ends_at,
        ends_at=device.ends_at,
        second_factor_from=demand.from_day,
        must_set_up=demand.is_due,
        has_colleagues=device.has_colleagues,
    )


def device(stored: StoredDevice) -> Device:
    """One device in a list."""
    return Device(
        id=stored.id,
        label=device_label(stored.user_agent),
        created_at=stored.created_at,
        last_seen_at=stored.last_seen_at,
        address=stored.address,
        revealed=stored.revealed_link is not None,
        revealed_by=stored.revealed_by,
    )


def api_token(stored: StoredToken) -> ApiToken:
    """One API token in a list; a scope that this release does not know is left out."""
    return ApiToken(
        id=stored.id,
        name=stored.name,
        scopes=[one for one in Permission if one in stored.scopes],
        created_at=stored.created_at,
        expires_at=stored.expires_at,
        last_used_at=stored.last_used_at,
        owner=stored.owner,
    )


def bearer(known: KnownBearer, allowance: RequestAllowance | None) -> Bearer:
    """Who is behind a bearer, and how much more it may ask."""
    return Bearer(
        actor=known.actor,
        id=known.id,
        practice=practice_card(known.practice),
        language=known.language,
        timezone=known.timezone,
        allowance=allowance,
    )


def client_row(client: ClientRecord, main: MainPractitioner | None) -> ClientRow:
    """One line of the client list; `main`: whose own the client is."""
    return ClientRow(
        id=client.id,
        name=client.fields.name,
        preferred_name=client.fields.preferred_name,
        email=client.fields.email,
        status=client.status,
        tags=client.fields.tags,
        last_visit_at=client.last_visit_at,
        main_practitioner_id=main.id if main else None,
        main_practitioner=main.name if main else "",
    )


def client_details(
    client: ClientRecord,
    remark: str | None,
    *,
    erased_at: datetime | None = None,
    waiting_address: WaitingAddress | None = None,
    clinical: bool = True,
    emergency_until: datetime | None = None,
) -> ClientDetails:
    """All of one client; `remark` is opened already."""
    return ClientDetails(
        **asdict(replace(client.fields, remark=remark)),
        id=client.id,
        version=client.version,
        status=client.status,
        created_at=client.created_at,
        last_visit_at=client.last_visit_at,
        erased_at=erased_at,
        waiting_address=waiting_address,
        clinical=clinical,
        emergency_until=emergency_until,
    )


def access_row(row: NamedRow, *, with_address: bool, with_token: bool) -> AccessRow:
    """One row of the access log; what a practitioner calls a token is no client's business."""
    return AccessRow(
        seq=row.seq,
        occurred_at=row.occurred_at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        act=row.act,
        outcome=row.outcome,
        client_id=row.client_id,
        client_name=row.client_name,
        address=row.address if with_address else "",
        revealed=row.revealed_link is not None,
        revealed_by=row.revealed_by,
        token_id=row.actor_token_id,
        token_name=row.token_name if with_token else "",
        thing=_thing(row),
    )


def _thing(row: NamedRow) -> Thing | None:
    if row.thing_kind is None:
        return None
    return Thing(kind=ThingKind(row.thing_kind), title=row.thing_title or "", at=row.thing_at)
