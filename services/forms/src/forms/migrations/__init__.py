"""Migrations of the forms database."""

APPEND_ONLY = ("template_version",)
"""Tables whose rows the running service may only add to: a published version is frozen."""
