"""API tokens and the API's bearers."""

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.access import LIST_ACCESS, ListAccess
from portal_contracts.identity_links.rpc.api_tokens import (
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    RESOLVE_BEARER,
    REVOKE_API_TOKEN,
    CreateApiToken,
    ResolveBearer,
    RevokeApiToken,
)
from portal_contracts.identity_links.rpc.clients import (
    SET_CLIENT_STATUS,
    ClientStatus,
    SetClientStatus,
)
from portal_contracts.permissions import Permission
from tests.kit.contract.scenario import scenario

MORE_THAN_ARE_HEARD = 61
MORE_THAN_THERE_CAN_BE = 21


def a_token(scene, word, **fields):
    given = {"name": "Backup", "scopes": [Permission.CLIENTS_READ]}
    return CreateApiToken(token_hash=scene.hash(word), **(given | fields))


def bearer(scene, word):
    return ResolveBearer(bearer_hash=scene.hash(word), address=scene.address)


@scenario()
def a_token_is_made_used_and_revoked(scene):
    scopes = [Permission.LINKS_READ, Permission.CLIENTS_READ, Permission.CLIENTS_READ]
    first = scene.ask(
        CREATE_API_TOKEN,
        a_token(scene, "first", name="  Our   backup ", scopes=scopes),
        scene.owner,
    )
    scene.ask(CREATE_API_TOKEN, a_token(scene, "second", days=1), scene.owner)
    scene.ask(CREATE_API_TOKEN, a_token(scene, "desk"), scene.assistant)
    for word in ("first", "first", "desk", "nothing"):
        scene.ask(RESOLVE_BEARER, bearer(scene, word))
    scene.ask(LIST_API_TOKENS, Nothing(), scene.owner)
    for _ in range(2):
        revoke = RevokeApiToken(token_id=first.token_id)
        scene.ask(REVOKE_API_TOKEN, revoke, scene.owner)
    scene.ask(RESOLVE_BEARER, bearer(scene, "first"))
    scene.ask(CREATE_API_TOKEN, a_token(scene, "first"), scene.owner)
    scene.ask(LIST_API_TOKENS, Nothing(), scene.owner)


@scenario()
def what_a_program_does_names_its_token(scene):
    scopes = [Permission.CLIENTS_WRITE, Permission.ACCESS_LOG_READ]
    scene.ask(
        CREATE_API_TOKEN, a_token(scene, "billing", name="Billing", scopes=scopes), scene.owner
    )
    program = scene.ask(RESOLVE_BEARER, bearer(scene, "billing")).actor
    archive = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, program)
    scene.ask(LIST_ACCESS, ListAccess(), scene.owner)
    scene.ask(LIST_ACCESS, ListAccess(), scene.anna)


@scenario()
def tokens_with_wrong_fields_are_refused(scene):
    for fields in (
        {"name": "", "scopes": []},
        {"name": "x" * 101},
        {"name": "a\x07b"},
        {"scopes": [Permission.PRACTICE_WRITE]},
    ):
        scene.ask(CREATE_API_TOKEN, a_token(scene, "new", **fields), scene.assistant)
    scene.ask(CREATE_API_TOKEN, a_token(scene, "new", days=0), scene.owner)
    scene.ask(CREATE_API_TOKEN, a_token(scene, "one"), scene.owner)
    scene.ask(CREATE_API_TOKEN, a_token(scene, "one"), scene.practitioner)
    for number in range(MORE_THAN_THERE_CAN_BE):
        scene.ask(CREATE_API_TOKEN, a_token(scene, str(number)), scene.owner)


@scenario()
def a_client_s_bearer_is_a_device(scene):
    scene.add_device(scene.anna, "cookie")
    scene.add_device(scene.ben, "unused", minutes_ago=61)
    scene.add_device(scene.owner, "console")
    for word in ("cookie", "unused", "console"):
        scene.ask(RESOLVE_BEARER, bearer(scene, word))
    archive = SetClientStatus(client_id=scene.anna.id, status=ClientStatus.ARCHIVED)
    scene.ask(SET_CLIENT_STATUS, archive, scene.owner)
    scene.ask(RESOLVE_BEARER, bearer(scene, "cookie"))


@scenario()
def many_unknown_bearers_are_told_to_wait(scene):
    scene.add_device(scene.anna, "cookie")
    for number in range(MORE_THAN_ARE_HEARD):
        scene.ask(RESOLVE_BEARER, bearer(scene, str(number)))
    scene.ask(RESOLVE_BEARER, bearer(scene, "cookie"))
