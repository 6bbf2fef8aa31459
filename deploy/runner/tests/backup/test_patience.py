"""What is waited for, and for how long."""

from __future__ import annotations

import pytest

from portal_runner.backup.patience import Patience, Standing

AT_REST, STUCK, WAITING = Standing.AT_REST, Standing.STUCK, Standing.WAITING


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ([(0, 0), (1, 0), (2, 0)], AT_REST),
        ([(0, 0), (1, 0), (2, 1), (3, 0), (4, 0)], WAITING),
        ([(0, 0), (1, 0), (2, 1), (3, 0), (4, 0), (5, 0)], AT_REST),
        ([(0, 7), (9, 7)], WAITING),
        ([(0, 7), (10, 7)], STUCK),
        ([(0, 7), (9, 6), (18, 5), (27, 4)], WAITING),
        ([(0, 7), (9, 6), (18, 9), (19, 6)], STUCK),
    ],
    ids=["rests", "again", "rests-later", "slow", "stuck", "gets-less", "no-less-than-before"],
)
def test_it_is_waited_for_as_long_as_it_gets_less(looks, found):
    patience = Patience(seconds=10, looks=3)
    stood = [patience.look(waiting, now) for now, waiting in looks]
    assert stood[-1] is found
    assert set(stood[:-1]) <= {WAITING}
