"""Calls that forms answers, by subject."""

from __future__ import annotations

from portal_contracts.forms.rpc import editing, filling, requests, templates

METHODS = (*templates.METHODS, *editing.METHODS, *requests.METHODS, *filling.METHODS)
