"""The clients of a practice, and the log of what was done to them."""

from datetime import date, timedelta
from uuid import uuid4

from msgspec.structs import replace

from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientFields,
    ClientSort,
    ClientStatus,
    EditClient,
    GetClient,
    ListClients,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.devices import LIST_CLIENT_DEVICES, ListClientDevices
from portal_contracts.identity_links.rpc.duplicates import (
    CHECK_DUPLICATES,
    LIST_DUPLICATES,
    CheckDuplicates,
    ListDuplicates,
)
from portal_contracts.identity_links.rpc.entering import REDEEM_LINK, RedeemLink
from portal_contracts.identity_links.rpc.links import LIST_LINKS, SHARE_LINK, ListLinks, ShareLink
from portal_contracts.identity_links.rpc.targets import SecondCheck
from tests.kit.contract.scenario import scenario


def dora(scene, **fields):
    return ClientFields(**({"name": "Dora Dorn", "email": scene.email("dora")} | fields))


@scenario()
def a_client_is_added_changed_and_read(scene):
    fields = dora(
        scene,
        preferred_name=" Dodo ",
        pronouns="they",
        phone="+49 30 55",
        date_of_birth=date(1990, 3, 27),
        tags=["new", " NEW ", "Monday"],
        remark="Only mornings.\r\n",
    )
    added = scene.ask(ADD_CLIENT, AddClient(fields=fields), scene.practitioner)
    asked = GetClient(client_id=added.client_id)
    scene.ask(GET_CLIENT, asked, scene.owner)
    scene.ask(GET_CLIENT, asked, scene.assistant)
    scene.ask(GET_CLIENT, replace(asked, with_remark=False), scene.owner)
    change = EditClient(
        client_id=added.client_id,
        version=1,
        fields=dora(scene, name="Dora  Drews", timezone="Europe/London", language="de"),
    )
    scene.ask(EDIT_CLIENT, change, scene.assistant)
    scene.ask(EDIT_CLIENT, change, scene.owner)
    scene.ask(GET_CLIENT, asked, scene.owner)
    scene.ask(EDIT_CLIENT, replace(change, version=2, fields=dora(scene, remark="")), scene.owner)
    scene.ask(GET_CLIENT, asked, scene.owner)
    scene.ask(GET_CLIENT, GetClient(client_id=uuid4()), scene.owner)
    scene.ask(EDIT_CLIENT, replace(change, client_id=uuid4()), scene.owner)


@scenario()
def wrong_fields_are_named_all_at_once(scene):
    for fields in (
        ClientFields(name="", email=""),
        ClientFields(name="x" * 201, email="no address", phone="x", timezone="Mars", language="fr"),
        dora(scene, date_of_birth=scene.began.date() + timedelta(days=2), tags=["x" * 41]),
        dora(scene, date_of_birth=date(1800, 1, 1), remark="x" * 10_001, pronouns="a\x07b"),
    ):
        scene.ask(ADD_CLIENT, AddClient(fields=fields), scene.owner)
        change = EditClient(client_id=scene.anna.id, version=7, fields=fields)
        scene.ask(EDIT_CLIENT, change, scene.owner)


@scenario(second_check=SecondCheck.DATE_OF_BIRTH)
def a_practice_that_asks_for_it_needs_the_date_of_birth(scene):
    scene.ask(ADD_CLIENT, AddClient(fields=dora(scene)), scene.owner)
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)


