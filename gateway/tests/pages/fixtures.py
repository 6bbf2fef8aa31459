"""A small practice with a few lively clients, for the gallery of all pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.console.alerts import Alerts
from gateway.console.clients.client_list import Columns
from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.forms.rpc.filling import FormToDo, PortalForms
from portal_contracts.identity_links.rpc.access import (
    AccessPage,
    AccessRow,
    PractitionerCard,
    Visit,
    Visits,
)
from portal_contracts.identity_links.rpc.api_tokens import ApiToken, ApiTokens
from portal_contracts.identity_links.rpc.cards import ClientCard, PracticeCard
from portal_contracts.identity_links.rpc.clients import (
    ClientDetails,
    ClientPage,
    ClientRow,
    ClientStatus,
    WaitingAddress,
)
from portal_contracts.identity_links.rpc.devices import ClientDevice, ConsoleDevice, Device, Devices
from portal_contracts.identity_links.rpc.duplicates import (
    Alike,
    PossibleDuplicate,
    PossibleDuplicates,
)
from portal_contracts.identity_links.rpc.entering import LinkStanding
from portal_contracts.identity_links.rpc.links import Link, Links
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState, Target
from portal_contracts.notifications.rpc import (
    DeliveredMail,
    Delivery,
    DeliveryPage,
    DeliveryState,
    Recipient,
)
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.appointments import (
    Allowance,
    AppointmentStatus,
    OwnSession,
    Place,
    PlaceKind,
    SessionStatus,
    UpcomingAppointment,
)
from portal_contracts.scheduling.rpc.calendar import ClientTime
from portal_contracts.scheduling.rpc.overview import PortalSchedule

NOW = datetime(2026, 12, 2, 9, 41, tzinfo=UTC)


def number(value: int) -> UUID:
    return UUID(int=0x018F_0000_0000_7000_8000_0000_0000_0000 + value)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def ahead(**parts: float) -> datetime:
    return NOW + timedelta(**parts)


PRACTICE = PracticeCard(
    id=number(1),
    name="Praxis Seeblick",
    contact_email="hallo@seeblick.example",
    contact_phone="+49 30 5550 1234",
    language="en",
    timezone="Europe/Berlin",
    accent="#2f6f62",
)
CARD = ClientCard(
    id=number(10),
    name="Anna Bergmann",
    preferred_name="Anni",
    language="en",
    timezone="Europe/Berlin",
    email_masked="a•••@example.org",
)
CLIENT_DEVICE = ClientDevice(
    actor=Actor(kind=ActorKind.CLIENT, id=number(10), practice_id=number(1)),
    device_id=number(50),
    client=CARD,
    practice=PRACTICE,
    idle_ends_at=ahead(days=1),
    ends_at=ahead(days=30),
)
CONSOLE_DEVICE = ConsoleDevice(
    actor=Actor(kind=ActorKind.PRACTITIONER, id=number(2), practice_id=number(1), role=Role.OWNER),
    device_id=number(60),
    name="Dr. Miriam Rivera",
    email="rivera@seeblick.example",
    language="en",
    practice=PRACTICE,
    idle_ends_at=ahead(hours=8),
    ends_at=ahead(days=14),
)


def standing(state: LinkState = LinkState.LIVE) -> LinkStanding:
    if state is LinkState.REVOKED:
        return LinkStanding(state=state, practice=PRACTICE, language="en")
    return LinkStanding(
        state=state,
        practice=PRACTICE,
        client_id=number(10),
        first_name="Anni",
        email_masked="a•••@example.org",
        language="en",
    )


STANDING_BEFORE_CHECK = LinkStanding(state=LinkState.LIVE, practice=PRACTICE, language="en")


def _appointment(
    key: int, title: str, starts_at: datetime, *, minutes: int = 50, status: str = "confirmed"
) -> UpcomingAppointment:
    return UpcomingAppointment(
        id=number(key),
        service_id=number(90),
        practitioner_id=number(2),
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        timezone="Europe/Berlin",
        status=AppointmentStatus(status),
        place=Place(kind=PlaceKind.VIDEO, text=""),
        join_opens_at=starts_at - timedelta(minutes=10),
        join_closes_at=starts_at + timedelta(minutes=minutes + 30),
        cancel=Allowance(),
        move=Allowance(),
        reason_asked=False,
        policy="",
        note="",
        ics_sequence=0,
    )


def _session(key: int, started_at: datetime, status: str = "attended") -> OwnSession:
    return OwnSession(
        id=number(key),
        practitioner_id=number(2),
        title="Individual session",
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=50),
        timezone="Europe/Berlin",
        status=SessionStatus(status),
        summary=None,
    )


SCHEDULE = PortalSchedule(
    upcoming=[
        _appointment(100, "Individual session", datetime(2026, 12, 3, 9, 0, tzinfo=UTC)),
        _appointment(101, "Individual session", datetime(2026, 12, 10, 9, 0, tzinfo=UTC)),
        _appointment(
            102, "Couples session", datetime(2026, 12, 17, 14, 30, tzinfo=UTC),
            minutes=90, status="requested",
        ),
        _appointment(103, "Individual session", datetime(2027, 1, 7, 9, 0, tzinfo=UTC)),
    ],
    past=[
        _session(110, datetime(2026, 11, 26, 9, 0, tzinfo=UTC)),
        _session(111, datetime(2026, 11, 19, 9, 0, tzinfo=UTC), "cancelled_late"),
        _session(112, datetime(2026, 11, 12, 9, 0, tzinfo=UTC)),
        _session(113, datetime(2025, 12, 30, 9, 0, tzinfo=UTC)),
    ],
    can_book=False,
    latest_summary=None,
)  # fmt: skip
NO_SCHEDULE = PortalSchedule(upcoming=[], past=[], can_book=False, latest_summary=None)
FORMS = PortalForms(
    to_do=[
        FormToDo(
            id=number(120), title="Intake questionnaire", minutes=12, percent=40,
            due_on=date(2026, 12, 3), sent_at=ago(days=2),
        ),
        FormToDo(
            id=number(121), title="Consent to treatment", minutes=3, percent=0,
            due_on=None, sent_at=ago(days=2),
        ),
    ],
    submitted=[],
    submitted_total=3,
)  # fmt: skip
NO_FORMS = PortalForms(to_do=[], submitted=[], submitted_total=0)

DEVICES = Devices(
    items=[
        Device(
            id=number(50), label="Safari on iPhone", created_at=ago(days=9),
            last_seen_at=ago(minutes=2), address="203.0.113.24",
        ),
        Device(
            id=number(51), label="Firefox on Windows", created_at=ago(days=40),
            last_seen_at=ago(days=6), address="198.51.100.7",
            revealed=True, revealed_by="Dr. Miriam Rivera",
        ),
    ]
)  # fmt: skip
TOKENS = ApiTokens(
    items=[
        ApiToken(
            id=number(62), name="Night backup", scopes=[Permission.CLIENTS_READ],
            created_at=ago(days=3), expires_at=ago(days=-87), last_used_at=ago(hours=8),
        ),
        ApiToken(
            id=number(63), name="Calendar of the waiting room on the second floor",
            scopes=[Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE],
            created_at=ago(days=20), expires_at=ago(days=-10), last_used_at=None,
        ),
    ]
)  # fmt: skip
COLLEAGUES_TOKENS = [
    msgspec.structs.replace(one, id=number(900 + place), owner="Jonas Weber")
    for place, one in enumerate(TOKENS.items)
]
NO_TOKENS = ApiTokens(items=[])
OWN_DEVICES = Devices(
    items=[
        Device(
            id=number(60), label="Chrome on Mac", created_at=ago(days=3),
            last_seen_at=ago(minutes=1), address="192.0.2.10",
        ),
        Device(
            id=number(61), label="Chrome on Android", created_at=ago(days=20),
            last_seen_at=ago(hours=19), address="192.0.2.77",
        ),
    ]
)  # fmt: skip


def _access(seq: int, when: datetime, kind: str, name: str, act: str, **more: Any):
    return AccessRow(
        **{"outcome": "done"} | more, seq=seq, occurred_at=when, actor_kind=kind, actor_name=name,
        act=act, client_id=number(10), client_name="Anna Bergmann", address="203.0.113.24",
    )  # fmt: skip


ACCESS = AccessPage(
    items=[
        _access(9, ago(minutes=2), "client", "Anna Bergmann", "device.entered"),
        _access(10, ago(minutes=5), "client", "Anna Bergmann", "summary.opened", revealed=True,
                revealed_by="Dr. Miriam Rivera"),
        _access(8, ago(hours=3), "practitioner", "Dr. Miriam Rivera", "link.shared"),
        _access(7, ago(days=1), "nobody", "", "request.refused", outcome="denied"),
        _access(
            10,
            ago(days=1),
            "practitioner",
            "Dr. Miriam Rivera",
            "client.opened",
            token_id=number(62),
            token_name="Night backup",
        ),
        _access(6, ago(days=2), "practitioner", "Jonas Feld", "client.edited"),
        _access(5, ago(days=40), "practitioner", "Jonas Feld", "client.added"),
    ],
    next_cursor="MQ",
)  # fmt: skip

ACCESS_BY_OTHERS = AccessPage(
    items=[
        _access(12, ago(minutes=20), "practitioner", "Dr. Miriam Rivera", "answers.opened",
                thing=Thing(kind=ThingKind.FORM, title="PHQ-9")),
        _access(11, ago(hours=1), "practitioner", "Dr. Miriam Rivera", "summary.opened",
                thing=Thing(kind=ThingKind.SESSION, title="Individual session", at=ago(days=6))),
        *(row for row in ACCESS.items if row.actor_kind != "client" or row.revealed),
    ],
    next_cursor="MQ",
)  # fmt: skip
VISITS = Visits(
    items=[
        Visit(on=ago(days=days).date(), first_at=ago(days=days, hours=2), last_at=ago(days=days),
              acts=days + 1)
        for days in range(3)
    ],
    next_cursor="4",
)  # fmt: skip

CLIENT = ClientDetails(
    id=number(10),
    version=3,
    name="Anna Bergmann",
    preferred_name="Anni",
    pronouns="she/her",
    email="anna.bergmann@example.org",
    phone="+49 170 555 0188",
    date_of_birth=date(1990, 3, 27),
    timezone="Europe/Berlin",
    language="de",
    tags=["Thursday", "insurance"],
    remark="Prefers messages in the morning.\nDog is called Pepper.",
    status=ClientStatus.ACTIVE,
    created_at=ago(days=40),
    last_visit_at=ago(minutes=2),
)


def _row(key: int, name: str, email: str, *, visit: datetime | None, **more) -> ClientRow:
    return ClientRow(
        id=number(key), name=name, preferred_name=more.get("called", ""), email=email,
        status=more.get("status", ClientStatus.ACTIVE), tags=more.get("tags", []),
        last_visit_at=visit,
    )  # fmt: skip


CLIENTS = ClientPage(
    items=[
        _row(10, "Anna Bergmann", "anna.bergmann@example.org", visit=ago(minutes=2),
             called="Anni", tags=["Thursday"]),
        _row(11, "Benedikt Oyelaran-Wiśniewski", "benedikt.oyelaran@post.example.com",
             visit=ago(days=1)),
        _row(12, "Chiara Lombardi", "chiara@example.net", visit=None, tags=["couple", "new"]),
        _row(13, "David Nowak", "david.nowak@example.org", visit=ago(days=12)),
        _row(14, "Eva-Maria Hintermayer", "", visit=ago(days=400)),
        _row(15, "Farid Haddad", "farid.haddad@example.org", visit=ago(days=3),
             status=ClientStatus.ARCHIVED),
    ],
    next_cursor="Mg",
    total=38,
)  # fmt: skip
COLLEAGUES = [
    PractitionerCard(id=number(3), name="Jonas Feld", role=Role.PRACTITIONER),
    PractitionerCard(id=number(2), name="Dr. Miriam Rivera", role=Role.OWNER),
]
TEAM_CLIENTS = replace(
    CLIENTS,
    items=[
        replace(one, main_practitioner_id=number(3), main_practitioner="Jonas Feld")
        for one in CLIENTS.items[:3]
    ]
    + CLIENTS.items[3:],
)
NO_CLIENTS = ClientPage(items=[], next_cursor=None, total=0)


def _link(key: int, cause: LinkCause, state: LinkState, **more) -> Link:
    return Link(
        id=number(key), cause=cause, target=Target(), state=state,
        created_at=more["made"], expires_at=more["made"] + timedelta(days=30),
        last_used_at=more.get("used"), opens=more.get("opens", 0), scans=more.get("scans", 0),
    )  # fmt: skip


LINKS = Links(
    items=[
        _link(70, LinkCause.SHARED, LinkState.LIVE, made=ago(hours=3),
              used=ago(minutes=2), opens=2, scans=1),
        _link(71, LinkCause.QR, LinkState.REVOKED, made=ago(days=12)),
        _link(72, LinkCause.REQUESTED, LinkState.EXPIRED, made=ago(days=38),
              used=ago(days=30), opens=5, scans=3),
        _link(73, LinkCause.MAILED, LinkState.LIVE, made=ago(days=2), used=ago(days=1), opens=2),
        _link(74, LinkCause.MAILED, LinkState.EXPIRED, made=ago(days=40)),
    ]
)  # fmt: skip


def _mail(key: int, state: DeliveryState, client: int, **more) -> Delivery:
    return Delivery(
        id=number(key), client_id=number(client), to=Recipient.CLIENT, kind="portal_link",
        subject_id=number(70),
        state=state, attempts=more.get("attempts", 1), reason=more.get("reason", ""),
        sent_to=more.get("to", "anna.bergmann@example.org"), created_at=more["made"],
        sent_at=more.get("sent"), next_attempt_at=more.get("again"),
    )  # fmt: skip


MAILS = DeliveryPage(
    items=[
        _mail(80, DeliveryState.SENT, 10, made=ago(hours=3), sent=ago(hours=3)),
        _mail(81, DeliveryState.RETRYING, 11, made=ago(hours=5), attempts=4,
              reason="mail_server_unreachable", again=ahead(minutes=20),
              to="benedikt.oyelaran@post.example.com"),
        _mail(82, DeliveryState.FAILED, 12, made=ago(days=1), attempts=9,
              reason="address_refused", to="chiara@example.net"),
        _mail(83, DeliveryState.CLOSED, 13, made=ago(days=4), reason="link_revoked", to=""),
        _mail(84, DeliveryState.WAITING, 14, made=ago(minutes=1), attempts=0, to="",
              reason="in_line"),
    ],
    next_cursor=None,
)  # fmt: skip
HELD_UP_MAILS = DeliveryPage(items=[MAILS.items[1]], next_cursor="more")
LINK_MAILS = {number(70): MAILS.items[1]}
FAILED_MAILS = DeliveryPage(items=[MAILS.items[2]], next_cursor=None)
NO_MAILS = DeliveryPage(items=[], next_cursor=None)
NAMES = {str(row.id): row.name for row in CLIENTS.items}
MAIL_TEXT = """Hello Anni,

