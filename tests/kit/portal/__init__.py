"""The whole portal for tests: `tests.kit.portal.fixtures` has the pytest fixtures."""