@scenario()
def clients_are_searched_sorted_and_paged(scene):
    practice = scene.owner.practice_id
    for name in ("Änne Özil-Maria", "Zoe Zander", "anna Maria", "100% Percy_Under"):
        scene.add_client(practice, name, email=scene.email("one"))
    scene.add_client(practice, "Ida Imhof", preferred_name="Zora")
    for search in ("an", "AN ma", "ozil", "zora", "0%", "100%", "y_", "under", "one", "nobody"):
        scene.ask(LIST_CLIENTS, ListClients(search=search), scene.owner)
    scene.add_device(scene.ben, "cookie", minutes_ago=5)
    scene.add_link(scene.anna, "token")
    redeem = RedeemLink(token_hash=scene.hash("token"), device_hash=scene.hash("new"))
    scene.ask(REDEEM_LINK, redeem)
    for sort in ClientSort:
        page = scene.ask(LIST_CLIENTS, ListClients(sort=sort, limit=3), scene.owner)
        while page.next_cursor is not None:
            more = ListClients(sort=sort, limit=3, cursor=page.next_cursor)
            page = scene.ask(LIST_CLIENTS, more, scene.owner)
        scene.ask(LIST_CLIENTS, ListClients(sort=sort, cursor="nonsense"), scene.owner)
    page = scene.ask(LIST_CLIENTS, ListClients(limit=1), scene.owner)
    scene.ask(LIST_CLIENTS, ListClients(cursor=page.next_cursor), scene.stranger)
    other = ListClients(sort=ClientSort.ADDED, cursor=page.next_cursor)
    scene.ask(LIST_CLIENTS, other, scene.owner)


@scenario()
def a_client_like_others_is_hinted_at_and_added(scene):
    born = date(1990, 3, 27)
    fields = dora(scene, phone="+49 171 2345678", date_of_birth=born)
    first = scene.ask(ADD_CLIENT, AddClient(fields=fields, seen_duplicates=[]), scene.owner)
    like = replace(fields, name="dorn, DORA", email=scene.email("other"), phone="0171/234 56 78")
    scene.ask(CHECK_DUPLICATES, CheckDuplicates(fields=like), scene.assistant)
    scene.ask(ADD_CLIENT, AddClient(fields=like, seen_duplicates=[]), scene.owner)
    seen = AddClient(fields=like, seen_duplicates=[first.client_id])
    scene.ask(ADD_CLIENT, seen, scene.owner)
    scene.ask(ADD_CLIENT, AddClient(fields=fields), scene.owner)
    scene.ask(LIST_DUPLICATES, ListDuplicates(client_id=first.client_id), scene.practitioner)
    scene.ask(LIST_DUPLICATES, ListDuplicates(client_id=uuid4()), scene.owner)
    scene.ask(CHECK_DUPLICATES, CheckDuplicates(fields=like), scene.anna)


@scenario()
def an_archived_client_is_shut_out_until_active_again(scene):
    scene.add_link(scene.anna, "token")
    scene.add_link(scene.anna, "old", days_ago=40)
    scene.add_device(scene.anna, "cookie")
    who = scene.anna.id
    for status in (ClientStatus.ARCHIVED, ClientStatus.ARCHIVED, ClientStatus.ACTIVE):
        change = SetClientStatus(client_id=who, status=status)
        scene.ask(SET_CLIENT_STATUS, change, scene.assistant)
        scene.ask(LIST_LINKS, ListLinks(client_id=who), scene.owner)
        scene.ask(LIST_CLIENT_DEVICES, ListClientDevices(client_id=who), scene.owner)
        for shown in (status, None):
            scene.ask(LIST_CLIENTS, ListClients(status=shown), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)


@scenario()
def the_log_tells_who_did_what(scene):
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.ben.id), scene.assistant)
    added = scene.ask(ADD_CLIENT, AddClient(fields=dora(scene, remark="Mornings.")), scene.owner)
    scene.ask(GET_CLIENT, GetClient(client_id=added.client_id), scene.practitioner)
    scene.add_link(scene.anna, "token")
    entering = RedeemLink(token_hash=scene.hash("token"), device_hash=scene.hash("new"))
    scene.ask(REDEEM_LINK, entering)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(client_id=scene.anna.id), scene.practitioner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.anna)
    first = scene.ask(LIST_ACCESS, ListAccess(limit=2), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(cursor=first.next_cursor, limit=2), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.stranger)
    scene.ask(LIST_ACCESS, ListAccess(cursor="nonsense"), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(client_id=scene.ben.id), scene.anna)
