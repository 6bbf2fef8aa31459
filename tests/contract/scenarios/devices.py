"""Devices, and practitioners who sign in."""

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import (
    LIST_ACCESS,
    LIST_OWN_VISITS,
    ListAccess,
    ListOwnVisits,
)
from portal_contracts.identity_links.rpc.clients import GET_CLIENT, GetClient
from portal_contracts.identity_links.rpc.devices import (
    END_DEVICE,
    LIST_CLIENT_DEVICES,
    LIST_OWN_DEVICES,
    RESOLVE_CONSOLE_DEVICE,
    RESOLVE_DEVICE,
    REVOKE_DEVICE,
    SIGN_IN,
    EndDevice,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
    SignIn,
)
from tests.kit.contract.scenario import scenario
from tests.kit.gateway.fake_services import FIREFOX, PASSWORD

TRIES_THAT_ARE_HEARD = 5


def signing_in(scene, word, **fields):
    given = {"email": scene.email("owner"), "password": PASSWORD, "user_agent": FIREFOX}
    given |= {"device_hash": scene.hash(word), "address": scene.address}
    return SignIn(**(given | fields))


@scenario()
def a_practitioner_signs_in_and_out(scene):
    scene.ask(SIGN_IN, signing_in(scene, "console"))
    scene.ask(SIGN_IN, signing_in(scene, "console"))
    shouted = {"email": f" {scene.email('owner').upper()}"}
    scene.ask(SIGN_IN, signing_in(scene, "other", user_agent="Junk", address="here", **shouted))
    scene.ask(SIGN_IN, signing_in(scene, "console", email=scene.email("desk")))
    console = ResolveDevice(device_hash=scene.hash("console"), address=scene.address)
    scene.ask(RESOLVE_CONSOLE_DEVICE, console)
    scene.ask(RESOLVE_DEVICE, console)
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.owner)
    for _ in range(2):
        scene.ask(END_DEVICE, EndDevice(device_hash=scene.hash("console")))
    scene.ask(RESOLVE_CONSOLE_DEVICE, console)
    scene.ask(SIGN_IN, signing_in(scene, "console"))
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)


@scenario()
def wrong_passwords_make_a_wait(scene):
    unknown = signing_in(scene, "new", email=scene.email("nobody"))
    scene.ask(SIGN_IN, unknown)
    for _ in range(TRIES_THAT_ARE_HEARD):
        scene.ask(SIGN_IN, signing_in(scene, "new", password="wrong"))
    scene.ask(SIGN_IN, signing_in(scene, "new"))
    scene.ask(SIGN_IN, signing_in(scene, "new", email=scene.email("desk")))
    scene.ask(SIGN_IN, signing_in(scene, "from elsewhere", address="198.51.100.1"))


@scenario()
def a_browser_that_is_known_does_not_wait_for_others(scene):
    browser = {"browser_hash": scene.hash("browser")}
    scene.ask(SIGN_IN, signing_in(scene, "first", **browser))
    for _ in range(TRIES_THAT_ARE_HEARD):
        scene.ask(SIGN_IN, signing_in(scene, "new", password="wrong"))
    other = {"browser_hash": scene.hash("other browser")}
    scene.ask(SIGN_IN, signing_in(scene, "second", **other))
    scene.ask(SIGN_IN, signing_in(scene, "second", **browser))


@scenario()
def devices_end_when_they_are_not_used(scene):
    scene.add_device(scene.anna, "used", minutes_ago=5)
    scene.add_device(scene.anna, "idle", minutes_ago=61)
    scene.add_device(scene.owner, "console", minutes_ago=61)
    scene.add_device(scene.owner, "old console", minutes_ago=121)
    for word in ("used", "idle", "unknown", "console"):
        found = ResolveDevice(device_hash=scene.hash(word), address=scene.address)
        scene.ask(RESOLVE_DEVICE, found)
    for word in ("console", "old console", "used"):
        found = ResolveDevice(device_hash=scene.hash(word), address=scene.address)
        scene.ask(RESOLVE_CONSOLE_DEVICE, found)
    scene.ask(GET_CLIENT, GetClient(client_id=scene.anna.id), scene.owner)
    scene.ask(LIST_CLIENT_DEVICES, ListClientDevices(client_id=scene.anna.id), scene.assistant)
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.anna)
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.owner)


@scenario()
def a_device_is_ended_from_elsewhere(scene):
    first = scene.add_device(scene.anna, "first", minutes_ago=10)
    second = scene.add_device(scene.anna, "second", minutes_ago=5)
    console = scene.add_device(scene.owner, "console")
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.anna)
    scene.ask(REVOKE_DEVICE, RevokeDevice(device_id=second), scene.ben)
    for actor in (scene.anna, scene.anna, scene.owner):
        scene.ask(REVOKE_DEVICE, RevokeDevice(device_id=second), actor)
    scene.ask(REVOKE_DEVICE, RevokeDevice(device_id=first), scene.assistant)
    scene.ask(REVOKE_DEVICE, RevokeDevice(device_id=console), scene.practitioner)
    scene.ask(REVOKE_DEVICE, RevokeDevice(device_id=console), scene.owner)
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("first")))
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.anna)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)


@scenario()
def a_client_signs_out(scene):
    scene.add_device(scene.anna, "cookie")
    scene.ask(END_DEVICE, EndDevice(device_hash=scene.hash("cookie")))
    scene.ask(END_DEVICE, EndDevice(device_hash=scene.hash("unknown")))
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("cookie")))
    scene.ask(LIST_ACCESS, ListAccess(), scene.anna)
    scene.ask(LIST_OWN_VISITS, ListOwnVisits(), scene.anna)
    scene.ask(LIST_OWN_VISITS, ListOwnVisits(limit=1), scene.anna)
    scene.ask(LIST_OWN_VISITS, ListOwnVisits(cursor="nonsense"), scene.anna)
