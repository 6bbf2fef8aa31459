"""Migrations of the scheduling database."""
