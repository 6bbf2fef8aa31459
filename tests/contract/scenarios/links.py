"""Links are made, listed and revoked."""

from uuid import uuid4

from msgspec.structs import replace

from portal_contracts.identity_links.rpc.clients import (
    SET_CLIENT_STATUS,
    ClientStatus,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import RESOLVE_DEVICE, ResolveDevice
from portal_contracts.identity_links.rpc.entering import INSPECT_LINK, InspectLink
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    LIST_LINKS,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
    CreateLink,
    ListLinks,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause, Target, TargetKind
from tests.kit.contract.scenario import scenario


@scenario()
def links_are_made_and_listed(scene):
    scene.add_link(scene.anna, "old", days_ago=31)
    target = Target(kind=TargetKind.APPOINTMENT, id=scene.name(uuid4(), "an appointment"))
    share = ShareLink(client_id=scene.anna.id, target=target)
    scene.ask(SHARE_LINK, share, scene.owner)
    for number, cause in enumerate(LinkCause):
        token_hash = scene.hash(f"token {number}")
        create = CreateLink(client_id=scene.anna.id, cause=cause, token_hash=token_hash)
        for actor in (scene.assistant, scene.owner):
            scene.ask(CREATE_LINK, create, actor)
    scene.ask(LIST_LINKS, ListLinks(client_id=scene.anna.id), scene.owner)
    scene.ask(LIST_LINKS, ListLinks(client_id=uuid4()), scene.owner)


@scenario()
def links_that_cannot_be_are_refused(scene):
    scene.add_link(scene.anna, "taken")
    for target in (Target(id=uuid4()), Target(kind=TargetKind.FORM)):
        share = ShareLink(client_id=scene.anna.id, target=target)
        scene.ask(SHARE_LINK, share, scene.owner)
    create = CreateLink(client_id=scene.anna.id, cause=LinkCause.QR, token_hash=scene.hash("taken"))
    scene.ask(CREATE_LINK, create, scene.owner)
    scene.ask(CREATE_LINK, replace(create, target=Target(id=uuid4())), scene.owner)
    archive = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner)
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)
    scene.ask(CREATE_LINK, replace(create, token_hash=scene.hash("new")), scene.owner)
    incomplete = ShareLink(client_id=scene.anna.id, target=Target(kind=TargetKind.FORM))
    scene.ask(SHARE_LINK, incomplete, scene.owner)


@scenario()
def links_are_revoked_one_by_one_and_all_at_once(scene):
    first = scene.add_link(scene.anna, "first")
    scene.add_link(scene.anna, "second")
    scene.add_link(scene.anna, "expired", days_ago=31)
    scene.add_link(scene.ben, "ben's")
    scene.add_device(scene.anna, "cookie")
    for _ in range(2):
        scene.ask(REVOKE_LINK, RevokeLink(link_id=first), scene.assistant)
    scene.ask(REVOKE_LINK, RevokeLink(link_id=uuid4()), scene.owner)
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("cookie")))
    for _ in range(2):
        scene.ask(REVOKE_ALL_LINKS, RevokeAllLinks(client_id=scene.anna.id), scene.owner)
    for word in ("first", "second", "expired", "ben's"):
        scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash(word)))
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("cookie")))
    scene.ask(LIST_LINKS, ListLinks(client_id=scene.anna.id), scene.owner)
