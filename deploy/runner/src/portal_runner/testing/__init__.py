"""The whole portal for tests: `portal_runner.testing.plugin` has the pytest fixtures."""
