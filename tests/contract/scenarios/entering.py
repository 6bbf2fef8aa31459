"""A client comes in by a link, or asks for a new one."""

from datetime import date
from uuid import uuid4

from msgspec.structs import replace

from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.clients import (
    GET_CLIENT,
    SET_CLIENT_STATUS,
    ClientStatus,
    GetClient,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import (
    END_DEVICE,
    LIST_CLIENT_DEVICES,
    RESOLVE_DEVICE,
    EndDevice,
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
from portal_contracts.identity_links.rpc.entry_codes import SEND_ENTRY_CODE, SendEntryCode
from portal_contracts.identity_links.rpc.links import (
    LIST_LINKS,
    REVOKE_LINK,
    ListLinks,
    RevokeLink,
)
from portal_contracts.identity_links.rpc.targets import EntryMode, SecondCheck, Target, TargetKind
from tests.kit.contract.scenario import scenario
from tests.kit.gateway.fake_services import FIREFOX

BORN = date(1985, 3, 27)
WRONG = date(1985, 3, 28)
TRIES_THAT_ARE_HEARD = 5


def opening(scene, token, device, **more):
    """A person opens the link of `token` and would get the cookie `device`."""
    return RedeemLink(
        token_hash=scene.hash(token),
        device_hash=scene.hash(device),
        user_agent=FIREFOX,
        address=scene.address,
        **more,
    )


def shown(scene, client):
    """What the console shows of how a client came in."""
    scene.ask(LIST_LINKS, ListLinks(client_id=client.id), scene.owner)
    scene.ask(LIST_CLIENT_DEVICES, ListClientDevices(client_id=client.id), scene.owner)
    scene.ask(GET_CLIENT, GetClient(client_id=client.id), scene.owner)


@scenario()
def a_link_is_looked_at_and_opened(scene):
    target = Target(kind=TargetKind.FORM, id=scene.name(uuid4(), "a form"))
    scene.add_link(scene.anna, "token", target=target)
    scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash("token")))
    scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash("unknown")))
    scene.ask(REDEEM_LINK, opening(scene, "token", "first"))
    scene.ask(REDEEM_LINK, opening(scene, "token", "first"))
    scene.ask(REDEEM_LINK, opening(scene, "unknown", "second"))
    held = {"current_device_hash": scene.hash("first")}
    scene.ask(REDEEM_LINK, opening(scene, "token", "second", **held))
    scene.ask(REDEEM_LINK, opening(scene, "token", "second"))
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("first")))
    shown(scene, scene.anna)


@scenario()
def a_cookie_that_was_used_is_not_given_again(scene):
    scene.add_link(scene.anna, "token")
    scene.add_link(scene.anna, "other token")
    scene.add_link(scene.ben, "ben's token")
    scene.ask(REDEEM_LINK, opening(scene, "token", "cookie"))
    scene.ask(REDEEM_LINK, opening(scene, "other token", "cookie"))
    scene.ask(REDEEM_LINK, opening(scene, "ben's token", "cookie"))
    scene.ask(END_DEVICE, EndDevice(device_hash=scene.hash("cookie")))
    scene.ask(REDEEM_LINK, opening(scene, "token", "cookie"))
    scene.ask(REDEEM_LINK, opening(scene, "unknown", "cookie"))
    shown(scene, scene.anna)


@scenario()
def a_device_of_somebody_else_is_asked_about(scene):
    scene.add_link(scene.anna, "token")
    scene.add_device(scene.ben, "ben's", minutes_ago=2)
    held = {"current_device_hash": scene.hash("ben's")}
    scene.ask(REDEEM_LINK, opening(scene, "token", "new", **held))
    scene.ask(REDEEM_LINK, opening(scene, "token", "new", switch=True, **held))
    scene.ask(RESOLVE_DEVICE, ResolveDevice(device_hash=scene.hash("ben's")))
    scene.add_device(scene.owner, "console")
    held = {"current_device_hash": scene.hash("console")}
    scene.ask(REDEEM_LINK, opening(scene, "token", "third", **held))
    shown(scene, scene.anna)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)


@scenario()
def dead_links_stay_dead(scene):
    scene.add_link(scene.anna, "expired", days_ago=30)
    scene.add_link(scene.anna, "last day", days_ago=29.9)
    revoked = scene.add_link(scene.anna, "revoked")
    scene.add_link(scene.ben, "archived")
    scene.ask(REVOKE_LINK, RevokeLink(link_id=revoked), scene.owner)
    archive = SetClientStatus(client_id=scene.ben.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner)
    for word in ("expired", "last day", "revoked", "archived"):
        scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash(word)))
        scene.ask(REDEEM_LINK, opening(scene, word, f"device of {word}"))
    shown(scene, scene.anna)


@scenario(single_use=True)
def a_link_for_one_device_is_used_up(scene):
    link = scene.add_link(scene.anna, "token")
    scene.ask(REDEEM_LINK, opening(scene, "token", "first"))
    for device in ("first", "first", "second"):
        scene.ask(REDEEM_LINK, opening(scene, "token", device, pressed=True))
    held = {"current_device_hash": scene.hash("first")}
    scene.ask(REDEEM_LINK, opening(scene, "token", "third", pressed=True, **held))
    scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash("token")))
    scene.ask(REVOKE_LINK, RevokeLink(link_id=link), scene.owner)
    shown(scene, scene.anna)


