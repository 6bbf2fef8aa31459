"""Every code that a call may be refused with, by its kind, and the codes of wrong fields.

Services raise them as words. Tests hold these tables to what is raised, and the gateway
to a sentence for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal_contracts.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PortalError,
    Unavailable,
)
from portal_contracts.identity_links.rpc.clients import CLIENT_LINES
from portal_contracts.scheduling.rpc.appointments import Closed
from portal_contracts.scheduling.rpc.availability import WhyNot

_BY_KIND: Final[Mapping[type[PortalError], tuple[str, ...]]] = {
    NotFound: (
        "answers_erased",
        "appointment_not_found",
        "bearer_ended",
        "delivery_not_found",
        "device_ended",
        "form_not_found",
        "hold_not_found",
        "library_form_not_found",
        "not_found",
        "practitioner_not_found",
        "service_not_found",
        "session_not_found",
        "summary_version_not_found",
        "template_not_found",
    ),
    Conflict: (
        "address_settled",
        "address_waits",
        "already_submitted",
        "cancel_closed",
        "client_archived",
        "client_erased",
        "date_of_birth_missing",
        "delivery_still_open",
        "device_taken",
        "hold_confirmed",
        "hold_expired",
        "join_not_open",
        "join_over",
        "move_closed",
        "no_meeting_address",
        "not_offered",
        "not_published",
        "not_submitted",
        "outside_rules",
        "slot_taken",
        "stale_revision",
        "stale_version",
        "template_archived",
        "token_limit_reached",
        "token_taken",
        "withdrawn",
    ),
    Invalid: (
        "answers_invalid",
        "api_token_fields",
        "availability_fields",
        "booking_invalid",
        "cause_not_allowed",
        "client_fields",
        "cursor_invalid",
        "document_invalid",
        "due_on_past",
        "form_incomplete",
        "idempotency_key_missing",
        "idempotency_key_reused",
        "malformed_arguments",
        "range_invalid",
        "range_too_long",
        "service_fields",
        "session_fields",
        "start_invalid",
        "stretch_invalid",
        "summary_empty",
        "target_incomplete",
        "unknown_method",
    ),
    Forbidden: (
        "mailed_link_needed",
        "not_allowed",
        "reveal_not_allowed",
        "sign_in_failed",
        "too_many_requests",
        "too_many_tries",
    ),
    Unavailable: (
        "broker_unavailable",
        "internal_error",
        "service_unavailable",
    ),
}

CODES: Final[Mapping[str, type[PortalError]]] = {
    code: kind for kind, codes in _BY_KIND.items() for code in codes
}
"""Code to its kind; a code is always of one kind."""

FIELD_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "answers_invalid": (
        "alone",
        "not_a_date",
        "too_long",
        "unknown_choice",
        "unknown_question",
        "wrong_type",
    ),
    "api_token_fields": (
        "name_missing",
        "name_too_long",
        "scopes_missing",
        "scopes_not_granted",
    ),
    "availability_fields": (
        "end_before_start",
        "not_a_time",
        "seven_days",
        "too_many",
        "twice",
        "unknown_timezone",
    ),
    "booking_invalid": ("required",),
    "cancel_closed": tuple(Closed),
    "cause_not_allowed": ("invalid",),
    "client_fields": (
        *(f"{name}_too_long" for name in CLIENT_LINES),
        "date_of_birth_in_future",
        "date_of_birth_missing",
        "date_of_birth_too_early",
        "email_invalid",
        "email_missing",
        "email_too_long",
        "language_unknown",
        "name_missing",
        "phone_invalid",
        "remark_too_long",
        "tag_too_long",
        "tags_too_many",
        "timezone_unknown",
    ),
    "cursor_invalid": ("cursor_invalid",),
    "document_invalid": (
        "bad_id",
        "below_minimum",
        "has_gaps",
        "no_score",
        "not_a_number",
        "not_expected",
        "not_unique",
        "not_whole",
        "out_of_range",
        "required",
        "too_few",
        "too_long",
        "too_many",
        "unknown_language",
        "unknown_question",
        "wrong_maximum",
    ),
    "due_on_past": ("due_on_past",),
    "form_incomplete": (
        "must_be_agreed",
        "not_whole",
        "required",
        "too_large",
        "too_long",
        "too_small",
    ),
    "move_closed": tuple(Closed),
    "not_offered": tuple(WhyNot),
    "outside_rules": tuple(WhyNot),
    "range_invalid": ("order", "unknown_timezone"),
    "range_too_long": ("too_long",),
    "reveal_not_allowed": ("missing",),
    "service_fields": (
        "not_https",
        "order",
        "out_of_range",
        "required",
        "too_long",
        "too_many",
        "unknown_client",
    ),
    "session_fields": ("in_the_future", "out_of_range", "required", "unknown_timezone"),
    "start_invalid": ("in_the_past", "too_far", "whole_minutes"),
    "stretch_invalid": ("too_early", "too_long"),
    "summary_empty": ("required",),
    "target_incomplete": ("invalid",),
}
"""For refusals that name places: their code to the codes that `fields` may hold."""
