"""Operations on clients, their links and devices, the practice, its access log and mail log."""

from __future__ import annotations

from typing import Final

from gateway.api.changing import Changing
from gateway.api.client_status import ArchiveClient, archive_client, require_none_to_come
from gateway.api.copied_links import CopiedLink, CopyLink, copy_link
from gateway.api.headings import Heading
from gateway.api.one_link import GetLink, get_link
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.access import LIST_ACCESS, LIST_PRACTITIONERS
from portal_contracts.identity_links.rpc.caseload import (
    GET_CASELOAD,
    HAND_OVER_CLIENT,
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
)
from portal_contracts.identity_links.rpc.clients import (
    ADD_CLIENT,
    CONFIRM_ADDRESS,
    EDIT_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    RESTORE_ADDRESS,
    SET_CLIENT_STATUS,
)
from portal_contracts.identity_links.rpc.devices import LIST_CLIENT_DEVICES, REVOKE_DEVICE
from portal_contracts.identity_links.rpc.duplicates import LIST_DUPLICATES
from portal_contracts.identity_links.rpc.links import (
    LIST_LINKS,
    REVOKE_ALL_LINKS,
    REVOKE_LINK,
    SHARE_LINK,
    Link,
)
from portal_contracts.identity_links.rpc.practice import (
    EDIT_PRACTICE,
    LIST_PRACTICE_CHANGES,
    READ_PRACTICE,
)
from portal_contracts.notifications import rpc as mails
from portal_contracts.permissions import PORTAL_SHOWS, Permission

_CLIENTS: Final = Heading("Clients", Owner.PRACTITIONER)
_LINKS: Final = Heading("Portal links", Owner.PRACTITIONER)
_PRACTICE: Final = Heading("Practice", Owner.PRACTITIONER)
_CLIENT: Final = "/clients/{client_id}"
_LINK: Final = f"{_CLIENT}/links/{{link_id}}"
_REVEALS: Final = (
    "Whoever sees a portal link can enter by it: besides its scope it needs "
    + ", ".join(one for one in Permission if one in PORTAL_SHOWS)
    + "."
)

