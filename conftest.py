"""Every test of the repository can ask for the test kit's servers."""

import gc
from collections.abc import Iterator

import pytest

import gateway  # noqa: F401 - the package, before pytest takes the folder of its name for it

pytest_plugins = ["tests.kit.servers", "tests.kit.portal.fixtures"]

PORTALS = {
    "portal_stack": "stack",
    "portal_in_one_process": "one process",
    "start_portal": "portals of their own",
}
"""Fixture to group: whoever asks for it is tested by one of the processes alone."""
FIRST = (
    *PORTALS.values(),
    "tests/e2e/test_slow_visitors.py",
    "gateway/tests/pages/test_looks.py",
)
"""The groups that take by far the longest. The last one computes, those before it wait."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no rubbish in what is collected: there is none, and it takes a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


# Before xdist reads the marks, which it does in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests run in one process when `make test` runs them in several.

    Tests of a file share what is started for it. Tests of a whole portal share that
    portal.
    """
    groups = {item: _group_of(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: (*FIRST, groups[item]).index(groups[item]))


def _group_of(item: pytest.Item) -> str:
    fixtures = set(getattr(item, "fixturenames", ()))
    if "portal" in fixtures:
        return str(item.callspec.params["portal"])  # type: ignore[attr-defined]
    of_portals = [group for fixture, group in PORTALS.items() if fixture in fixtures]
    return of_portals[0] if of_portals else item.nodeid.partition("::")[0]
