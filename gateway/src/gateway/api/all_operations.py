"""Every operation of the API, and why the other calls to services are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from gateway.api import (
    calendar_operations,
    client_operations,
    entering_operations,
    form_operations,
    portal_operations,
    request_operations,
    session_operations,
    team_operations,
)
from gateway.api.operation import Operation


def _with_things(operations: Sequence[Operation]) -> Iterator[Operation]:
    """Each call that changes a thing answers with what reading the thing gives."""
    reads = {one.path: one for one in operations if one.is_read}
    for one in operations:
        changes = one.method is not None and one.mutates and one.http != "DELETE"
        yield replace(one, thing=_thing_of(one, reads)) if changes else one


def _thing_of(operation: Operation, reads: Mapping[str, Operation]) -> Operation | None:
    """The read of what was created, or else of the nearest thing in the operation's path."""
    if operation.created is not None:
        return reads.get(operation.created)
    path = operation.path
    while path and path not in reads:
        path = path.rpartition("/")[0]
    return reads.get(path)


OPERATIONS: Final[tuple[Operation, ...]] = tuple(
    _with_things(
        (
            *entering_operations.OPERATIONS,
            *portal_operations.OPERATIONS,
            *client_operations.OPERATIONS,
            *team_operations.OPERATIONS,
            *calendar_operations.OPERATIONS,
            *request_operations.OPERATIONS,
            *session_operations.OPERATIONS,
            *form_operations.OPERATIONS,
        )
    )
)
"""In the order in which the document lists them."""

CALLS_INSIDE_OPERATIONS: Final[frozenset[str]] = frozenset(
    {
        "identity_links.redeem_link",
        "identity_links.request_link",
        "identity_links.send_entry_code",
        "identity_links.end_device",
        "identity_links.create_link",
        "forms.forms_to_do",
        "identity_links.set_client_status",
        "scheduling.archive_service",
        "forms.archive_template",
    }
)
"""Calls made by the functions behind an operation: they add a secret or an address, ask two, or
change one member of a thing."""

_SERVICES = "Services ask it for themselves, and are refused to anybody else."
_BROWSER = "It is about a browser and its cookie; a program has a bearer instead."
_IN_PERSON = "An owner sets the mail server in person, in the console."
_PROVED = "It takes a password or a code of the person, which no program has."
_ACCOUNT = "An account is its practitioner's own, in the console; no token changes it."
_BUILDER = "Pages change a form part by part; programs add and replace it as a whole."
_CONSOLE = "A token is made and ended by its practitioner in the console, never by a token."

NOT_OFFERED: Final[Mapping[str, str]] = {
    "identity_links.inspect_link": "It tells a page what to ask; opening a session tells.",
    "identity_links.renew_link": "A page offers it to whoever holds a dead link; "
    "programs ask by the address.",
    "identity_links.resolve_device": _BROWSER,
    "identity_links.resolve_console_device": _BROWSER,
    "identity_links.sign_in": _BROWSER,
    "identity_links.finish_sign_in": _BROWSER,
    "identity_links.read_account": _ACCOUNT,
    "identity_links.edit_account": _ACCOUNT,
    "identity_links.change_password": _PROVED,
    "identity_links.begin_second_factor": _PROVED,
    "identity_links.enable_second_factor": _PROVED,
    "identity_links.disable_second_factor": _PROVED,
    "identity_links.renew_recovery_codes": _PROVED,
    "identity_links.reset_second_factor": _PROVED,
    "identity_links.request_password_reset": _BROWSER,
    "identity_links.inspect_password_reset": _BROWSER,
    "identity_links.reset_password": _BROWSER,
    "identity_links.prepare_password_reset": _SERVICES,
    "identity_links.read_sign_in_facts": _SERVICES,
    "identity_links.open_in_emergency": _PROVED,
    "identity_links.close_emergency": "A token never opens one; its owner closes it where it is.",
    "identity_links.look_at_setup": _BROWSER,
    "identity_links.set_up": _BROWSER,
    "identity_links.check_duplicates": "Adding a client names them.",
    "identity_links.name_clients": "Names for pages that list ids; programs read the clients.",
    "identity_links.hand_over": "It is decided over what stands in its way, on a page.",
    "scheduling.review_hand_over": "It is decided over what stands in its way, on a page.",
    "scheduling.count_to_come": "Numbers beside the list of the team; programs read appointments.",
    "identity_links.edit_team_member": "An owner says in the console who may what.",
    "identity_links.inspect_invitation": "It is for whoever was mailed it, who has a browser.",
    "identity_links.accept_invitation": _BROWSER,
    "identity_links.prepare_invitation": _SERVICES,
    "identity_links.prepare_link": _SERVICES,
    "identity_links.prepare_mail_link": _SERVICES,
    "identity_links.prepare_entry_code": _SERVICES,
    "identity_links.read_practitioner_facts": _SERVICES,
    "identity_links.may": _SERVICES,
    "identity_links.list_visible_clients": _SERVICES,
    "identity_links.fill_caseloads": _CONSOLE,
    "identity_links.read_visibility": _CONSOLE,
    "identity_links.set_visibility": _CONSOLE,
    "scheduling.list_meetings": _CONSOLE,
    "identity_links.record_refusal": "The gateway reports what it refuses.",
    "identity_links.create_api_token": _CONSOLE,
    "identity_links.list_api_tokens": _CONSOLE,
    "identity_links.list_practice_tokens": _CONSOLE,
    "identity_links.revoke_api_token": _CONSOLE,
    "identity_links.measure_practice": "Numbers beside a form; programs count what they list.",
    "identity_links.set_picture": "A page takes the file, and shows what becomes of it.",
    "identity_links.read_picture": "`/brand/…` answers it to anybody.",
    "identity_links.resolve_bearer": "The gateway asks it of every request with a bearer.",
    "notifications.read_mail_server": _IN_PERSON,
    "notifications.save_mail_server": _IN_PERSON,
    "notifications.send_test_mail": _IN_PERSON,
    "notifications.read_mail_sender": "It tells pages whether mails wait for a mail server.",
    "scheduling.list_client_times": "Dates beside a list of clients; programs read appointments.",
    "scheduling.list_undone": "Reminders beside a day; programs list appointments and sessions.",
    "forms.count_open_forms": "Counts beside a list of clients; programs read the requests.",
    "scheduling.read_appointment_facts": _SERVICES,
    "scheduling.read_summary_facts": _SERVICES,
    "scheduling.read_series_facts": _SERVICES,
    "forms.read_form_facts": _SERVICES,
    "forms.draft_key": "It seals what a page keeps in its browser.",
    "forms.start_template": _BUILDER,
    "forms.edit_template": _BUILDER,
    "forms.undo_edit": _BUILDER,
    "forms.try_template": "It reads the texts of a page; programs check a template by saving it.",
    "forms.save_section": "It reads the texts of a page; programs save answers.",
}
"""Why a call is no operation."""
