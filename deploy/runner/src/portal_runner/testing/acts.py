"""Acts of people, each ready to be sent again with the same form, and what must come of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from portal_chassis.testing.pages import Page
from portal_chassis.testing.waiting import eventually
from portal_runner.testing.journeys import (
    Journey,
    add_service,
    begin_journey,
    book,
    invitation_of,
    only_id,
    open_last_day,
    press_time,
)
from portal_runner.testing.portals import Portal

ANSWER_SECONDS = 5.0
"""Within this there is an answer, or a clean 503."""

RECOVERY_SECONDS = 15.0
"""Within this after the return of what was away everything works."""

ALL_DAYS = {f"q_gad{number}": "several_days" for number in range(1, 8)}


@dataclass
class Act:
    """Something that a person does and, when no answer comes, does again.

    Attributes:
        title: for people.
        send: sends the form once.
        effects: what it has come to: a name and how often. Once is right.
        acknowledged: whether an answer has come.
        unknown: how often none came.
        slowest: seconds of the longest try.
    """

    title: str
    send: Callable[[], Page]
    effects: Callable[[], dict[str, int]]
    acknowledged: bool = False
    unknown: int = 0
    slowest: float = field(default=0.0, repr=False)

    def press(self) -> bool:
        """Send it once; whether it was acknowledged.

        Raises:
            AssertionError: the answer was neither that nor a 503 that says when to come back.
        """
        began = time.monotonic()
        try:
            page = self.send()
        except OSError:
            page = None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if page is None or page.status == HTTPStatus.SERVICE_UNAVAILABLE:
            assert page is None or "retry-after" in page.headers, page.text
            self.unknown += 1
            return False
        assert page.status == HTTPStatus.OK, f"{self.title}: {page.status} {page.text}"
        self.acknowledged = True
        return True

    def press_until_acknowledged(self) -> None:
        """Press again as a person would, with the same form and so the same key."""
        eventually(self.press, within=RECOVERY_SECONDS, every=0.3)

    @property
    def missing(self) -> list[str]:
        """Effects that are not there."""
        return [name for name, count in self.effects().items() if count < 1]

    @property
    def doubled(self) -> list[str]:
        """Effects that are there more than once."""
        return [name for name, count in self.effects().items() if count > 1]


@dataclass
class Tally:
    """What came of the acts of one test; printed, so that a run shows it."""

    title: str
    acts: list[Act] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.title}: attempted {len(self.acts)} · "
            f"acknowledged {sum(act.acknowledged for act in self.acts)} · "
            f"unknown {sum(act.unknown for act in self.acts)} · "
            f"lost {len(self.lost)} · duplicated {len(self.duplicated)} · "
            f"slowest answer {max((act.slowest for act in self.acts), default=0):.1f} s"
        )

    @property
    def lost(self) -> list[str]:
        """Of acknowledged acts, what they should have come to and did not."""
        return [f"{act.title}: {act.missing}" for act in self.acts if act.missing]

    @property
    def duplicated(self) -> list[str]:
        """What happened more than once."""
        return [f"{act.title}: {act.doubled}" for act in self.acts if act.doubled]

    def wait(self, within: float = RECOVERY_SECONDS) -> None:
        """Wait until every act has come to what it should."""
        eventually(lambda: not self.lost, within=within, every=0.2)


def share(portal: Portal) -> Act:
    """A practitioner shares a link: one mail."""
    ida = _client(portal)
    ida.desk.open(ida.her_page)
    form = ida.desk.follow("Share link").form("Share link")
    return Act(
        "share a link",
        lambda: ida.desk.submit(form),
        # The first one brought her here.
        lambda: {"mail": _ids_of_mails(portal, ida.address) - 1},
    )


def enter(portal: Portal) -> Act:
    """A client opens the link of her mail: she is in."""
    ida = _client(portal)
    visitor = portal.visitor()
    link = portal.portal_link_in(ida.mail(0))

    def is_in() -> dict[str, int]:
        return {"signed in": int(visitor.open("/home").path == "/home")}

    return Act("enter by a link", lambda: visitor.open(link), is_in)


def confirm(portal: Portal) -> Act:
    """A client confirms a time: one appointment, one mail to each of the two."""
    ida = _client(portal)
    _, service_id = add_service(ida.desk)
    page = press_time(ida.client, open_last_day(ida.client, f"/book/{service_id}"))
    appointment_id, form = only_id(page.path), page.form("Confirm appointment")

    def effects() -> dict[str, int]:
        return {
            "appointment": ida.client.open("/appointments").text.count("Confirmed"),
            "mail to her": _invitations(portal, ida.address, appointment_id, "REQUEST"),
            "mail to the practitioner": _invitations(
                portal, portal.demo["email"], appointment_id, "REQUEST"
            ),
        }

    return Act("confirm an appointment", lambda: ida.client.submit(form), effects)


def move(portal: Portal) -> Act:
    """A client moves her appointment: it is elsewhere, and one mail says so."""
    ida, appointment_id = _booked(portal)
    form = open_last_day(ida.client, f"/appointments/{appointment_id}/move")
    name, value = list(form.sent_by.values())[3]
    form.fields[name] = value

    def effects() -> dict[str, int]:
        return {
            "appointment": ida.client.open("/appointments").text.count("Confirmed"),
            # The first one told of the booking.
            "mail": _invitations(portal, ida.address, appointment_id, "REQUEST") - 1,
        }

    return Act("move an appointment", lambda: ida.client.submit(form), effects)


def cancel(portal: Portal) -> Act:
    """A client cancels her appointment: it is off, and one mail says so."""
    ida, appointment_id = _booked(portal)
    page = ida.client.open(f"/appointments/{appointment_id}/cancel")
    form = page.form("Cancel appointment")

    def effects() -> dict[str, int]:
        page = ida.client.open(f"/appointments/{appointment_id}")
        return {
            "cancelled": int("Cancelled" in page.text),
            "mail": _invitations(portal, ida.address, appointment_id, "CANCEL"),
        }

    return Act("cancel an appointment", lambda: ida.client.submit(form), effects)


def ask(portal: Portal) -> Act:
    """A practitioner sends a form: one mail asks for it."""
    ida = _client(portal)
    template_id = _template(ida)
    form = ida.desk.open(f"{ida.her_page}/forms/send").form("Send form")
    form.fields["template"] = template_id
    return Act(
        "send a form to a client",
        lambda: ida.desk.submit(form),
        lambda: {"mail": _ids_of_mails(portal, ida.address) - 1},
    )


def save(portal: Portal) -> Act:
    """A client saves answers: they are there, in one revision."""
    ida, form_path = _asked(portal)
    form = ida.client.open(f"{form_path}/1").form("Save and leave")
    name, value = form.sent_by["Save and leave"]
    form.fields |= {name: value, "q_gad1": "several_days", "q_gad2": "nearly_every_day"}

    def effects() -> dict[str, int]:
        fields = ida.client.open(f"{form_path}/1").form("Save and leave").fields
        kept = [fields.get(f"q_gad{number}") for number in (1, 2, 3)]
        return {
            "answers": int(kept == ["several_days", "nearly_every_day", None]),
            "revision": int(fields["revision"]),
        }

    return Act("save answers", lambda: ida.client.submit(form), effects)


def submit(portal: Portal) -> Act:
    """A client sends her answers: once to review, one mail to the practitioner."""
    ida, form_path = _asked(portal)
    ida.client.open(f"{form_path}/1")
    page = ida.client.press("Next step", **ALL_DAYS)
    form = next(one for one in page.forms if any("Send to" in label for label in one.buttons))

    def effects() -> dict[str, int]:
        page = ida.desk.open(f"{ida.her_page}/forms")
        told = {
            str(mail["Message-ID"])
            for mail in portal.mails_to(portal.demo["email"])
            if only_id(form_path) in mail.as_string()
        }
        return {"to review": page.text.count("To review"), "mail": len(told)}

    return Act("send answers", lambda: ida.client.submit(form), effects)


def _client(portal: Portal) -> Journey:
    return begin_journey(portal, "Ida")


def _booked(portal: Portal) -> tuple[Journey, str]:
    ida = _client(portal)
    _, service_id = add_service(ida.desk)
    appointment_id = book(ida.client, service_id)
    ida.mail(1)
    return ida, appointment_id


def _asked(portal: Portal) -> tuple[Journey, str]:
    """A client, and the address of a form that waits for her."""
    ida = _client(portal)
    template_id = _template(ida)
    ida.desk.open(f"{ida.her_page}/forms/send")
    ida.desk.press("Send form", template=template_id)
    return ida, ida.follow_mail(1).path


def _template(ida: Journey) -> str:
    page = ida.desk.open("/console/forms/templates")
    return only_id(page.links["Generalised Anxiety (GAD-7)"])


def _ids_of_mails(portal: Portal, address: str) -> int:
    return len({str(mail["Message-ID"]) for mail in portal.mails_to(address)})


def _invitations(portal: Portal, address: str, appointment_id: str, method: str) -> int:
    """How many mails with an invitation of that method there are about an appointment."""
    found = set()
    for mail in portal.mails_to(address):
        if any(part.get_content_type() == "text/calendar" for part in mail.walk()):
            words = invitation_of(mail)
            if f"UID:{appointment_id}@" in words and f"METHOD:{method}" in words:
                found.add(str(mail["Message-ID"]))
    return len(found)
