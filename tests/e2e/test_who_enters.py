"""Who gets into a client's portal, by role and by scope, and by each way in there is.

Whoever gets hold of a link enters by it as the client. So nobody in the practice may, by any
way, who may not see everything that the portal shows anyway.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest

from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import practices
from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.permissions import (
    PORTAL_SHOWS,
    REVEALING,
    ROLE_PERMISSIONS,
    Permission,
)
from tests.kit.portal.api_practice import (
    NO_PASSWORD,
    WORD,
    ApiClient,
    ApiPractice,
    add_client,
    add_practice,
    fill,
    identity_database,
    program_of,
)
from tests.kit.portal.portals import Portal
from tests.kit.portal.programs import Program
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(300)

EVERYTHING = frozenset(Permission)
DESK = ROLE_PERMISSIONS[Role.ASSISTANT]
WHO: dict[str, tuple[Role, frozenset[Permission]]] = {
    "owner": (Role.OWNER, EVERYTHING),
    "practitioner": (Role.PRACTITIONER, ROLE_PERMISSIONS[Role.PRACTITIONER]),
    "assistant": (Role.ASSISTANT, DESK),
    "just what it takes": (Role.OWNER, REVEALING | {Permission.CLIENTS_WRITE}),
    "links alone": (Role.OWNER, frozenset({Permission.LINKS_MAIL, Permission.LINKS_REVEAL})),
    "the desk's scopes": (Role.OWNER, DESK),
    **{
        f"all but {one}": (Role.OWNER, EVERYTHING - {one})
        for one in sorted({*REVEALING, Permission.LINKS_MAIL, Permission.CLIENTS_WRITE})
    },
}
"""Whoever asks: the role, and the scopes of the program."""


@dataclass(frozen=True)
class Insider:
    """Somebody in the practice who would like to see a portal."""

    house: House
    may: frozenset[Permission]
    program: Program
    mailbox: str

    @property
    def may_reveal(self) -> bool:
        """Whether it is theirs to see anyway."""
        return self.may >= REVEALING

    def try_to(self, method: str, path: str, content: Any = None, **headers: str) -> Any:
        """What came of it; None where it was refused."""
        answer = self.program.ask(method, path, content, headers)
        assert answer.status < 500, answer.body
        assert answer.status != 403 or names_what_is_missing(answer), answer.body
        return answer.json if 200 <= answer.status < 300 and answer.body else None

    def takes_the_address(self) -> bool:
        """The client's address becomes the insider's own mailbox."""
        path = f"/clients/{self.house.anna.ids['client_id']}"
        version = self.house.desk.get(path)["version"]
        fields = {"name": WORD, "email": self.mailbox}
        changed = self.program.ask("PATCH", path, fields, {"If-Match": f'"{version}"'})
        assert changed.status in {200, 204, 403}
        return changed.status != 403


@dataclass(frozen=True)
class House:
    """A practice, one client of it with something of each kind, and its owner's program."""

    portal: Portal
    practice: ApiPractice
    anna: ApiClient

    @property
    def desk(self) -> Program:
        """The owner's."""
        return self.practice.program

    @property
    def client_path(self) -> str:
        """The client, in the API."""
        return f"/clients/{self.anna.ids['client_id']}"

    def waiting(self) -> list[dict[str, Any]]:
        """Mails to the client that wait for the address to be confirmed."""
        mails = self.desk.get(f"/deliveries?client_id={self.anna.ids['client_id']}")["items"]
        return [mail for mail in mails if mail["reason"] == "address_waits"]


def names_what_is_missing(answer: Any) -> bool:
    problem = answer.json
    if problem["code"] == "reveal_not_allowed":
        return set(problem["fields"]) <= set(REVEALING) and all(
            one in problem["detail"] for one in problem["fields"]
        )
    return problem["code"] in {"scope_missing", "not_allowed"}


@pytest.fixture(scope="module")
def practice(portal_in_one_process: Portal) -> ApiPractice:
    return add_practice(portal_in_one_process)


@pytest.fixture(scope="module")
def filled(practice: ApiPractice) -> ApiClient:
    client = add_client(practice, "Reader")
    fill(practice, client)
    return client


@pytest.fixture
def house(practice: ApiPractice) -> House:
    return House(practice.portal, practice, add_client(practice, "Anna"))


