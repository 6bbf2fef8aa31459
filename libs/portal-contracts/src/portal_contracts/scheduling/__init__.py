"""Contracts of the scheduling service."""
