"""Migrations of the identity-links database."""

APPEND_ONLY = ("access_log",)
"""Tables whose rows the runtime role may neither change nor delete."""
