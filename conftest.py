"""Every test of the repository can ask for the test kit's servers."""

pytest_plugins = ["portal_chassis.testing.plugin"]