your personal portal at Praxis Seeblick is ready. One click opens it:

https://portal.example.org/p/lk_••••••••••••

The link works until 1 January 2027. It is for you alone, please do not pass it on.

Kind regards
Praxis Seeblick
"""
MAIL = DeliveredMail(
    delivery=MAILS.items[0], subject="Your link from Praxis Seeblick", text=MAIL_TEXT
)
NO_LINKS = Links(items=[])
LOCKED_LINKS = Links(items=LINKS.items, locked_until=ahead(hours=1))
NO_DEVICES = Devices(items=[])
MESSAGES = [
    {
        "id": "1",
        "to": "anna.bergmann@example.org",
        "sender": "Praxis Seeblick <portal@seeblick.example>",
        "subject": "Your link from Praxis Seeblick",
        "at": NOW,
        "text": MAIL_TEXT.replace("lk_••••••••••••", "lk_9sXvT3mK0aQhF7yLw2BdN5rJpC8uEoIz"),
        "html": True,
    },
    {
        "id": "2",
        "to": "chiara@example.net",
        "sender": "Praxis Seeblick <portal@seeblick.example>",
        "subject": "Your link from Praxis Seeblick",
        "at": ago(hours=1),
        "text": MAIL_TEXT,
        "html": True,
    },
]


WAITING = msgspec.structs.replace(
    CLIENT,
    waiting_address=WaitingAddress(
        former_email="anna@earlier.example", changed_by="Mila Desk", changed_at=ago(hours=2)
    ),
)
WAITING_CLIENTS = ClientPage(items=CLIENTS.items[:2], next_cursor="Mg", total=6)


def archived(status: ClientStatus) -> ClientDetails:
    return msgspec.structs.replace(CLIENT, status=status, remark=None, preferred_name="")


NO_ALERTS = Alerts([], more=False)
ALERTS_DOWN = Alerts(None, more=False)
DUPLICATES = PossibleDuplicates(
    items=[
        PossibleDuplicate(
            id=number(11), name="Benedikt Oyelaran-Wiśniewski", email="benedikt@mail.example",
            status=ClientStatus.ACTIVE, alike=[Alike.EMAIL, Alike.NAME_AND_BIRTH],
        ),
        PossibleDuplicate(
            id=number(12), name="Chiara Lombardi", email="", status=ClientStatus.ARCHIVED,
            alike=[Alike.PHONE],
        ),
    ]
)  # fmt: skip
COLUMNS = Columns(
    {
        number(10): ClientTime(client_id=number(10), next_at=ahead(days=1), last_at=ago(days=6)),
        number(11): ClientTime(client_id=number(11), next_at=None, last_at=ago(days=400)),
        number(12): ClientTime(client_id=number(12), next_at=ahead(days=8), last_at=None),
    },
    {str(number(11)): 2},
)
