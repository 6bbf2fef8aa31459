"""Who sees a client: shared, withdrawn, handed over, in a practice that shows everyone."""

from uuid import uuid4

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.caseload import (
    GET_CASELOAD,
    HAND_OVER_CLIENT,
    READ_VISIBILITY,
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
    GetCaseload,
    HandOverClient,
    ShareClient,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    LIST_CLIENTS,
    AddClient,
    ClientFields,
    ListClients,
)
from tests.kit.contract.scenario import scenario


def dora(scene, by):
    fields = ClientFields(name="Dora Dorn", email=scene.email("dora"))
    return scene.ask(ADD_CLIENT, AddClient(fields=fields), by).client_id


@scenario()
def everybody_shares_and_hands_over(scene):
    who, to = scene.anna.id, scene.practitioner.id
    scene.ask_as_everybody(GET_CASELOAD, GetCaseload(client_id=who))
    scene.ask_as_everybody(SHARE_CLIENT, ShareClient(client_id=who, practitioner_id=to))
    hand_over = HandOverClient(client_id=who, practitioner_id=scene.owner.id)
    scene.ask_as_everybody(HAND_OVER_CLIENT, hand_over)
    withdraw = WithdrawClient(client_id=who, practitioner_id=to)
    scene.ask_as_everybody(WITHDRAW_CLIENT, withdraw)
    scene.ask_as_everybody(READ_VISIBILITY, Nothing())


@scenario()
def a_desk_adds_a_client_to_a_caseload(scene):
    fields = ClientFields(name="Dora Dorn", email=scene.email("dora"))
    added = AddClient(fields=fields, practitioner_id=scene.practitioner.id)
    who = scene.ask(ADD_CLIENT, added, scene.assistant).client_id
    scene.ask(GET_CASELOAD, GetCaseload(client_id=who), scene.practitioner)
    for whose in (scene.practitioner.id, scene.owner.id, scene.stranger.id):
        scene.ask(LIST_CLIENTS, ListClients(practitioner_id=whose), scene.owner)


@scenario()
def a_client_is_shared_and_handed_over_by_the_main_practitioner(scene):
    who = dora(scene, scene.practitioner)
    asked = GetCaseload(client_id=who)
    scene.ask(GET_CASELOAD, asked, scene.practitioner)
    share = ShareClient(client_id=who, practitioner_id=scene.owner.id)
    scene.ask(SHARE_CLIENT, share, scene.practitioner)
    scene.ask(SHARE_CLIENT, share, scene.practitioner)
    main = WithdrawClient(client_id=who, practitioner_id=scene.practitioner.id)
    scene.ask(WITHDRAW_CLIENT, main, scene.practitioner)
    for nobody in (uuid4(), scene.assistant.id, scene.stranger.id):
        command = ShareClient(client_id=who, practitioner_id=nobody)
        scene.ask(SHARE_CLIENT, command, scene.practitioner)
    over = HandOverClient(client_id=who, practitioner_id=scene.owner.id, keep_shared=True)
    scene.ask(HAND_OVER_CLIENT, over, scene.practitioner)
    scene.ask(HAND_OVER_CLIENT, over, scene.practitioner)
    scene.ask(GET_CASELOAD, asked, scene.owner)
    scene.ask(WITHDRAW_CLIENT, main, scene.practitioner)
    scene.ask(GET_CASELOAD, asked, scene.owner)
    scene.ask(READ_VISIBILITY, Nothing(), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(client_id=who), scene.owner)
