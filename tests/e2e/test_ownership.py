"""Nobody reaches another's things: every route, on the real services, both ways of running them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import pytest

from gateway.routes import ROUTES
from gateway.web.routing import Owner, addresses
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import practices
from identity_links.operations.passwords import hash_password
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Database
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.practice import PracticeFields
from tests.kit.pages import Page
from tests.kit.portal.journeys import (
    UUID,
    add_service,
    begin_journey,
    book,
    only_id,
    open_last_day,
    press_time,
)
from tests.kit.visitor import Visitor
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(240)

CANARY = "Canary"
TOKENS = "/console/settings/api-tokens"
TEAM = "/console/settings/team"
CALENDARS = "/console/availability/calendars"
PASSWORD = "an elephant in the next practice"
OWNED = [route for route in ROUTES if route.owner is not Owner.NOBODY]
WITH_IDS = [route for route in OWNED if route.fields]


@dataclass
class OwnedThings:
    """A client's things, one of each kind: their ids, by the names that routes give them."""

    ids: dict[str, str]
    page: str
    link: str
    owner: Visitor

    def state(self) -> str:
        """What the practitioner sees of the client, without what each page makes anew."""
        pages = [self.page, "/console/mails", "/console/services", "/console/forms", TOKENS]
        pages.append(CALENDARS)
        pages += [f"{self.page}/{tab}" for tab in ("appointments", "sessions", "forms")]
        pages += [
            f"/console/sessions/{self.ids['session_id']}",
            f"/console/appointments/{self.ids['appointment_id']}",
            f"/console/forms/requests/{self.ids['request_id']}",
        ]
        text = "".join(self.owner.open(page).text for page in pages)
        assert CANARY in text
        return text


def ids_in(page: Page, pattern: str) -> list[str]:
    addresses_there = [*page.links.values(), *(form.action for form in page.forms)]
    return [found[1] for one in addresses_there if (found := re.search(pattern, one))]


@pytest.fixture
def owned_things(portal) -> OwnedThings:
    journey = begin_journey(portal, CANARY)
    owner, client, client_page = journey.desk, journey.client, journey.client_page
    _, service_id = add_service(
        owner, open_to="chosen", chosen_client_ids=journey.client_id, title=CANARY
    )
    appointment_id = book(client, service_id, note=f"{CANARY} note")
    held = press_time(client, open_last_day(client, f"/book/{service_id}"))
    session_id = write_up(owner, client_page)
    request_id, template_id = send_form(owner, client_page)
    client.open(f"/forms/{request_id}/1")
    client.press("Save and leave", q_gad1="several_days")
    page = owner.open(client_page)
    ids = {
        "client_id": journey.client_id,
        "link_id": ids_in(page, rf"/links/({UUID.pattern})/revoke")[0],
        "device_id": ids_in(page, rf"/devices/({UUID.pattern})/end")[0],
        "delivery_id": ids_in(owner.open(f"{client_page}/mails"), rf"/mails/({UUID.pattern})")[0],
        "service_id": service_id,
        "appointment_id": appointment_id,
        "hold_id": only_id(held.path),
        "session_id": session_id,
        "request_id": request_id,
        "template_id": template_id,
        "token_id": make_token(owner),
        "invitation_id": invite(owner),
        "calendar_id": add_calendar(owner),
        "practitioner_id": ids_in(owner.open(TEAM), rf"{TEAM}/({UUID.pattern})$")[0],
        "section": "1",
        "version": "1",
    }
    return OwnedThings(ids, client_page, portal.portal_link_in(journey.mail(0)), owner)


def write_up(owner: Visitor, client_page: str) -> str:
    """A session with a summary that the client can read and a note that the client cannot."""
    owner.open(f"{client_page}/sessions/new")
    page = owner.press("Record session", title=CANARY, on="2026-01-14", at="10:00")
    session_id = only_id(page.path)
    owner.open(f"/console/sessions/{session_id}")
    owner.press("Share with client", summary=f"{CANARY} sang.", note=f"{CANARY} sang.")
    owner.press("Share with client")
    return session_id


def make_token(owner: Visitor) -> str:
    """An API token of the practitioner."""
    owner.open(f"{TOKENS}/new")
    owner.press("Make token", name=CANARY, days="7", scopes="clients.read")
    return ids_in(owner.open(TOKENS), rf"/api-tokens/({UUID.pattern})")[0]


def invite(owner: Visitor) -> str:
    """An open invitation to the practice's team."""
    owner.open(f"{TEAM}/invite")
    owner.press("Send invitation", name=CANARY, email=f"canary.{uuid.uuid4().hex[:8]}@example.org")
    return ids_in(owner.open(TEAM), rf"/invitations/({UUID.pattern})")[0]


