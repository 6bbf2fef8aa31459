"""A practitioner's own account."""

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.accounts import (
    BEGIN_SECOND_FACTOR,
    CHANGE_PASSWORD,
    EDIT_ACCOUNT,
    READ_ACCOUNT,
    ChangePassword,
    EditAccount,
)
from portal_contracts.identity_links.rpc.devices import LIST_OWN_DEVICES, SIGN_IN
from portal_contracts.identity_links.rpc.password_resets import (
    INSPECT_PASSWORD_RESET,
    REQUEST_PASSWORD_RESET,
    InspectPasswordReset,
    RequestPasswordReset,
)
from tests.contract.scenarios.devices import signing_in
from tests.kit.contract.scenario import scenario
from tests.kit.gateway.fake_services import PASSWORD

FRESH = "a fox asleep at noon"


@scenario()
def an_account_is_read_and_changed_by_its_owner(scene):
    scene.ask_as_everybody(READ_ACCOUNT, Nothing())
    for fields in ({"name": " Dr Zoë Rivera "}, {"language": "de"}, {"name": ""}, {}):
        scene.ask(EDIT_ACCOUNT, EditAccount(**fields), scene.owner)
    scene.ask(EDIT_ACCOUNT, EditAccount(language="xx"), scene.owner)
    scene.ask(READ_ACCOUNT, Nothing(), scene.owner)
    scene.ask(BEGIN_SECOND_FACTOR, Nothing(), scene.owner)


@scenario()
def another_password_ends_the_other_devices(scene):
    for word in ("here", "there"):
        scene.ask(SIGN_IN, signing_in(scene, word))
    here = {"device_hash": scene.hash("here")}
    for present, fresh in (("guess", FRESH), (PASSWORD, "short"), (PASSWORD, FRESH)):
        command = ChangePassword(password=present, new_password=fresh, **here)
        scene.ask(CHANGE_PASSWORD, command, scene.owner)
    scene.ask(LIST_OWN_DEVICES, Nothing(), scene.owner)
    scene.ask(SIGN_IN, signing_in(scene, "elsewhere"))
    scene.ask(SIGN_IN, signing_in(scene, "elsewhere", password=FRESH))


@scenario()
def a_forgotten_password_is_answered_alike(scene):
    for email in (scene.email("owner"), "nobody@practice.example", scene.email("owner")):
        command = RequestPasswordReset(email=email, address=scene.address)
        scene.ask(REQUEST_PASSWORD_RESET, command)
    unknown = InspectPasswordReset(token_hash=scene.hash("reset"))
    scene.ask(INSPECT_PASSWORD_RESET, unknown)
