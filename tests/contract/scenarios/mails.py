"""The mail log."""

from uuid import uuid4

from msgspec.structs import replace

from portal_contracts.actor import NOBODY
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.links import SHARE_LINK, ShareLink
from portal_contracts.notifications.mail_server import (
    READ_MAIL_SENDER,
    READ_MAIL_SERVER,
    SEND_TEST_MAIL,
    SendTestMail,
)
from portal_contracts.notifications.rpc import (
    LIST_DELIVERIES,
    OPEN_DELIVERY,
    RESEND_DELIVERY,
    DeliveryState,
    ListDeliveries,
    OpenDelivery,
    ResendDelivery,
)
from tests.kit.contract.scenario import scenario

SENT = ListDeliveries(state=DeliveryState.SENT)


def there_are(count):
    return lambda page: len(page.items) == count


@scenario()
def a_shared_link_is_a_mail_that_can_be_read_and_sent_again(scene):
    scene.ask(SHARE_LINK, ShareLink(client_id=scene.anna.id), scene.owner)
    page = scene.ask_when(there_are(1), LIST_DELIVERIES, SENT, scene.owner)
    mail = page.items[0].id
    scene.ask(OPEN_DELIVERY, OpenDelivery(delivery_id=mail), scene.assistant)
    resent = scene.ask(RESEND_DELIVERY, ResendDelivery(delivery_id=mail), scene.assistant)
    scene.ask_when(there_are(2), LIST_DELIVERIES, SENT, scene.owner)
    scene.ask(OPEN_DELIVERY, OpenDelivery(delivery_id=resent.delivery_id), scene.owner)
    for unknown in (uuid4(), scene.anna.id):
        scene.ask(OPEN_DELIVERY, OpenDelivery(delivery_id=unknown), scene.owner)
        scene.ask(RESEND_DELIVERY, ResendDelivery(delivery_id=unknown), scene.owner)


@scenario()
def how_mails_go_is_told_to_an_owner_and_from_whom_to_everybody(scene):
    for actor in (scene.owner, scene.assistant, scene.stranger, NOBODY):
        scene.ask(READ_MAIL_SERVER, Nothing(), actor)
        scene.ask(READ_MAIL_SENDER, Nothing(), actor)
        for to in ("me@practice.example", "nobody"):
            scene.ask(SEND_TEST_MAIL, SendTestMail(to=to), actor)


@scenario()
def the_mail_log_is_filtered_and_paged(scene):
    for number, client in enumerate((scene.anna, scene.ben, scene.anna), start=1):
        scene.ask(SHARE_LINK, ShareLink(client_id=client.id), scene.owner)
        scene.ask_when(there_are(number), LIST_DELIVERIES, SENT, scene.owner)
    scene.ask(LIST_DELIVERIES, ListDeliveries(client_id=scene.anna.id), scene.owner)
    scene.ask(LIST_DELIVERIES, ListDeliveries(client_id=uuid4()), scene.owner)
    scene.ask(LIST_DELIVERIES, ListDeliveries(state=DeliveryState.FAILED), scene.owner)
    scene.ask(LIST_DELIVERIES, ListDeliveries(only_open=True), scene.owner)
    first = scene.ask(LIST_DELIVERIES, replace(SENT, limit=2), scene.owner)
    more = replace(SENT, limit=2, cursor=first.next_cursor)
    scene.ask(LIST_DELIVERIES, more, scene.owner)
    scene.ask(LIST_DELIVERIES, ListDeliveries(cursor="nonsense"), scene.owner)
    scene.ask(LIST_DELIVERIES, more, scene.stranger)
