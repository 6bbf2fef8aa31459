"""What the doctor finds of the broker's users."""

from __future__ import annotations

import kombu
import pytest

from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts.catalogue import PROCESSES, SUBSCRIPTIONS
from portal_runner.doctor.broker_rights import check_rights
from portal_runner.doctor.finding import State
from portal_runner.doctor.target import Target


@pytest.fixture
def rights(amqp_uri):
    """``rights()``: what is found of every process's user."""
    accounts = {process: uri_as(process, amqp_uri) for process in PROCESSES}

    def check(**other):
        target = Target("here", amqp_uri=amqp_uri, broker_accounts=accounts | other)
        return {one.subject: one for one in check_rights(target)}

    return check


def test_users_of_the_broker_with_the_least_rights_are_well(rights):
    found = rights()
    assert list(found) == [f"rights of {process}" for process in PROCESSES]
    assert {one.state for one in found.values()} == {State.OK}


def test_a_user_of_the_broker_who_may_do_too_much_or_too_little_is_named(
    rights, rabbitmq, amqp_uri
):
    host = amqp_uri.rpartition("/")[2]

    def permit(process, *patterns):
        rabbitmq.control("set_permissions", "-p", host, f"latchkey-{process}", *patterns)

    permit("gateway", ".*", ".*", ".*")
    permit("forms", r"^rpc-forms$", r"^(forms\.events|amq\.default|rpc-forms)$", "^.*forms.*$")
    permit("scheduling", "^$", r"^(scheduling|notifications)\.events$", "^dead-letters$")
    found = rights()
    for process, beyond in {
        "gateway": ("declare anything", "write amq.default", "write scheduling.events"),
        "scheduling": ("write notifications.events", "read dead-letters"),
    }.items():
        one = found[f"rights of {process}"]
        assert one.state is State.TROUBLE
        assert f"latchkey-{process} may do more than it needs" in one.says
        assert all(act in one.says for act in beyond)
        assert "portal topology --permissions" in one.fix
    assert "write scheduling.events" not in found["rights of scheduling"].says
    for process in ("scheduling", "forms"):
        lacks = found[f"rights of {process}"].says.partition("may not do what it needs: ")[2]
        assert "write identity_links.calls" in lacks
    assert "may do more" not in found["rights of forms"].says
    assert found["rights of notifications"].state is State.OK


def test_trying_out_rights_changes_nothing(rights, amqp_uri):
    with kombu.Connection(amqp_uri) as connection:
        channel = connection.channel()
        waiting = [one.queue for one in SUBSCRIPTIONS] + ["dead-letters"]
        for queue in waiting:
            connection.Producer(channel).publish(b"{}", routing_key=queue)
        rights()
        for queue in waiting:
            found = channel.basic_get(queue, no_ack=True)
            assert not found.delivery_info["redelivered"]
            assert channel.queue_declare(queue, passive=True).message_count == 0


def test_a_user_of_the_broker_who_is_not_let_in_or_not_known_is_told(rights, amqp_uri):
    wrong = uri_as("forms", amqp_uri).replace("latchkey-forms:", "latchkey-forms:not")
    one = rights(forms=wrong)["rights of forms"]
    assert (one.state, "does not let latchkey-forms in" in one.says) == (State.TROUBLE, True)
    one = rights(forms=None)["rights of forms"]
    assert (one.state, "FORMS_AMQP_URI" in one.fix) == (State.NOTE, True)
