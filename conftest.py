"""Every test of the repository can ask for the test kit's servers."""

import gateway  # noqa: F401 - the package, before pytest takes the folder of its name for it

pytest_plugins = ["portal_chassis.testing.plugin", "portal_runner.testing.plugin"]
