"""Acts of a client, each with a client of its own, ready to be sent."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from portal_runner.doctor.invariants.journal import Act
from tests.kit.pages import Form, Page
from tests.kit.portal.effects import access_rows, invitations, mails_about
from tests.kit.portal.journeys import (
    Journey,
    add_service,
    begin_journey,
    book,
    only_id,
    open_last_day,
    press_time,
)
from tests.kit.portal.portals import Portal
from tests.kit.portal.repeatable_acts import RepeatableAct
from tests.kit.visitor import Visitor

_APPOINTMENT = re.compile(r'"/appointments/([0-9a-f-]{36})')

ALL_DAYS = {f"q_gad{number}": "several_days" for number in range(1, 8)}


def enter(portal: Portal) -> RepeatableAct:
    """The client opens the link of a mail, and is in."""
    ida = begin_journey(portal, "Ida")
    visitor = portal.visitor()
    link = portal.portal_link_in(ida.mail(0))

    def is_in() -> dict[str, int]:
        return {"signed in": int(visitor.open("/home").path == "/home")}

    return RepeatableAct("enter by a link", lambda: visitor.open(link), is_in)


def planned(client: Visitor) -> int:
    """How many appointments to come are in a client's list."""
    to_come = client.open("/appointments").html.partition('id="part-cancelled"')[0]
    return len(set(_APPOINTMENT.findall(to_come)))


def confirm(portal: Portal) -> RepeatableAct:
    """Confirm a time: one appointment, one mail to client and practitioner, one line in the log."""
    ida = begin_journey(portal, "Ida")
    _, service_id = add_service(ida.desk)
    return confirm_for(ida, service_id)


def confirm_for(ida: Journey, service_id: str) -> RepeatableAct:
    """The same for a client and a service that are there already."""
    portal = ida.portal
    before = planned(ida.client)
    page = press_time(ida.client, open_last_day(ida.client, f"/book/{service_id}"))
    appointment_id, form = only_id(page.path), page.form("Confirm appointment")

    def effects() -> dict[str, int]:
        return {
            "appointment": planned(ida.client) - before,
            "mail to the client": invitations(portal, ida.address, appointment_id, "REQUEST"),
            "mail to the practitioner": invitations(
                portal, portal.demo["email"], appointment_id, "REQUEST"
            ),
            "access log": access_rows(portal, "appointment.booked", ida.client_id) - before,
        }

    return RepeatableAct(
        "confirm an appointment",
        lambda: ida.client.submit(form),
        effects,
        kind=Act.BOOK,
        about=about(form, appointment_id),
    )


def move(portal: Portal) -> RepeatableAct:
    """Move an appointment: it is elsewhere, and one mail says so."""
    ida, appointment_id = _booked(portal)
    form = open_last_day(ida.client, f"/appointments/{appointment_id}/move", at_least=4)
    name, value = list(form.sent_by.values())[3]
    form.fields |= {name: value, "confirmed": "1"}

    def effects() -> dict[str, int]:
        return {
            "appointment": planned(ida.client),
            # The first one told of the booking.
            "mail": invitations(portal, ida.address, appointment_id, "REQUEST") - 1,
        }

    return RepeatableAct(
        "move an appointment",
        lambda: ida.client.submit(form),
        effects,
        kind=Act.MOVE,
        about=about(form, appointment_id) | {"starts_at": value},
    )


def cancel(portal: Portal) -> RepeatableAct:
    """Cancel an appointment: it is off, and one mail says so."""
    ida, appointment_id = _booked(portal)
    page = ida.client.open(f"/appointments/{appointment_id}/cancel")
    form = page.form("Cancel appointment")

    def effects() -> dict[str, int]:
        page = ida.client.open(f"/appointments/{appointment_id}")
        return {
            "cancelled": int("Cancelled" in page.text),
            "mail": invitations(portal, ida.address, appointment_id, "CANCEL"),
        }

    return RepeatableAct(
        "cancel an appointment",
        lambda: ida.client.submit(form),
        effects,
        kind=Act.CANCEL,
        about=about(form, appointment_id),
    )


def save(portal: Portal) -> RepeatableAct:
    """Fill in a form that the browser saves: the answers are there, in one revision."""
    ida, form_path = asked(portal)
    form = ida.client.open(f"{form_path}/1").form("Save and leave")
    form.action = f"{form_path}/1/save"
    given = {"gad1": "several_days", "gad2": "nearly_every_day"}
    form.fields |= {f"q_{question}": answer for question, answer in given.items()}

    def effects() -> dict[str, int]:
        fields = ida.client.open(f"{form_path}/1").form("Save and leave").fields
        kept = {question: fields.get(f"q_{question}") for question in given}
        return {"answers": int(kept == given), "revision": int(fields["revision"])}

    def from_answer(page: Page) -> dict[str, Any]:
        return {"revision": msgspec.json.decode(page.html)["revision"]}

    return RepeatableAct(
        "save answers",
        lambda: ida.client.submit(form),
        effects,
        kind=Act.SAVE,
        about=about(form, only_id(form_path)) | {"answers": given},
        from_answer=from_answer,
    )


def submit(portal: Portal) -> RepeatableAct:
    """Send the answers: once to review, one mail to the practitioner."""
    ida, form_path = asked(portal)
    ida.client.open(f"{form_path}/1")
    page = ida.client.press("Next step", **ALL_DAYS)
    form = next(one for one in page.forms if any("Send to" in label for label in one.buttons))

    def effects() -> dict[str, int]:
        page = ida.desk.open(f"{ida.client_page}/forms")
        return {
            "to review": page.text.count("To review"),
            "mail": mails_about(portal, portal.demo["email"], only_id(form_path)),
        }

    return RepeatableAct("send answers", lambda: ida.client.submit(form), effects)


def asked(portal: Portal) -> tuple[Journey, str]:
    """A client, and the address of a form that waits to be filled in."""
    ida = begin_journey(portal, "Ida")
    template_id = ida.template("Generalised Anxiety (GAD-7)")
    ida.desk.open(f"{ida.client_page}/forms/send")
    ida.desk.press("Send form", template=template_id)
    return ida, ida.follow_mail(1).path


def _booked(portal: Portal) -> tuple[Journey, str]:
    ida = begin_journey(portal, "Ida")
    _, service_id = add_service(ida.desk)
    appointment_id = book(ida.client, service_id)
    ida.mail(1)
    return ida, appointment_id


def about(form: Form, subject_id: str) -> dict[str, Any]:
    """What the journal notes of sending `form`, besides the outcome."""
    return {"key": form.fields["idempotency_key"], "id": subject_id}
