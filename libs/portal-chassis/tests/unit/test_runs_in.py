"""What a method runs in, and what is asked before it begins."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from portal_chassis.call import Call
from portal_chassis.clock import Clock
from portal_chassis.process.providers import ClockProvider
from portal_chassis.rpc.consumer import Expired
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.actor import NOBODY
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.errors import Forbidden

READ = Method("toys", "read", Nothing, Done, "Reads.")
CHANGE = Method("toys", "change", Nothing, Done, "Changes.", mutates=True)


@dataclass
class Recorded:
    """A database that writes down what is opened."""

    steps: list[str] = field(default_factory=list)

    def once(self, call, operation):
        self.steps.append(f"once {call.idempotency_key}")
        return operation("tx")

    def __getattr__(self, way):
        @contextmanager
        def opened():
            self.steps.append(way)
            yield "tx"
            self.steps.append("end")

        return opened


def ask(method, answer, *, expires_at=float("inf"), **options):
    """Call a service whose method is `answer`; the steps of its database, and the result."""
    service = type("Toys", (), {method.name: rpc(method, **options)(answer)})()
    service.database = Recorded()
    call = Call(NOBODY, "r", "key", method, Clock().now(), expires_at=expires_at)
    try:
        result = getattr(service, method.name)(Nothing(), call)
    except Forbidden as refused:
        result = refused.code
    return service.database.steps, result


def done(_service, tx, _command, _call):
    assert tx == "tx"
    return Done()


@pytest.mark.parametrize(
    ("method", "asked", "steps"),
    [
        (READ, None, ["autocommit", "end"]),
        (READ, RunsIn.SNAPSHOT, ["snapshot", "end"]),
        (READ, RunsIn.TRANSACTION, ["transaction", "end"]),
        (CHANGE, None, ["once key"]),
        (CHANGE, RunsIn.TRANSACTION, ["transaction", "end"]),
    ],
)
def test_the_contract_decides_unless_the_method_asks(method, asked, steps):
    assert ask(method, done, runs_in=asked) == (steps, Done())


def test_a_method_may_run_in_nothing():
    def alone(_service, command, _call):
        assert command == Nothing()
        return Done()

    assert ask(CHANGE, alone, runs_in=RunsIn.NOTHING) == ([], Done())


@pytest.mark.parametrize(
    ("method", "asked"),
    [(CHANGE, RunsIn.AUTOCOMMIT), (CHANGE, RunsIn.SNAPSHOT), (READ, RunsIn.ONCE)],
)
def test_what_does_not_fit_the_contract_is_no_method(method, asked):
    with pytest.raises(TypeError, match=method.address):
        rpc(method, runs_in=asked)


def test_who_and_the_checks_come_first_and_outside_any_transaction():
    seen = []

    def who(service, _command, call):
        seen.append(("who", list(service.database.steps), call.method))
        return "Anna"

    def check(service, _command, _call):
        seen.append(("check", list(service.database.steps)))

    def answer(_service, _tx, _command, _call, found):
        seen.append(found)
        return Done()

    steps, _result = ask(CHANGE, answer, who=who, checks=[check, check])
    assert seen == [("who", [], CHANGE), ("check", []), ("check", []), "Anna"]
    assert steps == ["once key"]


def test_what_a_check_refuses_does_not_begin():
    def check(_service, _command, _call):
        raise Forbidden("not_allowed")

    assert ask(READ, done, checks=[check]) == ([], "not_allowed")


def test_a_call_whose_caller_gave_up_asks_nobody():
    def check(_service, _command, _call):
        raise AssertionError

    with pytest.raises(Expired):
        ask(READ, done, checks=[check], expires_at=time.time() - 1)


def test_a_provider_is_known_by_its_type_and_misses_nothing_silently():
    class Service:
        clock = ClockProvider()

    assert isinstance(Service.clock, ClockProvider)
    with pytest.raises(AttributeError, match="ClockProvider"):
        _ = Service().clock
    service = Service()
    service.clock = "a clock"
    assert service.clock == "a clock"
