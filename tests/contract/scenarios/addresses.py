"""A client's e-mail address changes, waits to be confirmed, and takes its links along."""

from msgspec.structs import replace

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.api_tokens import RESOLVE_BEARER, ResolveBearer
from portal_contracts.identity_links.rpc.clients import (
    CONFIRM_ADDRESS,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    RESTORE_ADDRESS,
    ClientFields,
    EditClient,
    GetClient,
    ListClients,
    SettleAddress,
)
from portal_contracts.identity_links.rpc.devices import (
    LIST_CLIENT_DEVICES,
    LIST_OWN_DEVICES,
    RESOLVE_DEVICE,
    ListClientDevices,
    ResolveDevice,
)
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
    InspectLink,
    RedeemLink,
    RenewLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.links import (
    CREATE_LINK,
    LIST_LINKS,
    SHARE_LINK,
    CreateLink,
    ListLinks,
    ShareLink,
)
from portal_contracts.identity_links.rpc.targets import LinkCause
from tests.kit.contract.scenario import scenario


def change(scene, actor, version, email, **options):
    fields = ClientFields(name="Anna Adler", email=scene.email(email))
    command = EditClient(client_id=scene.anna.id, version=version, fields=fields, **options)
    scene.ask(EDIT_CLIENT, command, actor)


def shown(scene):
    who = scene.anna.id
    scene.ask(GET_CLIENT, GetClient(client_id=who), scene.owner)
    scene.ask(LIST_LINKS, ListLinks(client_id=who), scene.owner)
    scene.ask(LIST_CLIENT_DEVICES, ListClientDevices(client_id=who), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(client_id=who), scene.owner)


def revealing(scene, cause=LinkCause.COPIED, word="copied"):
    return CreateLink(client_id=scene.anna.id, cause=cause, token_hash=scene.hash(word))


@scenario()
def another_address_takes_the_links_of_the_former_one_along(scene):
    scene.add_link(scene.anna, "mailed")
    scene.add_link(scene.anna, "expired", days_ago=40)
    scene.add_device(scene.anna, "cookie")
    scene.ask(CREATE_LINK, revealing(scene), scene.owner)
    change(scene, scene.owner, 1, "other", end_devices=False)
    for word in ("mailed", "expired", "copied"):
        scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash(word)))
    scene.ask(RENEW_LINK, RenewLink(token_hash=scene.hash("expired"), address=scene.address))
    scene.ask(REQUEST_LINK, RequestLink(email=scene.email("anna"), address=scene.address))
    shown(scene)
    change(scene, scene.owner, 2, "third")
    shown(scene)


@scenario()
def an_address_by_the_desk_waits_until_it_is_confirmed(scene):
    change(scene, scene.assistant, 1, "other")
    shown(scene)
    for waits in (True, False):
        scene.ask(LIST_CLIENTS, ListClients(address_waits=waits), scene.owner)
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)
    scene.ask(REQUEST_LINK, RequestLink(email=scene.email("other"), address=scene.address))
    scene.ask(CONFIRM_ADDRESS, SettleAddress(client_id=scene.anna.id, version=1), scene.owner)
    seen = SettleAddress(client_id=scene.anna.id, version=2)
    scene.ask_as_everybody(CONFIRM_ADDRESS, seen)
    scene.ask(CONFIRM_ADDRESS, replace(seen, version=3), scene.owner)
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)
    shown(scene)


@scenario()
def the_former_address_is_put_back(scene):
    change(scene, scene.practitioner, 1, "other")
    change(scene, scene.assistant, 2, "third")
    change(scene, scene.assistant, 3, "fourth")
    scene.ask_as_everybody(RESTORE_ADDRESS, SettleAddress(client_id=scene.anna.id, version=4))
    shown(scene)
    change(scene, scene.assistant, 5, "third")
    change(scene, scene.assistant, 6, "other")
    shown(scene)


@scenario()
def a_device_that_a_shown_link_let_in_says_so(scene):
    scene.ask(CREATE_LINK, revealing(scene), scene.practitioner)
    scene.add_link(scene.anna, "mailed")
    enter = RedeemLink(token_hash=scene.hash("copied"), device_hash=scene.hash("cookie"))
    scene.ask(REDEEM_LINK, replace(enter, as_bearer=True))
    scene.ask(REDEEM_LINK, enter)
    cookie = ResolveDevice(device_hash=scene.hash("cookie"))
    device = scene.ask(RESOLVE_DEVICE, cookie)
    scene.ask(RESOLVE_BEARER, ResolveBearer(bearer_hash=scene.hash("cookie")))
    scene.ask(LIST_OWN_DEVICES, Nothing(), device.actor)
    scene.ask(LIST_ACCESS, ListAccess(), device.actor)
    shown(scene)
    held = {"current_device_hash": scene.hash("cookie"), "device_hash": scene.hash("new")}
    scene.ask(REDEEM_LINK, replace(enter, token_hash=scene.hash("mailed"), **held))
    scene.ask(RESOLVE_DEVICE, cookie)
    shown(scene)
