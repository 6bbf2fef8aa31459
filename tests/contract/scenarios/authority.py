"""Everybody asks for everything: by role, by scope, in the other practice, as somebody else."""

from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.forms.rpc import filling
from portal_contracts.identity_links.rpc import (
    access,
    api_tokens,
    clients,
    devices,
    entering,
    links,
)
from portal_contracts.identity_links.rpc.targets import LinkCause
from portal_contracts.notifications import rpc as mails
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import booking, limits, overview, sessions
from tests.kit.contract.scenario import scenario
from tests.kit.gateway.made_forms import INTAKE


@scenario()
def everybody_asks_about_a_client(scene):
    who = scene.anna.id
    scene.ask_as_everybody(clients.LIST_CLIENTS, clients.ListClients())
    scene.ask_as_everybody(clients.GET_CLIENT, clients.GetClient(client_id=who))
    scene.ask_as_everybody(access.LIST_PRACTITIONERS, Nothing())
    names = clients.NameClients(client_ids=[who, scene.ben.id, scene.carla.id])
    scene.ask_as_everybody(clients.NAME_CLIENTS, names)
    scene.ask_as_everybody(links.LIST_LINKS, links.ListLinks(client_id=who))
    one = devices.ListClientDevices(client_id=who)
    scene.ask_as_everybody(devices.LIST_CLIENT_DEVICES, one)
    scene.ask_as_everybody(access.LIST_ACCESS, access.ListAccess())
    scene.ask_as_everybody(access.LIST_ACCESS, access.ListAccess(others=True))
    scene.ask_as_everybody(access.LIST_OWN_VISITS, access.ListOwnVisits())
    scene.ask_as_everybody(access.LIST_ACCESS, access.ListAccess(client_id=who))


@scenario()
def everybody_asks_how_much_one_client_may_book(scene):
    scene.ask_as_everybody(limits.READ_BOOKING_LIMITS, Nothing())


@scenario()
def everybody_changes_a_client(scene):
    fields = clients.ClientFields(name="Dora Dorn", email=scene.email("dora"))
    scene.ask_as_everybody(clients.ADD_CLIENT, clients.AddClient(fields=fields))
    edit = clients.EditClient(client_id=scene.anna.id, version=1, fields=fields)
    scene.ask_as_everybody(clients.EDIT_CLIENT, edit)
    status = clients.SetClientStatus(client_id=scene.anna.id, status=clients.ClientStatus.ARCHIVED)
    scene.ask_as_everybody(clients.SET_CLIENT_STATUS, status)


@scenario()
def everybody_writes_a_remark(scene):
    fields = clients.ClientFields(name="Dora Dorn", email=scene.email("dora"), remark="Mornings.")
    scene.ask_as_everybody(clients.ADD_CLIENT, clients.AddClient(fields=fields))
    edit = clients.EditClient(client_id=scene.anna.id, version=1, fields=fields)
    scene.ask_as_everybody(clients.EDIT_CLIENT, edit)
    scene.ask_as_everybody(clients.GET_CLIENT, clients.GetClient(client_id=scene.anna.id))


@scenario()
def everybody_handles_links_and_devices(scene):
    who = scene.anna.id
    create = links.CreateLink(
        client_id=who, cause=LinkCause.COPIED, token_hash=scene.hash("copied")
    )
    scene.ask_as_everybody(links.CREATE_LINK, create)
    link = scene.add_link(scene.anna, "token")
    scene.ask_as_everybody(links.REVOKE_LINK, links.RevokeLink(link_id=link))
    device = scene.add_device(scene.anna, "cookie")
    scene.ask_as_everybody(devices.REVOKE_DEVICE, devices.RevokeDevice(device_id=device))
    console = scene.add_device(scene.owner, "console")
    scene.ask_as_everybody(devices.LIST_OWN_DEVICES, Nothing())
    scene.ask_as_everybody(devices.REVOKE_DEVICE, devices.RevokeDevice(device_id=console))
    scene.ask_as_everybody(links.REVOKE_ALL_LINKS, links.RevokeAllLinks(client_id=who))


@scenario()
def everybody_shares_a_link(scene):
    share = links.ShareLink(client_id=scene.anna.id)
    scene.ask_as_everybody(links.SHARE_LINK, share)


