"""When a save begins a version, and when the newest is written on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal_contracts.scheduling.rpc.written_texts import Keeping
from scheduling.domain.versions import SITTING, begins_version

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ME, COLLEAGUE = UUID(int=1), UUID(int=2)
MOMENT = timedelta(seconds=1)


def begins(keeping=Keeping.GO_ON, **changes):
    given = {
        "writer": ME,
        "written_by": ME,
        "saved_at": NOW - SITTING,
        "was_shared": False,
        "now": NOW,
    }
    return begins_version(keeping, **(given | changes))


def test_one_sitting_of_one_person_is_one_version():
    assert not begins()
    assert not begins(saved_at=NOW)
    # A clock that was set back makes no version.
    assert not begins(saved_at=NOW + MOMENT)


@pytest.mark.parametrize(
    "change",
    [{"saved_at": NOW - SITTING - MOMENT}, {"written_by": COLLEAGUE}, {"was_shared": True}],
)
def test_a_later_sitting_somebody_else_and_sharing_end_a_version(change):
    assert begins(**change)


@pytest.mark.parametrize("keeping", [Keeping.BEGIN, Keeping.ASIDE])
def test_who_asks_for_it_begins_one(keeping):
    assert begins(keeping, saved_at=NOW)
