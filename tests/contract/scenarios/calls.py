"""What holds for every call: keys, and arguments that fit."""

from uuid import uuid4

from portal_contracts.forms.rpc.filling import SUBMIT_FORM, SubmitForm
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    LIST_CLIENTS,
    SET_CLIENT_STATUS,
    AddClient,
    ClientFields,
    ClientStatus,
    ListClients,
    SetClientStatus,
)
from portal_contracts.identity_links.rpc.entering import (
    INSPECT_LINK,
    REQUEST_LINK,
    InspectLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.links import REVOKE_LINK, SHARE_LINK, RevokeLink, ShareLink
from portal_contracts.notifications.rpc import RESEND_DELIVERY, ResendDelivery
from tests.kit.contract.scenario import scenario
from tests.kit.contract.world import NO_KEY


def adding(scene, name):
    return AddClient(fields=ClientFields(name=name, email=scene.email("dora")))


@scenario()
def a_change_without_a_key_is_refused(scene):
    scene.ask(ADD_CLIENT, adding(scene, "Dora Dorn"), scene.owner, key=NO_KEY)
    scene.ask(ADD_CLIENT, adding(scene, "Dora Dorn"), key=NO_KEY)
    scene.ask(SUBMIT_FORM, SubmitForm(request_id=uuid4(), revision=0), scene.anna, key=NO_KEY)
    resend = ResendDelivery(delivery_id=uuid4())
    scene.ask(RESEND_DELIVERY, resend, scene.owner, key=NO_KEY)


@scenario()
def a_key_belongs_to_one_call_of_one_person(scene):
    key = str(uuid4())
    for name in ("Dora Dorn", "Dora Dorn", "Emil Ebert"):
        scene.ask(ADD_CLIENT, adding(scene, name), scene.owner, key=key)
    scene.ask(ADD_CLIENT, adding(scene, "Dora Dorn"), scene.assistant, key=key)
    archive = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner, key=key)
    scene.ask(LIST_CLIENTS, ListClients(), scene.owner)
    program = scene.everybody()["a program of the owner"]
    scene.ask(ADD_CLIENT, adding(scene, "Emil Ebert"), program, key=key)


@scenario()
def a_refused_call_may_come_again_with_its_key(scene):
    key = str(uuid4())
    for _ in range(2):
        scene.ask(REVOKE_LINK, RevokeLink(link_id=uuid4()), scene.owner, key=key)
    archive = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner)
    share = ShareLink(client_id=scene.anna.id)
    scene.ask(SHARE_LINK, share, scene.owner, key=key)
    back = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ACTIVE)
    scene.ask(SET_CLIENT_STATUS, back, scene.owner)
    scene.ask(SHARE_LINK, share, scene.owner, key=key)


@scenario()
def arguments_that_do_not_fit_are_refused(scene):
    scene.ask(INSPECT_LINK, InspectLink(token_hash="no hash"))
    scene.ask(LIST_CLIENTS, ListClients(limit=0), scene.owner)
    scene.ask(LIST_CLIENTS, ListClients(search="x" * 201), scene.owner)
    scene.ask(LIST_CLIENTS, ListClients(search="a\x00b"), scene.owner)
    scene.ask(LIST_CLIENTS, ListClients(search="\\u0000"), scene.owner)
    scene.ask(LIST_CLIENTS, ListClients(search="\ud800"), scene.owner)
    scene.ask(REQUEST_LINK, RequestLink(email="x" * 321))
    scene.ask(ADD_CLIENT, adding(scene, "a\x00b"), scene.owner, key=NO_KEY)
    scene.ask(ADD_CLIENT, adding(scene, None), scene.owner)
