"""Acts of a practitioner, each about a client of its own, ready to be sent."""

from __future__ import annotations

import re

from tests.kit.portal.effects import access_rows, mails_about
from tests.kit.portal.journeys import UUID, begin_journey
from tests.kit.portal.portals import Portal
from tests.kit.portal.repeatable_acts import RepeatableAct


def share(portal: Portal) -> RepeatableAct:
    """Share a link: one mail."""
    ida = begin_journey(portal, "Ida")
    ida.desk.open(ida.client_page)
    form = ida.desk.follow("Share link").form("Share link")
    return RepeatableAct(
        "share a link",
        lambda: ida.desk.submit(form),
        # The first one brought the client here.
        lambda: {"mail": mails_about(portal, ida.address) - 1},
    )


def ask(portal: Portal) -> RepeatableAct:
    """Send a form: one mail asks for it."""
    ida = begin_journey(portal, "Ida")
    template_id = ida.template("Generalised Anxiety (GAD-7)")
    form = ida.desk.open(f"{ida.client_page}/forms/send").form("Send form")
    form.fields["template"] = template_id
    return RepeatableAct(
        "send a form to a client",
        lambda: ida.desk.submit(form),
        lambda: {"mail": mails_about(portal, ida.address) - 1},
    )


def resend(portal: Portal) -> RepeatableAct:
    """Send a mail again: one more mail, one line in the log."""
    ida = begin_journey(portal, "Ida")
    mails = ida.desk.open(f"/console/mails?client={ida.client_id}")
    found = re.search(rf"/console/mails/{UUID.pattern}", mails.html)
    assert found, mails.text
    form = ida.desk.open(found[0]).form("Send again")

    def effects() -> dict[str, int]:
        return {
            "mail": mails_about(portal, ida.address) - 1,
            "access log": access_rows(portal, "delivery.resent", ida.client_id),
        }

    return RepeatableAct("send a mail again", lambda: ida.desk.submit(form), effects)