@pytest.fixture
def insider(house: House) -> Callable[[str], Insider]:
    def make(who: str) -> Insider:
        role, may = WHO[who]
        mailbox = f"insider.{uuid.uuid4().hex[:8]}@example.org"
        owner = house.practice.owner
        with identity_database(house.portal) as database:
            with database.transaction() as tx:
                person = practices.add_practitioner(
                    tx,
                    owner.practice_id,
                    PractitionerFields(name="Somebody", email=mailbox, role=role),
                    password_hash=NO_PASSWORD,
                    now=Clock().now(),
                )
            actor = Actor(
                kind=ActorKind.PRACTITIONER, id=person, practice_id=owner.practice_id, role=role
            )
            program = program_of(house.portal, database, actor, sorted(may), 1)
        return Insider(house, may, program, mailbox)

    return make


def pages_of(client: ApiClient) -> Sequence[str]:
    """All that a portal shows."""
    ids = client.ids
    return (
        "/home",
        "/appointments",
        f"/appointments/{ids['appointment_id']}",
        "/sessions",
        f"/sessions/{ids['session_id']}",
        "/forms",
        f"/forms/{ids['request_id']}",
        "/contact",
    )


# --- the ways in ---------------------------------------------------------------------------


def shown(insider: Insider, cause: str) -> str | None:
    made = insider.try_to("POST", f"{insider.house.client_path}/links/copy", {"cause": cause})
    return made["url"] if made else None


def mailed_to_oneself(insider: Insider) -> str | None:
    """The address becomes the insider's own, and a link is shared."""
    house = insider.house
    if not insider.takes_the_address():
        return None
    insider.try_to("POST", f"{house.client_path}/links/mail")
    # What follows is mailed for another reason, and brings a link along.
    house.desk.post(f"{house.client_path}/form-requests", {"template_id": a_template(house.desk)})

    def settled() -> list[Any]:
        return house.portal.mails_to(insider.mailbox) or house.waiting()

    found = eventually(settled, within=30, every=0.2)
    is_mail = isinstance(found[0], EmailMessage)
    return house.portal.portal_link_in(found[0]) if is_mail else None


def requested_for_oneself(insider: Insider) -> str | None:
    """The address becomes the insider's own, who then asks for a link on the front page."""
    house = insider.house
    if not insider.takes_the_address():
        return None
    # All tests ask from one address, which would have to wait at last.
    with house.portal.connect("identity_links") as connection:
        connection.execute("DELETE FROM throttle")
    front = house.portal.visitor()
    front.open("/")
    front.press("E-mail me a link", email=insider.mailbox)
    if house.desk.get(house.client_path)["waiting_address"] is None:
        mails = house.portal.wait_for_mails(insider.mailbox)
        return house.portal.portal_link_in(mails[0])
    return None


WAYS: dict[str, Callable[[Insider], str | None]] = {
    "copied": lambda insider: shown(insider, "copied"),
    "as a QR code": lambda insider: shown(insider, "qr"),
    "mailed after a change of address": mailed_to_oneself,
    "requested after a change of address": requested_for_oneself,
}


def a_template(desk: Program) -> str:
    found = desk.get("/form-templates")["items"]
    if found:
        return str(found[0]["id"])
    return str(desk.post("/form-library/gad7_en/add")["row"]["id"])


def expected(way: str, insider: Insider) -> bool:
    changes = "change" in way
    return insider.may_reveal and (not changes or Permission.CLIENTS_WRITE in insider.may)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", WHO)
def test_nobody_enters_who_may_not_see_what_a_portal_shows(
    house: House, insider: Callable[[str], Insider], who: str, way: str
) -> None:
    somebody = insider(who)
    link = WAYS[way](somebody)
    assert (link is not None) == expected(way, somebody)
    if link is None:
        assert house.portal.mails_to(somebody.mailbox) == []
        return
    assert somebody.may >= PORTAL_SHOWS
    browser = house.portal.visitor()
    entered_at = browser.open(link)
    assert entered_at.status == 200
    assert entered_at.path.startswith(("/home", "/forms/"))
    log = house.desk.get(f"/access-log?client_id={house.anna.ids['client_id']}&limit=5")["items"]
    entered = next(row for row in log if row["act"] == "device.entered")
    assert entered["revealed"] == ("change" not in way)
    assert entered["revealed_by"] == ("" if "change" in way else "Somebody")


