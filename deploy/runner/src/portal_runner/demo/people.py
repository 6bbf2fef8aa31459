"""Who and what is in the demo practice: people, services, hours, words. All made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from identity_links.domain.practice_fields import PractitionerFields
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.availability import Holidays, Window
from portal_contracts.scheduling.rpc.services import LateCancel, ServiceColour, ServiceFields
from portal_runner.demo import texts
from portal_runner.demo.texts import NOTHING, Writings

EMAIL = "rivera@example.org"

PRACTICE = PracticeFields(
    name="Lindenhof Practice",
    contact_email="hello@example.org",
    contact_phone="+49 30 5550100",
    timezone="Europe/Berlin",
)
PRACTITIONER = PractitionerFields(name="Dr Maya Rivera", email=EMAIL, role=Role.OWNER)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A demo client, and the sessions there were so far.

    Attributes:
        fields: the client's record.
        service: the key of the service that is booked.
        weekday: 0 is Monday.
        hour: wall time in the practice's zone.
        every_weeks: weeks from one session to the next.
        sessions: how many there were.
        known_days: since when the client is in the practice.
        visits: how many days ago the client has opened the portal by a mailed link.
        written: what the practitioner has written.
    """

    fields: ClientFields
    service: str = ""
    weekday: int = 0
    hour: int = 0
    every_weeks: int = 1
    sessions: int = 0
    known_days: int
    visits: tuple[int, ...] = ()
    written: Writings = NOTHING


ANNA = Person(
    fields=ClientFields(
        name="Anna Berg",
        email="anna.berg@example.org",
        pronouns="she/her",
        phone="+49 30 5550111",
        date_of_birth=date(1988, 4, 12),
        tags=["Tuesdays"],
    ),
    service="individual",
    weekday=1,
    hour=10,
    sessions=38,
    known_days=331,
    visits=(120, 30, 6),
    written=texts.ANNA,
)
BEN = Person(
    fields=ClientFields(
        name="Ben Okafor",
        email="ben.okafor@example.org",
        pronouns="he/him",
        phone="+44 20 7946 0017",
        date_of_birth=date(1981, 9, 30),
        timezone="Europe/London",
    ),
    service="video",
    weekday=2,
    hour=15,
    every_weeks=2,
    sessions=19,
    known_days=291,
    visits=(3,),
    written=texts.BEN,
)
CHIARA = Person(
    fields=ClientFields(
        name="Chiara Rossi",
        preferred_name="Chia",
        email="chiara.rossi@example.org",
        phone="0171 5550113",
        date_of_birth=date(1979, 1, 23),
    ),
    service="individual",
    weekday=3,
    hour=9,
    sessions=27,
    known_days=211,
    visits=(90, 2),
    written=texts.CHIARA,
)
DANIEL = Person(
    fields=ClientFields(
        name="Daniel Novak",
        email="daniel.novak@example.org",
        pronouns="he/him",
        phone="+49 30 5550114",
        tags=["Couple Novak"],
        remark="Comes together with Mira. The couple’s sessions stand here.",
    ),
    service="couple",
    weekday=0,
    hour=17,
    every_weeks=3,
    sessions=11,
    known_days=241,
    visits=(60,),
    written=texts.DANIEL,
)
MIRA = Person(
    fields=ClientFields(
        name="Mira Novak",
        email="mira.novak@example.org",
        pronouns="she/her",
        phone="+49 30 5550124",
        date_of_birth=date(1986, 11, 5),
        tags=["Couple Novak"],
        remark="Comes together with Daniel. The couple’s sessions stand with him.",
    ),
    known_days=241,
    visits=(239,),
)
EMMA = Person(
    fields=ClientFields(
        name="Emma Lindqvist",
        email="emma.lindqvist@example.org",
        date_of_birth=date(1994, 6, 19),
        timezone="America/New_York",
        tags=["Moved abroad"],
    ),
    service="video",
    weekday=4,
    hour=15,
    every_weeks=2,
    sessions=14,
    known_days=201,
    visits=(100, 4),
    written=texts.EMMA,
)
FARID = Person(
    fields=ClientFields(
        name="Farid Haddad",
        email="farid.haddad@example.org",
        phone="+49 176 5550116",
        date_of_birth=date(1972, 3, 8),
        remark="His wife Leila knows of the safety plan: +49 30 5550196.",
    ),
    service="individual",
    weekday=0,
    hour=11,
    every_weeks=2,
    sessions=6,
    known_days=86,
    visits=(84, 1),
    written=texts.FARID,
)
GRETA = Person(
    fields=ClientFields(
        name="Greta Sommer", email="greta.sommer@example.org", language="de", tags=["New"]
    ),
    service="first",
    weekday=2,
    hour=11,
    sessions=1,
    known_days=9,
    written=texts.GRETA,
)
PEOPLE = (ANNA, BEN, CHIARA, DANIEL, MIRA, EMMA, FARID, GRETA)
"""All speak the practice's language but Greta, whose portal and mails are in German."""

_POLICY = (
    "Please cancel or move an appointment at least 24 hours before it begins. "
    "Later than that, the session is charged."
)

_EARLY = [Window(start="08:00", end="10:00")]

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
        weekly=[[], [Window(start="13:30", end="17:00")], [], _EARLY, [], [], []],
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
        colour=ServiceColour.TEAL,
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
        colour=ServiceColour.VIOLET,
    ),
    "long": ServiceFields(
        title="Long session",
        description="A hundred minutes, for what needs more time. I look first whether it fits.",
        minutes=100,
        price="€ 200",
        place_kind=PlaceKind.ADDRESS,
        place="Lindenstraße 12, 10969 Berlin",
        buffer_before_minutes=10,
        buffer_after_minutes=20,
        increment_minutes=60,
        self_scheduling=True,
        on_request=True,
        max_per_week=2,
        clients_may_move=False,
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
        colour=ServiceColour.AMBER,
    ),
}

HOLIDAYS = Holidays(country="DE", region="BE")
HOURS: dict[int, tuple[tuple[str, str], ...]] = {
    0: (("09:00", "12:00"), ("13:00", "18:30")),
    1: (("09:00", "12:30"), ("13:30", "17:00")),
    2: (("11:00", "18:00"),),
    3: (("08:00", "14:00"),),
    4: (("13:00", "19:00"),),
}
