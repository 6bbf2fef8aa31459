"""Mails about a practitioner's own account: what happened to it, and a new password."""
