"""Each thread knows whether it holds a transaction open."""

import threading

import pytest

from portal_chassis.database.transaction_guard import in_transaction, transaction_open
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY
from portal_contracts.calls import PortalOf
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE


def test_it_is_known_for_the_length_of_the_block():
    assert not in_transaction()
    with transaction_open():
        assert in_transaction()
        with transaction_open():
            assert in_transaction()
        assert in_transaction()
    assert not in_transaction()


def test_it_ends_with_an_exception():
    with pytest.raises(InterruptedError), transaction_open():
        raise InterruptedError
    assert not in_transaction()


def test_another_threads_transaction_is_not_ours():
    seen = []
    with transaction_open():
        thread = threading.Thread(target=lambda: seen.append(in_transaction()))
        thread.start()
        thread.join()
    assert seen == [False]


def test_a_call_is_refused_inside_a_transaction():
    client = RpcClient("amqp://127.0.0.1:1//")
    with transaction_open(), pytest.raises(RuntimeError, match="inside a transaction"):
        client.call(PORTAL_SCHEDULE, PortalOf(), actor=NOBODY)
    client.close()
