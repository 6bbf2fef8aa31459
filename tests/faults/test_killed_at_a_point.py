"""`kill -9` of each service at exact points: what was asked for happens, exactly once.

docs/reliability.md tells what each point means for the person who waits.
"""

from __future__ import annotations

import pytest

from portal_contracts.forms.events import FormSubmitted
from portal_contracts.identity_links.events import PortalLinkShared
from portal_contracts.notifications.events import AccessRecorded
from portal_contracts.scheduling.events import AppointmentBooked, ScheduleAccessRecorded
from tests.kit.portal.client_acts import cancel, confirm, enter, move, save, submit
from tests.kit.portal.crash_points import CrashPoint
from tests.kit.portal.crashes import Crashes
from tests.kit.portal.desk_acts import ask, resend, share
from tests.kit.portal.repeatable_acts import EFFECT_SECONDS
from tests.kit.waiting import eventually

pytestmark = pytest.mark.timeout(150)

SHARED = PortalLinkShared.TYPE
BOOKED = AppointmentBooked.TYPE
SUBMITTED = FormSubmitted.TYPE
OPENED = AccessRecorded.TYPE
LOGGED = ScheduleAccessRecorded.TYPE


def case(act, service, point, what, *marks):
    name = f"{act.__name__}-{service}-{point}"
    return pytest.param(act, service, point, what, marks=marks, id=name)


def long(act, service, point, what):
    return case(act, service, point, what, pytest.mark.long)


@pytest.mark.parametrize(
    ("act", "service", "point", "method"),
    [
        long(share, "identity_links", CrashPoint.BEFORE_COMMIT, "share_link"),
        long(share, "identity_links", CrashPoint.BEFORE_REPLY, "share_link"),
        long(enter, "identity_links", CrashPoint.BEFORE_REPLY, "redeem_link"),
        long(confirm, "scheduling", CrashPoint.BEFORE_COMMIT, "confirm_hold"),
        case(confirm, "scheduling", CrashPoint.BEFORE_REPLY, "confirm_hold"),
        long(move, "scheduling", CrashPoint.BEFORE_REPLY, "move_own_appointment"),
        long(cancel, "scheduling", CrashPoint.BEFORE_COMMIT, "cancel_own_appointment"),
        long(save, "forms", CrashPoint.BEFORE_COMMIT, "save_section"),
        long(save, "forms", CrashPoint.BEFORE_REPLY, "save_section"),
        long(submit, "forms", CrashPoint.BEFORE_COMMIT, "submit_form"),
        long(submit, "forms", CrashPoint.BEFORE_REPLY, "submit_form"),
        long(ask, "forms", CrashPoint.BEFORE_REPLY, "send_form"),
        long(resend, "notifications", CrashPoint.BEFORE_COMMIT, "resend_delivery"),
        long(resend, "notifications", CrashPoint.BEFORE_REPLY, "resend_delivery"),
    ],
)
def test_an_act_whose_service_dies_happens_once(portal_stack, tally, act, service, point, method):
    asked = tally.add(act(portal_stack))
    with Crashes(portal_stack).at(service, point, method):
        asked.press_until_acknowledged()
    tally.wait()


@pytest.mark.parametrize(
    ("act", "service", "point", "event"),
    [
        long(share, "identity_links", CrashPoint.BEFORE_MARK, SHARED),
        long(confirm, "scheduling", CrashPoint.BEFORE_PUBLISH, BOOKED),
        case(confirm, "scheduling", CrashPoint.BEFORE_MARK, BOOKED),
        long(submit, "forms", CrashPoint.BEFORE_MARK, SUBMITTED),
        long(resend, "notifications", CrashPoint.BEFORE_MARK, OPENED),
    ],
)
def test_an_event_whose_publisher_dies_has_its_effect_once(
    portal_stack, tally, act, service, point, event
):
    asked = tally.add(act(portal_stack))
    with Crashes(portal_stack).at(service, point, event):
        asked.press_until_acknowledged()
    tally.wait()


@pytest.mark.long
@pytest.mark.parametrize(
    ("act", "service", "point", "what"),
    [
        case(confirm, "notifications", CrashPoint.BEFORE_COMMIT, "on_appointment_booked"),
        case(confirm, "notifications", CrashPoint.BEFORE_ACK, BOOKED),
        case(confirm, "identity_links", CrashPoint.BEFORE_COMMIT, "on_schedule_access_recorded"),
        case(confirm, "identity_links", CrashPoint.BEFORE_ACK, LOGGED),
    ],
)
def test_an_event_whose_consumer_dies_has_its_effect_once(
    portal_stack, tally, act, service, point, what
):
    asked = tally.add(act(portal_stack))
    with Crashes(portal_stack).at(service, point, what):
        asked.press_until_acknowledged()
    tally.wait()


@pytest.mark.long
def test_a_sender_that_dies_before_the_mail_is_handed_in_is_succeeded(portal_stack, tally):
    asked = tally.add(share(portal_stack))
    with Crashes(portal_stack).at("notifications", CrashPoint.BEFORE_HANDING_IN, "mail"):
        asked.press_until_acknowledged()
    tally.wait()


@pytest.mark.long
def test_a_mail_whose_sender_dies_after_the_250_comes_again_under_its_message_id(
    portal_stack, tally, invariant_checks
):
    asked = tally.add(share(portal_stack))
    server, before = portal_stack.mail_server, len(portal_stack.mail_server.messages)
    invariant_checks.resent += 1
    with Crashes(portal_stack).at("notifications", CrashPoint.AFTER_ACCEPTANCE, "accepted"):
        asked.press_until_acknowledged()

    def came_again():
        return [mail.message["Message-ID"] for mail in server.messages[before:]][1:]

    [again] = eventually(came_again, within=EFFECT_SECONDS)
    assert again == server.messages[before].message["Message-ID"]
    tally.wait()
