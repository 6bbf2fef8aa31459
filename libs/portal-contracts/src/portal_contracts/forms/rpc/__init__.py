"""Calls that forms answers, by subject."""

from __future__ import annotations

from portal_contracts.forms.rpc import (
    editing,
    exports,
    filling,
    requests,
    reviewing,
    submissions,
    templates,
)

METHODS = (
    *templates.METHODS,
    *editing.METHODS,
    *reviewing.METHODS,
    *requests.METHODS,
    *submissions.METHODS,
    *exports.METHODS,
    *filling.METHODS,
)
