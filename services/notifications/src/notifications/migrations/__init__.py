"""Migrations of the notifications database, run by the chassis."""