def add_calendar(owner: Visitor) -> str:
    """A calendar kept elsewhere, which was looked for already; no name leads to it (RFC 6761)."""
    owner.open(CALENDARS)
    page = owner.press("Add calendar", name=CANARY, address="https://canary.invalid/busy.ics")
    assert eventually(lambda: "Being read" not in owner.open(CALENDARS).text, within=30)
    return only_id(page.links[f"Remove: {CANARY}"])


def send_form(owner: Visitor, client_page: str) -> tuple[str, str]:
    template_id = only_id(
        owner.open("/console/forms/templates").links["Generalised Anxiety (GAD-7)"]
    )
    owner.open(f"{client_page}/forms/send")
    owner.press("Send form", template=template_id)
    return ids_in(owner.open(f"{client_page}/forms"), rf"/requests/({UUID.pattern})")[
        0
    ], template_id


@pytest.fixture
def neighbour(portal) -> Visitor:
    """The owner of another practice, signed in."""
    email = f"neighbour.{uuid.uuid4().hex[:8]}@example.org"
    server = EmbeddedPostgres(portal.folder / "postgres")
    _, runtime_url = server.ensure_database(
        "identity_links", "identity_links_owner", "identity_links_runtime"
    )
    database = Database(runtime_url, pool_size=2)
    now = Clock().now()
    with database.transaction() as tx:
        practice_id = practices.add_practice(
            tx, PracticeFields(name="Next Door", contact_email="door@example.org"), now=now
        )
        practices.add_practitioner(
            tx,
            practice_id,
            PractitionerFields(name="Nora Next", email=email, role=Role.OWNER),
            password_hash=hash_password(PASSWORD),
            now=now,
        )
    database.dispose()
    visitor: Visitor = portal.visitor()
    visitor.open("/console/sign-in")
    assert visitor.press("Sign in", email=email, password=PASSWORD).path == "/console"
    return visitor


def attempt(visitor: Visitor, method: str, path: str, csrf: str) -> Page:
    if method != "POST":
        return visitor.request(method, path)
    fields = f"csrf={csrf}&idempotency_key={uuid.uuid4().hex}&version=1&name=X&email=x@example.org"
    return visitor.request(
        "POST",
        path,
        body=fields,
        headers={
            "Sec-Fetch-Site": "same-origin",
            "Origin": visitor.base_url,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


def csrf_of(visitor: Visitor, path: str) -> str:
    return visitor.open(path).forms[0].fields["csrf"]


def plain(page: Page) -> str:
    """A page without what differs from one rendering to the next."""
    text = UUID.sub("ID", page.html)
    return re.sub(r'value="[^"]{12,}"', "", text)


def test_a_client_reaches_nothing_of_another_and_no_page_of_the_console(
    portal, owned_things
) -> None:
    anna = portal.visitor()
    anna.open(portal.demo_link)
    csrf = csrf_of(anna, "/home")
    before = owned_things.state()
    for route, method, path in addresses(OWNED, owned_things.ids):
        if route.owner is Owner.CLIENT and not route.fields:
            continue
        page = attempt(anna, method, path, csrf)
        assert page.status in {303, 401, 404}, f"{method} {path}: {page.status}"
        assert CANARY not in page.html
        if page.status == 303 and route.owner is Owner.PRACTITIONER:
            assert page.headers["location"].startswith("/console/sign-in")
    assert owned_things.state() == before
    assert portal.visitor().open(owned_things.link).path == "/home"


def test_nobody_reaches_an_owned_page(portal, owned_things) -> None:
    stranger = portal.visitor()
    csrf = csrf_of(stranger, "/")
    before = owned_things.state()
    for _, method, path in addresses(OWNED, owned_things.ids):
        page = attempt(stranger, method, path, csrf)
        assert page.status in {303, 401}, f"{method} {path}: {page.status}"
        assert CANARY not in page.html
    assert owned_things.state() == before


def test_another_practice_cannot_tell_a_client_s_ids_from_unknown_ones(
    owned_things, neighbour
) -> None:
    csrf = csrf_of(neighbour, "/console")
    unknown = {name: str(uuid.uuid4()) for name in owned_things.ids}
    before = owned_things.state()
    console = [route for route in WITH_IDS if route.owner is Owner.PRACTITIONER]
    for (route, method, known), (_, _, made_up) in zip(
        addresses(console, owned_things.ids), addresses(console, unknown), strict=True
    ):
        page = attempt(neighbour, method, known, csrf)
        other = attempt(neighbour, method, made_up, csrf)
        if page.status == 303:  # to the client's own page, whether there is one or not
            assert other.status == 303
            assert method != "POST"
            page = neighbour.open(page.headers["location"])
            other = neighbour.open(other.headers["location"])
        assert page.status == 404, f"{method} {route.pattern}: {page.status}"
        assert plain(page) == plain(other)
        assert CANARY not in page.html
    assert owned_things.state() == before
    assert CANARY not in neighbour.open("/console/clients").html
    assert CANARY not in neighbour.open("/console/mails").html
