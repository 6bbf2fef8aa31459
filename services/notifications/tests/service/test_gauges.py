"""What operators measure of mails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from notifications.domain.outcome import unreachable
from notifications.domain.reasons import Reason
from notifications.operations.gauges import DELIVERIES, OLDEST_DUE, gauges
from notifications.operations.sending import send_due
from notifications.service import NotificationsService


@pytest.fixture
def measured(database, clock):
    """``measured(later=…)``: what is measured now, or after a while."""

    def measure(later=0):
        now = clock.now() + timedelta(seconds=later)
        with database.transaction() as tx:
            return {(one.gauge, *one.labels): one.value for one in gauges(tx, now)}

    return measure


def attempts(outcome, reason):
    labels = {"outcome": outcome, "reason": reason}
    return REGISTRY.get_sample_value("portal_mail_attempts_total", labels) or 0


def test_mails_are_counted_by_state_and_the_oldest_that_is_due_by_its_age(
    plan, make_sender, outbound, measured
):
    before = measured()
    assert (before[(DELIVERIES, "waiting")], before[(OLDEST_DUE,)]) == (0, 0)
    plan()
    waiting = measured(later=7)
    assert (waiting[(DELIVERIES, "waiting")], waiting[(OLDEST_DUE,)]) == (1, 7)
    send_due(make_sender())
    sent = measured(later=7)
    assert (sent[(DELIVERIES, "sent")], sent[(OLDEST_DUE,)]) == (1, 0)


def test_attempts_are_counted_by_what_the_mail_server_said(plan, make_sender, outbound):
    accepted = attempts("accepted", "")
    away = attempts("unreachable", "mail_server_unreachable")
    plan()
    send_due(make_sender())
    outbound.outcomes = [unreachable(Reason.MAIL_SERVER_UNREACHABLE)]
    plan()
    send_due(make_sender())
    assert attempts("accepted", "") == accepted + 1
    assert attempts("unreachable", "mail_server_unreachable") == away + 1


def test_the_service_measures_them_with_each_scrape():
    assert NotificationsService.gauges is gauges
