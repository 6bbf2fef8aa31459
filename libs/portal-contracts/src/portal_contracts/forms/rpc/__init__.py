"""Calls that forms answers, by subject."""

from __future__ import annotations

from portal_contracts.forms.rpc import (
    editing,
    exports,
    filling,
    requests,
    submissions,
    templates,
)

METHODS = (
    *templates.METHODS,
    *editing.METHODS,
    *requests.METHODS,
    *submissions.METHODS,
    *exports.METHODS,
    *filling.METHODS,
)
