"""Every test of the repository can ask for the test kit's servers."""

import pytest

import gateway  # noqa: F401 - the package, before pytest takes the folder of its name for it

pytest_plugins = ["tests.kit.servers", "tests.kit.portal.fixtures"]

WHOLE_PORTALS = {"portal", "portal_in_one_process", "portal_stack", "start_portal"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests run in one process when `make test` runs them in two.

    Tests of a file share what is started for it. All that start a whole portal
    are one group: two portals beside each other would wait for one another. It is
    by far the longest, so it comes first.
    """
    for item in items:
        whole = WHOLE_PORTALS.intersection(getattr(item, "fixturenames", ()))
        name = "portal" if whole else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(name))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args != ("portal",))
