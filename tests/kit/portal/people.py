"""Who makes the load of a fault test: people who book and cancel, fill in, and share links."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import msgspec

from portal_runner.doctor.invariants.journal import Act
from tests.kit.pages import Page
from tests.kit.portal.client_acts import about, asked
from tests.kit.portal.effects import mails_about
from tests.kit.portal.journeys import (
    add_service,
    begin_journey,
    only_id,
    open_last_day,
    press_time,
)
from tests.kit.portal.load import Answer, Person, Watched
from tests.kit.portal.portals import Portal
from tests.kit.portal.repeatable_acts import RepeatableAct


def nothing_seen() -> dict[str, int]:
    """What came of an act that only the journal tells of."""
    return {}


def who_books(portal: Portal, answers: list[Answer], number: int) -> Person:
    """Books a time, cancels it, and begins again; `number`: which time of the day."""
    ida = begin_journey(portal, "Ida")
    _, service_id = add_service(ida.desk)
    # Within a minute she books more often than a client may within a day.
    ida.desk.open("/console/settings/booking")
    ida.desk.press("Save changes", max_per_day="", max_open="")
    client = Watched(ida.client, answers)
    booked: list[str] = []

    def book() -> RepeatableAct:
        times = open_last_day(client, f"/book/{service_id}", at_least=number + 1)
        page = press_time(client, times, number)
        form = page.form("Confirm appointment")

        def send() -> Page:
            page = client.submit(form)
            if page.status == 200:
                booked.append(only_id(page.path))
            return page

        what = about(form, only_id(page.path))
        return RepeatableAct("book", send, nothing_seen, kind=Act.BOOK, about=what)

    def cancel() -> RepeatableAct:
        page = client.open(f"/appointments/{booked[-1]}/cancel")
        form = page.form("Cancel appointment")
        what = about(form, booked[-1])
        booked.clear()
        return RepeatableAct(
            "cancel", lambda: client.submit(form), nothing_seen, kind=Act.CANCEL, about=what
        )

    return lambda: cancel() if booked else book()


def who_fills_in(portal: Portal, answers: list[Answer]) -> Person:
    """Changes one answer of a form, again and again."""
    ida, form_path = asked(portal)
    client = Watched(ida.client, answers)
    words = itertools.cycle(["several_days", "nearly_every_day", "not_at_all"])

    def from_answer(page: Page) -> dict[str, Any]:
        return {"revision": msgspec.json.decode(page.html)["revision"]}

    def save() -> RepeatableAct:
        form = client.open(f"{form_path}/1").form("Save and leave")
        form.action = f"{form_path}/1/save"
        given = {"gad1": next(words)}
        form.fields |= {f"q_{question}": answer for question, answer in given.items()}
        what = about(form, only_id(form_path)) | {"answers": given}
        return RepeatableAct(
            "save answers",
            lambda: client.submit(form),
            nothing_seen,
            kind=Act.SAVE,
            about=what,
            from_answer=from_answer,
        )

    return save


def who_shares(portal: Portal, answers: list[Answer]) -> Person:
    """Adds a client and shares a link with each, one after the other."""
    desk = Watched(portal.practitioner(), answers)

    def share() -> RepeatableAct:
        address = f"load.{uuid.uuid4().hex[:10]}@example.org"
        desk.open("/console/clients/new")
        desk.press("Add client", name="Under Load", email=address)
        form = desk.follow("Share link").form("Share link")
        return RepeatableAct(
            "share a link",
            lambda: desk.submit(form),
            lambda: {"mail": mails_about(portal, address)},
        )

    return share


def everybody(portal: Portal, answers: list[Answer]) -> list[Person]:
    """Two who book, one who fills in, one who shares."""
    return [
        who_books(portal, answers, 1),
        who_books(portal, answers, 5),
        who_fills_in(portal, answers),
        who_shares(portal, answers),
    ]


__all__ = ["everybody", "who_books", "who_fills_in", "who_shares"]
