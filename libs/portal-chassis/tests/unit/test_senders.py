"""What is believed of whom."""

from types import SimpleNamespace

import pytest

from portal_chassis.broker.senders import Senders, require_own_user
from portal_chassis.settings import PlatformSettings, ServiceSettings
from portal_chassis.variables import SettingsError
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import GATEWAY
from portal_contracts.identity_links.rpc.access import LIST_PRACTITIONERS, MAY
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS
from portal_contracts.identity_links.rpc.links import PREPARE_LINK

SENDERS = Senders("latchkey-{process}", unnamed=False)
OWNER = Actor(kind=ActorKind.PRACTITIONER, role=Role.OWNER)
CLIENT = Actor(kind=ActorKind.CLIENT)
NOTIFICATIONS = service_actor("notifications")


def message(user=None):
    return SimpleNamespace(properties={} if user is None else {"user_id": user})


@pytest.mark.parametrize("actor", [NOBODY, CLIENT, OWNER])
def test_the_gateway_speaks_for_people(actor):
    assert SENDERS.may_call(message("latchkey-gateway"), LIST_CLIENTS, actor)


@pytest.mark.parametrize("method", [LIST_CLIENTS, PREPARE_LINK, MAY])
@pytest.mark.parametrize("service", [GATEWAY, "notifications", "scheduling", "", None])
def test_the_gateway_is_no_service(method, service):
    actor = Actor(kind=ActorKind.SERVICE, service=service)
    assert not SENDERS.may_call(message("latchkey-gateway"), method, actor)


@pytest.mark.parametrize(
    "user", ["scheduling", "forms", "gateway", "notifications2", "Notifications"]
)
def test_a_service_is_believed_as_its_own_user_alone(user):
    assert SENDERS.may_call(message("latchkey-notifications"), PREPARE_LINK, NOTIFICATIONS)
    assert not SENDERS.may_call(message(f"latchkey-{user}"), PREPARE_LINK, NOTIFICATIONS)


@pytest.mark.parametrize("actor", [NOBODY, CLIENT, OWNER, NOTIFICATIONS])
def test_a_service_makes_no_call_that_it_has_no_need_of(actor):
    assert not SENDERS.may_call(message("latchkey-notifications"), LIST_CLIENTS, actor)


def test_a_service_passes_on_who_asked_it_where_the_contract_says_so():
    assert SENDERS.may_call(message("latchkey-scheduling"), LIST_PRACTITIONERS, OWNER)
    assert not SENDERS.may_call(message("latchkey-forms"), LIST_PRACTITIONERS, OWNER)


@pytest.mark.parametrize("user", [None, "", "gateway", "latchkey", "guest", "latchkey-", "x"])
def test_whoever_is_no_process_is_not_believed(user):
    assert not SENDERS.may_call(message(user), LIST_CLIENTS, OWNER)
    assert not SENDERS.may_publish(message(user), "scheduling")


def test_an_event_is_believed_of_its_publisher_alone():
    assert SENDERS.may_publish(message("latchkey-scheduling"), "scheduling")
    for other in ("gateway", "forms", "identity_links", "notifications"):
        assert not SENDERS.may_publish(message(f"latchkey-{other}"), "scheduling")


def test_users_may_be_called_otherwise():
    senders = Senders("{process}@practice", unnamed=False)
    assert senders.may_publish(message("forms@practice"), "forms")
    assert not senders.may_publish(message("latchkey-forms"), "forms")


def test_unnamed_senders_are_believed_where_that_is_set_and_wrong_ones_never():
    senders = Senders.by(ServiceSettings(unnamed_senders=True))
    assert senders.may_publish(message(), "forms")
    assert senders.may_call(message(), PREPARE_LINK, NOTIFICATIONS)
    assert not senders.may_publish(message("latchkey-gateway"), "forms")
    assert not senders.may_call(message("latchkey-gateway"), PREPARE_LINK, NOTIFICATIONS)
    assert not Senders.by(ServiceSettings()).may_publish(message(), "forms")


def test_in_one_process_nobody_has_a_user():
    senders = Senders.by(ServiceSettings(amqp_uri="memory://"))
    assert senders.may_call(message(), PREPARE_LINK, NOTIFICATIONS)
    require_own_user(PlatformSettings(amqp_uri="memory://"), "forms")


@pytest.mark.parametrize(
    "uri",
    [
        "amqp://guest:guest@127.0.0.1//",
        "amqp://127.0.0.1//",
        "amqp://latchkey:secret@127.0.0.1/latchkey",
        "amqp://latchkey-gateway:secret@127.0.0.1/latchkey",
        "amqp://latchkey-forms:secret@a/latchkey;amqp://latchkey:secret@b/latchkey",
    ],
)
def test_a_process_does_not_start_as_somebody_else(uri):
    with pytest.raises(SettingsError, match="its user must be latchkey-forms") as refusal:
        require_own_user(PlatformSettings(amqp_uri=uri), "forms")
    assert "secret" not in str(refusal.value)


def test_a_process_starts_as_its_own_user():
    settings = PlatformSettings(amqp_uri="amqps://f%6Frms:secret@a/x", broker_users="{process}")
    require_own_user(settings, "forms")
