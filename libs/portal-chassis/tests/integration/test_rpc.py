"""Calls to a real service process over RabbitMQ."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import func, select
from toy import contract
from toy.contract import Say
from toy.tables import chassis

from portal_contracts.actor import NOBODY
from portal_contracts.errors import ERRORS, Invalid, Unavailable
from tests.kit.waiting import eventually


def test_a_call_is_answered_with_its_circumstances(toy, practitioner):
    said = toy.rpc.call(
        contract.ECHO,
        Say(word="hello"),
        actor=practitioner,
        request_id="request-7",
        address="192.0.2.7",
    )
    assert said == contract.Said(word="hello", address="192.0.2.7", request_id="request-7")


def test_fifty_threads_on_one_client_each_get_their_own_answer(toy, practitioner):
    def ask(number):
        words = [f"{number} {turn}" for turn in range(10)]
        return [
            toy.rpc.call(contract.ECHO, Say(word=word), actor=practitioner).word == word
            for word in words
        ]

    with ThreadPoolExecutor(50) as threads:
        answers = [right for result in threads.map(ask, range(50)) for right in result]
    assert len(answers) == 500
    assert all(answers)
    assert not toy.rpc._replies._waiting


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_a_refusal_crosses_as_it_is(toy, practitioner, kind):
    with pytest.raises(ERRORS[kind]) as refusal:
        toy.rpc.call(contract.REFUSE, Say(word=kind), actor=practitioner)
    error = refusal.value
    assert (error.code, error.detail) == ("some_code", "A sentence.")
    assert (error.fields, error.retry_after_seconds) == ({"word": "malformed"}, 7)
    written = f"refused {kind}" in toy.words()
    assert written == (kind in {"Forbidden", "NotFound"})


@pytest.mark.parametrize(
    ("method", "error"),
    [(contract.FAIL, "RuntimeError"), (contract.UNENCODABLE, "TypeError")],
)
def test_a_failure_reaches_the_caller_without_its_text(toy, practitioner, method, error):
    secret = f"Anna Example {uuid.uuid4()}"
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(method, Say(word=secret), actor=practitioner, request_id="request-13")
    assert failure.value.code == "internal_error"
    assert "request-13" in failure.value.detail
    assert secret not in str(failure.value)
    line = [one for one in toy.service.log_lines() if one["event"] == "call_failed"][-1]
    assert (line["error"], line["request_id"]) == (error, "request-13")
    assert "service.py" in line["where"] or "consumer.py" in line["where"]
    assert secret not in toy.service.log_text()


def test_an_answer_that_breaks_the_contract_is_a_failure(toy, practitioner):
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(contract.WRONG_RESULT, Say(word="x"), actor=practitioner)
    assert failure.value.code == "internal_error"


def test_a_provider_from_elsewhere_sees_a_worker_begin_and_end(toy, practitioner):
    toy.rpc.call(contract.ECHO, Say(word="x"), actor=practitioner)
    with pytest.raises(ERRORS["Conflict"]):
        toy.rpc.call(contract.REFUSE, Say(word="Conflict"), actor=practitioner)

    def finished():
        return toy.rpc.call(contract.WORKERS, Say(word=""), actor=practitioner).finished

    assert eventually(lambda: "echo: made, set up, done" in finished())
    assert eventually(lambda: "refuse: made, set up, failed" in finished())


def test_an_unknown_method_is_refused(toy, practitioner):
    with pytest.raises(Invalid) as refusal:
        toy.rpc.call(contract.UNKNOWN, Say(word="x"), actor=practitioner)
    assert refusal.value.code == "unknown_method"


def test_a_service_that_is_not_there_is_unavailable_at_once(toy, practitioner):
    began = time.monotonic()
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(contract.MISSING, Say(word="x"), actor=practitioner)
    assert failure.value.code == "service_unavailable"
    assert time.monotonic() - began < 4


def test_a_mutation_needs_a_key(toy, practitioner):
    with pytest.raises(Invalid) as refusal:
        toy.rpc.call(contract.ADD, Say(word="keyless"), actor=practitioner)
    assert refusal.value.code == "idempotency_key_missing"


def test_twenty_calls_with_one_key_are_one_row_and_twenty_equal_answers(toy, practitioner):
    def add(_number):
        return toy.rpc.call(
            contract.ADD, Say(word="twenty"), actor=practitioner, idempotency_key="twenty"
        )

    with ThreadPoolExecutor(20) as threads:
        answers = set(threads.map(add, range(20)))
    assert len(answers) == 1
    assert toy.things().count("twenty") == 1


def test_a_call_with_a_password_leaves_no_trace_in_the_idempotency_store(toy, practitioner):
    def stored():
        with toy.database.transaction() as tx:
            return tx.execute(select(func.count()).select_from(chassis.idempotency)).scalar_one()

    before = stored()
    for word in ("first", "second"):
        toy.rpc.call(
            contract.SECRET, Say(word=word), actor=practitioner, idempotency_key="of a password"
        )
    assert stored() == before


def test_a_call_inside_a_transaction_is_refused(toy, practitioner):
    with toy.database.transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        toy.rpc.call(contract.ECHO, Say(word="x"), actor=practitioner)
    pending = toy.rpc.submit(contract.ECHO, Say(word="x"), actor=practitioner)
    with toy.database.transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        pending.result()
    # Greenthreads each have transactions of their own: in a service it is the same.
    codes = {contract.CALL_INSIDE: "internal_error", contract.CALL_OUTSIDE: "service_unavailable"}
    for method, code in codes.items():
        with pytest.raises(Unavailable) as failure:
            toy.rpc.call(method, Say(word="x"), actor=practitioner)
        assert failure.value.code == code


def test_calls_can_be_made_at_the_same_time(toy, practitioner):
    began = time.monotonic()
    pending = [
        toy.rpc.submit(contract.SLOW, Say(word=f"parallel {one}", seconds=0.8), actor=practitioner)
        for one in range(4)
    ]
    assert [one.result().word for one in pending] == [f"parallel {one}" for one in range(4)]
    # One after the other they take 3.2 s.
    assert time.monotonic() - began < 3


def test_an_answer_nobody_waits_for_any_more_is_forgotten(toy, practitioner):
    for _ in range(3):
        toy.rpc.submit(contract.SLOW, Say(word="forgotten", seconds=0.1), actor=practitioner)
    with pytest.raises(Unavailable) as failure:
        toy.rpc.call(
            contract.SLOW, Say(word="late", seconds=0.4), actor=practitioner, timeout_seconds=0.2
        )
    assert failure.value.code == "service_unavailable"
    assert not toy.rpc._replies._waiting
    eventually(lambda: "ended late" in toy.words())
    assert toy.rpc.call(contract.ECHO, Say(word="next"), actor=practitioner).word == "next"


def headers(**changes):
    return {"method": "echo", "deadline_ms": (time.time() + 60) * 1000} | changes


def encoded(**changes):
    request = {
        "actor": NOBODY,
        "request_id": "r",
        "arguments": {"word": "w"},
        "idempotency_key": None,
        "address": "",
    }
    return msgspec.json.encode(request | changes)


DEEP = b"[" * 1000 + b"]" * 1000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{not json", id="bad JSON"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"null", id="null"),
        pytest.param(encoded(actor={"kind": "king"}), id="unknown kind of actor"),
        pytest.param(encoded(arguments={}), id="missing field"),
        pytest.param(encoded(arguments={"word": 7}), id="wrong type"),
        pytest.param(encoded(arguments={"word": "w", "seconds": "NaN"}), id="not a number"),
        pytest.param(b'{"arguments":' + DEEP + b"}", id="1000 levels deep"),
        pytest.param(encoded().replace(b'"w"', b'"\\ud800"'), id="lone surrogate"),
        pytest.param(encoded(request_id="r" * 201), id="long request id"),
        pytest.param(encoded(idempotency_key="k" * 201), id="long key"),
        pytest.param(encoded(arguments={"word": ["x" * 1000] * 1000}), id="1 MB"),
    ],
)
def test_what_cannot_be_decoded_is_malformed(toy, look_into, body):
    broker = look_into(toy.amqp_uri)
    broker.publish(
        body, routing_key="rpc-notifications", headers=headers(), reply_to="dead-letters"
    )
    reply = eventually(lambda: broker.take("dead-letters"))
    assert msgspec.json.decode(reply.body)["error"]["code"] == "malformed_arguments"


@pytest.mark.parametrize(
    "word", ["\\u0000", "\\\\u0000", "a\\", "", "🙂", "x" * 1_000_000], ids=range(6)
)
def test_what_only_looks_malformed_is_answered(toy, practitioner, word):
    assert toy.rpc.call(contract.ECHO, Say(word=word), actor=practitioner).word == word


def test_a_text_reaches_the_method_without_what_cannot_be_seen(toy, practitioner):
    word = "\u202aMy story\x0bpasted\u200b\x00"
    answered = toy.rpc.call(contract.ECHO, Say(word=word), actor=practitioner)
    assert answered.word == "My story\npasted"


def test_half_a_character_is_refused_before_it_is_sent(toy, practitioner):
    with pytest.raises(Invalid) as refusal:
        toy.rpc.call(contract.ECHO, Say(word="\ud800"), actor=practitioner)
    assert refusal.value.code == "malformed_arguments"
    assert not toy.rpc._replies._waiting


@pytest.mark.parametrize(
    "too_late",
    [
        pytest.param({"method": "slow"}, id="no deadline"),
        pytest.param({"method": "slow", "deadline_ms": "soon"}, id="no number"),
        pytest.param({"method": "slow", "deadline_ms": 1}, id="long ago"),
    ],
)
def test_a_call_whose_deadline_is_over_never_runs(toy, look_into, practitioner, too_late):
    broker = look_into(toy.amqp_uri)
    broker.publish(
        encoded(arguments={"word": "too late"}), routing_key="rpc-notifications", headers=too_late
    )
    # The next call is behind it in the same queue.
    toy.rpc.call(contract.ECHO, Say(word="next"), actor=practitioner)
    assert "began too late" not in toy.words()


def test_strange_messages_do_not_end_the_service(toy, look_into, practitioner):
    broker = look_into(toy.amqp_uri)
    for properties in (
        {"headers": headers(method=["a", "list"])},
        {"headers": headers(), "content_type": "application/json"},
        {"headers": headers(), "content_type": "application/x-python-serialize"},
        {"headers": headers(compression="zlib")},
        {"headers": headers(), "reply_to": "a queue that is not there"},
        {"headers": headers(), "reply_to": "x" * 255},
        {},
    ):
        broker.publish(encoded(), routing_key="rpc-notifications", **properties)
    for _ in range(3):
        assert toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner).word == "w"
    eventually(lambda: broker.depth("rpc-notifications") == 0)


def test_a_call_that_waited_too_long_for_a_worker_never_runs(start_toy, practitioner):
    toy = start_toy(max_workers=1)
    running = toy.rpc.submit(contract.SLOW, Say(word="one", seconds=1), actor=practitioner)
    eventually(lambda: "began one" in toy.words())
    with pytest.raises(Unavailable):
        toy.rpc.call(contract.SLOW, Say(word="two"), actor=practitioner, timeout_seconds=0.3)
    assert running.result().word == "one"
    assert toy.rpc.call(contract.ECHO, Say(word="three"), actor=practitioner).word == "three"
    assert "began two" not in toy.words()


def test_a_queue_that_was_deleted_is_declared_again(toy, look_into, practitioner):
    broker = look_into(toy.amqp_uri)
    broker.delete("rpc-notifications")
    eventually(lambda: broker.consumers("rpc-notifications") == 1)
    assert toy.rpc.call(contract.ECHO, Say(word="w"), actor=practitioner).word == "w"


def test_a_service_that_is_killed_leaves_its_caller_with_a_clean_answer(start_toy, practitioner):
    toy = start_toy()
    pending = toy.rpc.submit(
        contract.SLOW, Say(word="doomed", seconds=5), actor=practitioner, timeout_seconds=1
    )
    eventually(lambda: "began doomed" in toy.words())
    toy.service.kill()
    with pytest.raises(Unavailable) as failure:
        pending.result()
    assert failure.value.code == "service_unavailable"


def test_stopping_finishes_what_runs(start_toy, look_into, practitioner):
    toy = start_toy(max_workers=2)
    pending = [
        toy.rpc.submit(contract.SLOW, Say(word=word, seconds=1), actor=practitioner)
        for word in ("one", "two", "left for another process")
    ]
    eventually(lambda: {"began one", "began two"} <= set(toy.words()))
    assert toy.service.stop() == 0
    assert [one.result().word for one in pending[:2]] == ["one", "two"]
    assert look_into(toy.amqp_uri).depth("rpc-notifications") == 1
    assert sorted(toy.words()) == ["began one", "began two", "counted", "ended one", "ended two"]


def test_a_rolling_restart_fails_no_call(start_toy, practitioner):
    old = start_toy()
    done = threading.Event()

    def ask(number):
        count = 0
        while not done.is_set():
            word = f"{number} {count}"
            assert old.rpc.call(contract.ECHO, Say(word=word), actor=practitioner).word == word
            count += 1
        return count

    with ThreadPoolExecutor(4) as threads:
        answered = [threads.submit(ask, number) for number in range(4)]
        new = start_toy()
        assert old.service.stop() == 0
        again = start_toy()
        assert new.service.stop() == 0
        done.set()
        assert min(one.result() for one in answered) > 100
    assert again.service.is_ready()
