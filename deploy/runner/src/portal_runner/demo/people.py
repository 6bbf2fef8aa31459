"""Who and what is in the demo practice: people, services, hours, words. All made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from identity_links.domain.practice_fields import PracticeFields, PractitionerFields
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.services import LateCancel, ServiceFields

EMAIL = "rivera@example.org"

PRACTICE = PracticeFields(
    name="Lindenhof Practice",
    contact_email="hello@example.org",
    contact_phone="+49 30 5550100",
    timezone="Europe/Berlin",
)
PRACTITIONER = PractitionerFields(name="Dr Maya Rivera", email=EMAIL, role=Role.OWNER)


@dataclass(frozen=True)
class Person:
    """A demo client, and the sessions there were so far.

    Attributes:
        fields: the client's record.
        service: the key of the service that is booked.
        weekday: 0 is Monday.
        hour: wall time in the practice's zone.
        every_weeks: weeks from one session to the next.
        sessions: how many there were.
    """

    fields: ClientFields
    service: str
    weekday: int
    hour: int
    every_weeks: int
    sessions: int


ANNA = Person(
    ClientFields(
        name="Anna Berg",
        email="anna.berg@example.org",
        pronouns="she/her",
        phone="+49 30 5550111",
        date_of_birth=date(1988, 4, 12),
        tags=["Tuesdays"],
    ),
    "individual",
    1,
    10,
    1,
    38,
)
BEN = Person(
    ClientFields(name="Ben Okafor", email="ben.okafor@example.org", timezone="Europe/London"),
    "video",
    2,
    15,
    2,
    19,
)
CHIARA = Person(
    ClientFields(
        name="Chiara Rossi", preferred_name="Chia", email="chiara.rossi@example.org", language="de"
    ),
    "individual",
    3,
    9,
    1,
    27,
)
PEOPLE = (
    ANNA,
    BEN,
    CHIARA,
    Person(
        ClientFields(
            name="Daniel Novak",
            email="daniel.novak@example.org",
            pronouns="he/him",
            phone="+49 30 5550114",
            tags=["Couple"],
        ),
        "couple",
        0,
        17,
        3,
        11,
    ),
    Person(
        ClientFields(
            name="Emma Lindqvist",
            email="emma.lindqvist@example.org",
            timezone="America/New_York",
            tags=["Moved abroad"],
        ),
        "video",
        4,
        15,
        2,
        14,
    ),
    Person(
        ClientFields(name="Farid Haddad", email="farid.haddad@example.org", language="de"),
        "individual",
        0,
        11,
        2,
        6,
    ),
    Person(
        ClientFields(name="Greta Sommer", email="greta.sommer@example.org", language="de"),
        "first",
        2,
        11,
        1,
        1,
    ),
)

_POLICY = (
    "Please cancel or move an appointment at least 24 hours before it begins. "
    "Later than that, the session is charged."
)

SERVICES: dict[str, ServiceFields] = {
    "first": ServiceFields(
        title="First conversation",
        description="We get to know each other and see whether we fit. No preparation needed.",
        minutes=30,
        price="free of charge",
        place_kind=PlaceKind.PHONE,
        place="I call you at the number you gave me",
        buffer_after_minutes=10,
        increment_minutes=30,
        min_notice_minutes=720,
        self_scheduling=True,
        max_per_day=2,
    ),
    "individual": ServiceFields(
        title="Individual session",
        description="Fifty minutes in the practice, second floor, door on the left.",
        minutes=50,
        price="€ 110",
        place_kind=PlaceKind.ADDRESS,
        place="Lindenstraße 12, 10969 Berlin",
        buffer_after_minutes=10,
        increment_minutes=60,
        self_scheduling=True,
        clients_may_move=True,
        clients_may_cancel=True,
        late_cancel=LateCancel.FLAGGED,
        reason_asked=True,
        policy=_POLICY,
    ),
    "video": ServiceFields(
        title="Video session",
        description="Fifty minutes by video, from wherever you are undisturbed.",
        minutes=50,
        price="€ 110",
        place_kind=PlaceKind.VIDEO,
        place="https://meet.example.org/lindenhof-rivera",
        buffer_after_minutes=10,
        increment_minutes=60,
        self_scheduling=True,
        max_moves=3,
        policy=_POLICY,
    ),
    "couple": ServiceFields(
        title="Couple session",
        description="Ninety minutes for both of you.",
        minutes=90,
        price="€ 180",
        place_kind=PlaceKind.ADDRESS,
        place="Lindenstraße 12, 10969 Berlin",
        buffer_before_minutes=10,
        buffer_after_minutes=20,
        self_scheduling=False,
        clients_may_move=False,
        cancel_notice_minutes=2880,
        policy=_POLICY,
    ),
}

HOURS: dict[int, tuple[tuple[str, str], ...]] = {
    0: (("09:00", "12:00"), ("13:00", "18:30")),
    1: (("09:00", "12:30"), ("13:30", "17:00")),
    2: (("11:00", "18:00"),),
    3: (("08:00", "14:00"),),
    4: (("13:00", "19:00"),),
}
