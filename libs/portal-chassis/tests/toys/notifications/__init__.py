"""A service that does only what a test of the chassis wants to see."""