@scenario(entry=EntryMode.BUTTON)
def a_button_comes_before_everything_else(scene):
    scene.add_link(scene.anna, "token")
    scene.add_device(scene.anna, "anna's")
    scene.add_device(scene.ben, "ben's")
    for word in ("anna's", "ben's"):
        held = {"current_device_hash": scene.hash(word)}
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", **held))
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", pressed=True, **held))
    scene.ask(REDEEM_LINK, opening(scene, "token", "new", pressed=True))


@scenario(second_check=SecondCheck.DATE_OF_BIRTH)
def a_new_device_is_asked_for_the_date_of_birth(scene):
    dora = scene.add_client(scene.owner.practice_id, "Dora Dorn", date_of_birth=BORN)
    scene.name(dora.id, "dora")
    scene.add_link(dora, "token")
    scene.add_link(scene.anna, "of nobody known")
    scene.ask(REDEEM_LINK, opening(scene, "of nobody known", "x", date_of_birth=BORN))
    scene.ask(REDEEM_LINK, opening(scene, "token", "first"))
    scene.ask(REDEEM_LINK, opening(scene, "token", "first", date_of_birth=WRONG))
    scene.ask(REDEEM_LINK, opening(scene, "token", "first", date_of_birth=BORN))
    for _ in range(TRIES_THAT_ARE_HEARD + 1):
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", date_of_birth=WRONG))
    scene.ask(REDEEM_LINK, opening(scene, "token", "new", date_of_birth=BORN))
    held = {"current_device_hash": scene.hash("first")}
    scene.ask(REDEEM_LINK, opening(scene, "token", "new", **held))
    shown(scene, dora)


@scenario(second_check=SecondCheck.DATE_OF_BIRTH)
def without_a_date_of_birth_a_code_is_mailed(scene):
    target = Target(kind=TargetKind.FORM, id=scene.name(uuid4(), "a form"))
    link = scene.add_link(scene.anna, "token", target=target)
    scene.ask(INSPECT_LINK, InspectLink(token_hash=scene.hash("token")))
    browser = {"browser_hash": scene.hash("browser")}
    send = SendEntryCode(token_hash=scene.hash("token"), address=scene.address, **browser)
    for more in ({}, browser, browser | {"code": "000000"}):
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", **more))
    for one in (send, send, replace(send, token_hash=scene.hash("unknown"))):
        scene.ask(SEND_ENTRY_CODE, one)
    other = {"browser_hash": scene.hash("other browser")}
    for more in (browser, other, other | {"code": "000000"}):
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", **more))
    for _ in range(TRIES_THAT_ARE_HEARD + 1):
        scene.ask(REDEEM_LINK, opening(scene, "token", "new", code="000000", **browser))
    scene.ask(SEND_ENTRY_CODE, send)
    scene.ask(REVOKE_LINK, RevokeLink(link_id=link), scene.owner)
    scene.ask(SEND_ENTRY_CODE, send)
    scene.add_link(scene.ben, "ben's")
    scene.add_device(scene.anna, "anna's")
    held = {"current_device_hash": scene.hash("anna's")}
    scene.ask(REDEEM_LINK, opening(scene, "ben's", "third", **held))


@scenario()
def a_code_is_not_mailed_where_none_is_asked_for(scene):
    scene.add_link(scene.anna, "token")
    browser = scene.hash("browser")
    scene.ask(SEND_ENTRY_CODE, SendEntryCode(token_hash=scene.hash("token"), browser_hash=browser))


@scenario()
def a_newer_link_takes_the_place_of_one_that_was_asked_for(scene):
    scene.add_link(scene.anna, "shared")
    scene.add_link(scene.anna, "expired", days_ago=31)
    renew = RenewLink(token_hash=scene.hash("expired"), address=scene.address)
    scene.ask(RENEW_LINK, renew)
    scene.ask(LIST_LINKS, ListLinks(client_id=scene.anna.id), scene.owner)


@scenario()
def a_new_link_comes_for_a_dead_one(scene):
    target = Target(kind=TargetKind.SUMMARY, id=scene.name(uuid4(), "a summary"))
    scene.add_link(scene.anna, "expired", days_ago=31, target=target)
    scene.add_link(scene.ben, "alive")
    revoked = scene.add_link(scene.ben, "revoked", target=target)
    scene.ask(REVOKE_LINK, RevokeLink(link_id=revoked), scene.owner)
    for word in ("expired", "expired", "alive", "unknown", "revoked"):
        renew = RenewLink(token_hash=scene.hash(word), address=scene.address)
        scene.ask(RENEW_LINK, renew)
    links = ListLinks(client_id=scene.anna.id)
    scene.ask_when(has_two, LIST_LINKS, links, scene.owner)
    scene.ask(LIST_LINKS, replace(links, client_id=scene.ben.id), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)


@scenario()
def a_new_link_comes_for_an_address(scene):
    target = Target(kind=TargetKind.APPOINTMENT, id=scene.name(uuid4(), "an appointment"))
    scene.add_link(scene.anna, "alive")
    archive = SetClientStatus(client_id=scene.ben.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner)
    for email in (
        scene.email("ben"),
        scene.email("unknown"),
        "no address",
        scene.email("anna").upper(),
        scene.email("anna"),
    ):
        request = RequestLink(email=email, address=scene.address, target=target)
        scene.ask(REQUEST_LINK, request)
    links = ListLinks(client_id=scene.anna.id)
    scene.ask_when(has_two, LIST_LINKS, links, scene.owner)
    scene.ask(LIST_LINKS, replace(links, client_id=scene.ben.id), scene.owner)


def has_two(links):
    return len(links.items) == 2