@scenario()
def everybody_handles_tokens(scene):
    create = api_tokens.CreateApiToken(
        name="Backup", token_hash=scene.hash("token"), scopes=[Permission.CLIENTS_READ]
    )
    made = scene.ask(api_tokens.CREATE_API_TOKEN, create, scene.owner)
    scene.ask_as_everybody(api_tokens.CREATE_API_TOKEN, create)
    scene.ask_as_everybody(api_tokens.LIST_API_TOKENS, Nothing())
    scene.ask_as_everybody(api_tokens.LIST_PRACTICE_TOKENS, Nothing())
    revoke = api_tokens.RevokeApiToken(token_id=made.token_id)
    scene.ask_as_everybody(api_tokens.REVOKE_API_TOKEN, revoke)


@scenario()
def whoever_holds_a_token_or_a_cookie_asks(scene):
    scene.add_link(scene.anna, "token")
    scene.add_device(scene.anna, "cookie")
    scene.add_device(scene.owner, "console")
    look = entering.InspectLink(token_hash=scene.hash("token"))
    scene.ask_as_everybody(entering.INSPECT_LINK, look)
    cookie = devices.ResolveDevice(device_hash=scene.hash("cookie"))
    scene.ask_as_everybody(devices.RESOLVE_DEVICE, cookie)
    console = devices.ResolveDevice(device_hash=scene.hash("console"))
    scene.ask_as_everybody(devices.RESOLVE_CONSOLE_DEVICE, console)
    bearer = api_tokens.ResolveBearer(bearer_hash=scene.hash("cookie"))
    scene.ask_as_everybody(api_tokens.RESOLVE_BEARER, bearer)
    refusal = access.RecordRefusal(route="/home", method="POST", reason="csrf_failed")
    scene.ask_as_everybody(access.RECORD_REFUSAL, refusal)


@scenario()
def everybody_reads_mails(scene):
    link = scene.ask(links.SHARE_LINK, links.ShareLink(client_id=scene.anna.id), scene.owner)
    sent = mails.ListDeliveries(client_id=scene.anna.id, state=mails.DeliveryState.SENT)
    page = scene.ask_when(has_items, mails.LIST_DELIVERIES, sent, scene.owner)
    mail = page.items[0]
    assert mail.subject_id == link.link_id
    scene.ask_as_everybody(mails.LIST_DELIVERIES, sent)
    scene.ask_as_everybody(mails.OPEN_DELIVERY, mails.OpenDelivery(delivery_id=mail.id))
    scene.ask_as_everybody(mails.RESEND_DELIVERY, mails.ResendDelivery(delivery_id=mail.id))


@scenario()
def everybody_looks_into_a_portal(scene):
    scene.add_schedule(scene.anna)
    scene.add_form(scene.anna, INTAKE)
    for portal in (PortalOf(), PortalOf(client_id=scene.anna.id)):
        scene.ask_as_everybody(overview.PORTAL_SCHEDULE, portal)
        scene.ask_as_everybody(filling.PORTAL_FORMS, portal)
        scene.ask_as_everybody(filling.FORMS_TO_DO, portal)
    scene.ask_as_everybody(booking.LIST_OWN_APPOINTMENTS, Nothing())
    scene.ask_as_everybody(sessions.LIST_OWN_SESSIONS, sessions.ListOwnSessions())


@scenario()
def everybody_fills_in_a_form(scene):
    form = scene.add_form(scene.anna, INTAKE)
    scene.ask_as_everybody(filling.OPEN_FORM, filling.OpenForm(request_id=form))
    scene.ask_as_everybody(filling.DRAFT_KEY, Nothing())
    save = filling.SaveAnswers(request_id=form, revision=0, answers={"called": "Anni"})
    scene.ask_as_everybody(filling.SAVE_ANSWERS, save)
    page = filling.SaveSection(
        request_id=form, number=1, section="about_you", revision=1, typed={"called": "Anni"}
    )
    scene.ask_as_everybody(filling.SAVE_SECTION, page)
    send = filling.SubmitForm(request_id=form, revision=1)
    scene.ask_as_everybody(filling.SUBMIT_FORM, send)


def has_items(page):
    return page.items