OPERATIONS: Final[tuple[Operation, ...]] = (
    _CLIENTS.call(
        "GET /clients",
        LIST_CLIENTS,
        "Search, filter and page the clients.",
        Permission.CLIENTS_READ,
    ),
    _CLIENTS.call(
        "POST /clients",
        ADD_CLIENT,
        "Add a client.",
        Permission.CLIENTS_WRITE,
        body="fields",
        hidden=("seen_duplicates",),
        tells=("possible_duplicates",),
        etag="version",
        created="/clients/{client_id}",
        note="Nobody is merged or refused: `possible_duplicates` names clients with the same "
        "address, phone, or name and birth date, whom the token may see.",
    ),
    _CLIENTS.call(
        f"GET {_CLIENT}",
        GET_CLIENT,
        "One client's details.",
        Permission.CLIENTS_READ,
        etag="version",
        note="A remark that is read is written to the access log.",
    ),
    _CLIENTS.call(
        f"GET {_CLIENT}/possible-duplicates",
        LIST_DUPLICATES,
        "Clients with a client's address, phone, or name and birth date.",
        Permission.CLIENTS_READ,
    ),
    *_CLIENTS.changes(
        _CLIENT,
        Changing(
            ids=("client_id",),
            read=GET_CLIENT,
            edit=EDIT_CLIENT,
            body="fields",
            states=(SET_CLIENT_STATUS,),
            reading={"with_remark": False},
            guards={"status": require_none_to_come},
        ),
        "Change a client.",
        Permission.CLIENTS_WRITE,
        name="client",
        note="Another e-mail address revokes the links that were mailed to the former one and, "
        "unless `end_devices` is false, signs the client's devices out. Changed by one who may "
        "not see portal links, it waits to be confirmed, and nothing is mailed to it. A remark "
        "of null stays as it is, and an empty one clears it. Archiving ends the client's links "
        "and devices at once; with appointments to come it is refused, since “archive” says what "
        "becomes of them. Whether there are any is asked with the scope appointments.read.",
        also=(409,),
    ),
    _CLIENTS.function(
        f"POST {_CLIENT}/archive",
        archive_client,
        "Archive a client, and say what becomes of each appointment to come.",
        Permission.CLIENTS_WRITE,
        arguments=ArchiveClient,
        result=Done,
        method=SET_CLIENT_STATUS,
        also=(409,),
        note="“cancel” cancels each by mail, which needs the scopes appointments.read and "
        "appointments.write; “keep” lets them take place. Links and devices end at once.",
    ),
    _CLIENTS.call(
        f"POST {_CLIENT}/address/confirm",
        CONFIRM_ADDRESS,
        "Confirm a client's new e-mail address: what waited for it is mailed.",
        Permission.LINKS_REVEAL,
        if_match="version",
        etag="version",
        note=_REVEALS,
        also=(409,),
    ),
    _CLIENTS.call(
        f"POST {_CLIENT}/address/restore",
        RESTORE_ADDRESS,
        "Put a client's former e-mail address back in place of one that waits.",
        Permission.CLIENTS_WRITE,
        if_match="version",
        etag="version",
        also=(409,),
    ),
    _CLIENTS.call(
        f"GET {_CLIENT}/caseload",
        GET_CASELOAD,
        "Who sees a client: the main practitioner, and those the client is shared with.",
        Permission.CLIENTS_READ,
    ),
    _CLIENTS.call(
        f"POST {_CLIENT}/caseload/share",
        SHARE_CLIENT,
        "Show a client to a colleague too.",
        Permission.CASELOAD_WRITE,
        note="The main practitioner may, and an owner, who takes no client in so.",
    ),
    _CLIENTS.call(
        f"POST {_CLIENT}/caseload/withdraw",
        WITHDRAW_CLIENT,
        "Show a client to a colleague no more; it holds from the next request on.",
        Permission.CASELOAD_WRITE,
        also=(409,),
    ),
    _CLIENTS.call(
        f"POST {_CLIENT}/caseload/hand-over",
        HAND_OVER_CLIENT,
        "Make a colleague a client’s main practitioner.",
        Permission.CASELOAD_WRITE,
    ),
    _LINKS.call(
        f"GET {_CLIENT}/links",
        LIST_LINKS,
        "The links of one client.",
        Permission.LINKS_READ,
        note="Those that are revoked or expired too, with how often each was used.",
    ),
    _LINKS.function(
        f"GET {_LINK}",
        get_link,
        "One link of one client.",
        Permission.LINKS_READ,
        arguments=GetLink,
        result=Link,
        note="It is there when it is revoked or expired too, and never tells its address.",
    ),
    _LINKS.call(
        f"POST {_CLIENT}/links/mail",
        SHARE_LINK,
        "Have a portal link mailed to a client.",
        Permission.LINKS_MAIL,
        created=_LINK,
    ),
    _LINKS.function(
        f"POST {_CLIENT}/links/copy",
        copy_link,
        "Make a portal link to hand out by other means.",
        Permission.LINKS_REVEAL,
        arguments=CopyLink,
        result=CopiedLink,
        created="",
        also=(409,),
        note=f"{_REVEALS} No program enters by such a link, and what is done on a device that "
        "it lets in is marked so.",
    ),
    _LINKS.call(
        f"DELETE {_CLIENT}/links",
        REVOKE_ALL_LINKS,
        "Revoke all links of a client and end the client's devices.",
        Permission.LINKS_REVOKE,
    ),
    _LINKS.call(
        "DELETE /links/{link_id}", REVOKE_LINK, "Revoke one link.", Permission.LINKS_REVOKE
    ),
    _LINKS.call(
        f"GET {_CLIENT}/devices",
        LIST_CLIENT_DEVICES,
        "Where a client is signed in.",
        Permission.LINKS_READ,
    ),
    _LINKS.call(
        "DELETE /devices/{device_id}",
        REVOKE_DEVICE,
        "End one device of a client.",
        Permission.LINKS_REVOKE,
    ),
    _PRACTICE.call(
        "GET /practice",
        READ_PRACTICE,
        "All that is set of the practice.",
        needs_scope=False,
        etag="version",
    ),
    *_PRACTICE.changes(
        "/practice",
        Changing(ids=(), read=READ_PRACTICE, edit=EDIT_PRACTICE, body="fields"),
        "Change what is set of the practice.",
        Permission.PRACTICE_WRITE,
        name="practice",
        note="Only owners change it, and `second_factor_from` no token. Devices that are signed in "
        "keep the limits they came in with, and links keep their day of expiry; all else holds "
        "at once.",
    ),
    _PRACTICE.call(
        "GET /practice/changes",
        LIST_PRACTICE_CHANGES,
        "Who changed what in one section of the practice.",
        Permission.PRACTICE_WRITE,
    ),
    _PRACTICE.call(
        "GET /practitioners", LIST_PRACTITIONERS, "Who works in the practice.", needs_scope=False
    ),
    _PRACTICE.call(
        "GET /access-log",
        LIST_ACCESS,
        "The access log of the practice, or of one client.",
        Permission.ACCESS_LOG_READ,
    ),
    _PRACTICE.call(
        "GET /deliveries",
        mails.LIST_DELIVERIES,
        "The mail log of the practice, or of one client.",
        Permission.DELIVERIES_READ,
    ),
    _PRACTICE.call(
        "GET /deliveries/{delivery_id}",
        mails.OPEN_DELIVERY,
        "One mail as it was sent, its link masked; written to the access log.",
        Permission.DELIVERIES_READ,
    ),
    _PRACTICE.call(
        "POST /deliveries/{delivery_id}/resend",
        mails.RESEND_DELIVERY,
        "Send a mail again.",
        Permission.DELIVERIES_RESEND,
        created="/deliveries/{delivery_id}",
    ),
)
