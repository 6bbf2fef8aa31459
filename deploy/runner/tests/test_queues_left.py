"""Queues that a former release has left: the doctor names them, and a command removes them."""

import kombu
import pytest
from typer.testing import CliRunner

from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_contracts import queues
from portal_contracts.broker_accounts import _rights_of
from portal_contracts.catalogue import SUBSCRIPTIONS
from portal_contracts.snapshots import EXAMPLES
from portal_runner import cli
from portal_runner.doctor.broker import check_broker
from portal_runner.doctor.target import Target

LEFT = "notifications.on_form_lent"
EVENT = (EXAMPLES / "forms.form.sent.v1.json").read_bytes()


@pytest.fixture
def left(amqp_uri, monkeypatch, tmp_path):
    """Publishes to the queue that another release has left at the broker."""
    known = tmp_path / "declared.json"
    known.write_text(f'["{LEFT}", "notifications.on_form_sent"]')
    monkeypatch.setattr(queues, "DECLARED", known)
    monkeypatch.setenv("PORTAL_AMQP_URI", amqp_uri)
    with kombu.Connection(amqp_uri) as connection:
        channel = connection.channel()
        exchange = kombu.Exchange("forms.events", type="topic", durable=True)
        kombu.Queue(
            LEFT,
            exchange=exchange,
            routing_key="forms.form.sent.v1",
            queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": 20},
        )(channel).declare()

        def publish(*bodies):
            channel.confirm_select()
            for body in bodies:
                connection.Producer(channel).publish(
                    body, exchange=exchange, routing_key="forms.form.sent.v1"
                )

        publish.channel = channel
        yield publish


def remove(*options, queue=LEFT):
    return CliRunner().invoke(cli.app, ["remove-queue", queue, *options])


def found_by_the_doctor(amqp_uri):
    findings = check_broker(Target("here", amqp_uri=amqp_uri))
    return [one for one in findings if one.subject == f"queue {LEFT}"]


def is_there(left):
    channel = left.channel.connection.channel()
    try:
        return channel.queue_declare(LEFT, passive=True).message_count
    except left.channel.connection.channel_errors:
        return None


def test_the_doctor_names_a_queue_that_no_release_takes_from(left, amqp_uri):
    left(EVENT, EVENT)
    [one] = found_by_the_doctor(amqp_uri)
    assert one.state == "trouble"
    assert "2 wait" in one.says
    assert f"remove-queue {LEFT}" in one.fix


def test_a_queue_that_an_older_release_takes_from_is_left_to_it(left, amqp_uri):
    left.channel.basic_consume(LEFT, callback=lambda _message: None)
    [one] = found_by_the_doctor(amqp_uri)
    assert (one.state, "1 of its processes" in one.says) == ("note", True)
    result = remove("--apply")
    assert (result.exit_code, is_there(left)) == (1, 0)
    assert "another release take from it" in result.stderr


def test_what_nobody_left_is_told_by_nobody(left, amqp_uri):
    left.channel.queue_delete(LEFT)
    assert found_by_the_doctor(amqp_uri) == []
    result = remove("--apply")
    assert (result.exit_code, result.stderr) == (1, f"There is no queue {LEFT}.\n")


def test_what_a_queue_holds_is_shown_and_stays(left):
    left(EVENT, b"not JSON")
    result = remove()
    assert result.exit_code == 0
    assert "forms.form.sent.v1" in result.stdout
    assert "2026-12-01 08:30:00" in result.stdout
    assert "unreadable" in result.stdout
    assert "--apply --drop 2" in result.stdout
    assert is_there(left) == 2


@pytest.mark.parametrize("drop", ["0", "1", "3"])
def test_messages_are_lost_only_by_their_number(left, drop):
    left(EVENT, EVENT)
    result = remove("--apply", "--drop", drop)
    assert (result.exit_code, is_there(left)) == (1, 2)
    assert "it holds 2 message(s)" in result.stderr
    result = remove("--apply", "--drop", "2")
    assert (result.exit_code, is_there(left)) == (0, None)
    assert f"Removed {LEFT}, with 2 message(s)." in result.stdout


def test_an_empty_queue_goes(left):
    assert "is empty" in remove().stdout
    assert remove("--apply").exit_code == 0
    assert is_there(left) is None


@pytest.mark.parametrize(
    "queue", [SUBSCRIPTIONS[0].queue, "dead-letters", "rpc-forms", "else.on_it", "forms."]
)
def test_no_other_queue_is_removed(left, queue):
    result = remove("--apply", queue=queue)
    assert (result.exit_code, "no queue that a release" in result.stderr) == (2, True)


def test_a_broker_that_is_away_or_lets_nobody_do_it_is_told(left, monkeypatch, amqp_uri):
    monkeypatch.setenv("PORTAL_AMQP_URI", uri_as("forms", amqp_uri))
    result = remove("--apply")
    assert (result.exit_code, "has to name its owner" in result.stderr) == (1, True)
    monkeypatch.setenv("PORTAL_AMQP_URI", "amqp://127.0.0.1:1//")
    result = remove("--apply")
    assert (result.exit_code, "does not answer" in result.stderr) == (1, True)


def test_a_process_of_the_former_release_may_go_on_taking_from_it(left):
    assert LEFT in _rights_of("notifications").read
    assert LEFT not in _rights_of("forms").read
