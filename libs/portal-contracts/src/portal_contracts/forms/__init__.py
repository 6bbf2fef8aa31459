"""Contracts of the forms service."""
