"""Backups of a data folder's portal, and what makes a portal of one again."""
