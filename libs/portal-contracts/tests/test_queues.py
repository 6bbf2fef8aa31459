"""Every queue that was declared is known, also when nobody takes from it any more."""

import msgspec
import pytest

from portal_contracts import queues
from portal_contracts.catalogue import SUBSCRIPTIONS
from portal_contracts.queues import (
    is_of_another_release,
    read_declared,
    withdrawn_queues,
    write_declared,
)

TAKEN = {one.queue for one in SUBSCRIPTIONS}


@pytest.fixture
def declared(monkeypatch, tmp_path):
    """The file of queues, with one that is no more and none of those that are."""
    file = tmp_path / "declared.json"
    file.write_text('["forms.on_it"]')
    monkeypatch.setattr(queues, "DECLARED", file)
    return file


def test_every_queue_stands_in_the_file():
    assert read_declared() >= TAKEN, "make reference adds it"


def test_what_is_new_is_added_and_nothing_is_taken_out(declared):
    write_declared()
    names = msgspec.json.decode(declared.read_bytes())
    assert names == sorted(TAKEN | {"forms.on_it"})
    assert withdrawn_queues() == ("forms.on_it",)


def test_only_queues_of_handlers_that_are_no_more_are_of_another_release():
    assert is_of_another_release("forms.on_it")
    others = ["dead-letters", "rpc-forms", "forms", "forms.", "else.on_it", *sorted(TAKEN)]
    assert not any(map(is_of_another_release, others))
