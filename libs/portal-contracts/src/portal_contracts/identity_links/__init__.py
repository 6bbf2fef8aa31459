"""Contracts of the identity-links service."""