@pytest.mark.parametrize("who", WHO)
def test_a_link_that_is_mailed_reaches_the_client_alone(
    house: House, insider: Callable[[str], Insider], who: str
) -> None:
    somebody = insider(who)
    sent = somebody.program.ask("POST", f"{house.client_path}/links/mail")
    assert (sent.status == 201) == (Permission.LINKS_MAIL in somebody.may)
    assert b"lk_" not in sent.body
    assert house.portal.mails_to(somebody.mailbox) == []


@pytest.mark.parametrize("who", ["assistant", "the desk's scopes", "all but answers.read"])
def test_what_waited_goes_out_once_one_who_may_has_confirmed_it(
    house: House, insider: Callable[[str], Insider], who: str
) -> None:
    somebody = insider(who)
    assert mailed_to_oneself(somebody) is None
    version = house.desk.get(house.client_path)["version"]
    confirm = f"{house.client_path}/address/confirm"
    refused = somebody.program.ask("POST", confirm, None, {"If-Match": f'"{version}"'})
    assert refused.status == 403
    house.desk.change("POST", confirm, None, version=version)
    [mail, *_] = house.portal.wait_for_mails(somebody.mailbox)
    found = house.portal.visitor().open(house.portal.portal_link_in(mail))
    assert (found.status, found.path.startswith("/forms/")) == (200, True)
    assert house.waiting() == []


def test_the_former_mailbox_is_out_once_the_address_has_changed(house: House) -> None:
    browser = house.portal.visitor()
    former = f"{house.portal.base_url}/p/{house.anna.link_token}"
    assert browser.open(former).path == "/home"
    path, address = house.client_path, f"anna.{uuid.uuid4().hex[:8]}@example.org"
    known = house.desk.get(path)
    house.desk.change("PATCH", path, {"email": address}, version=known["version"])
    assert browser.open("/home").path != "/home"
    dead = house.portal.visitor().open(former)
    assert dead.status == 410
    for told in ("•••", address, known["email"]):
        assert told not in dead.text


# --- what is seen by a link that was shown ----------------------------------------------------


@pytest.fixture(scope="module")
def by_a_shown_link(practice: ApiPractice, filled: ApiClient) -> tuple[Any, str]:
    link = practice.program.post(f"/clients/{filled.ids['client_id']}/links/copy", {})["url"]
    browser = practice.portal.visitor()
    browser.open(link)
    return browser, link


def test_everything_that_is_shown_needs_a_permission_that_revealing_asks_for(
    by_a_shown_link: Any, filled: ApiClient
) -> None:
    browser, _ = by_a_shown_link
    for page in pages_of(filled):
        found = browser.open(page)
        assert found.status == 200, page
    assert WORD in browser.open(f"/sessions/{filled.ids['session_id']}").text


def test_what_is_read_by_it_is_marked_for_the_client_and_for_the_practice(
    by_a_shown_link: Any, practice: ApiPractice, filled: ApiClient
) -> None:
    browser, _ = by_a_shown_link
    session = f"/sessions/{filled.ids['session_id']}"
    browser.open(session)
    summary = practice.program.get(session)["summary"]
    assert summary["read_revealed"] is True

    def told() -> bool:
        rows = filled.program.get("/portal/access-log?limit=50")["items"]
        marked = [(row["act"], row["revealed_by"]) for row in rows if row["revealed"]]
        return ("summary.opened", f"{WORD} Owner") in marked

    eventually(told, within=20, every=0.5)
    assert f"shown to the practice: {WORD} Owner" in browser.open("/contact").text
    filled.program.get(f"/portal{session}")
    again = practice.program.get(session)["summary"]
    assert again["read_revealed"] is False
    assert again["read_at"] != summary["read_at"]


def test_no_program_enters_by_it(by_a_shown_link: Any, practice: ApiPractice) -> None:
    _, link = by_a_shown_link
    token = link.rpartition("/")[2]
    program = Program(practice.program.base_url)
    answer = program.ask("POST", "/portal-sessions", {"link_token": token})
    assert (answer.status, answer.code) == (403, "mailed_link_needed")
    assert not re.search("lk_portal_", answer.body.decode())
