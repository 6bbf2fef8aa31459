"""Operations by which a client's program enters the portal, and leaves."""

from __future__ import annotations

from typing import Final

from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.api.portal_sessions import (
    AskForCode,
    AskForLink,
    CodeRequest,
    OpenPortalSession,
    PortalSession,
    end_portal_session,
    open_portal_session,
    request_link,
    send_entry_code,
)
from gateway.web.routing import Owner
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.entering import LinkRequested

_ANYONE: Final = Heading("Entering the portal", Owner.NOBODY)
_CLIENT: Final = Heading("Entering the portal", Owner.CLIENT)

OPERATIONS: Final[tuple[Operation, ...]] = (
    _ANYONE.function(
        "POST /portal-sessions",
        open_portal_session,
        "Enter by a portal link: the answer holds the bearer, once.",
        arguments=OpenPortalSession,
        result=PortalSession,
        created="/portal",
        also=(403, 404, 409, 410),
        note="A link for one use is spent by it. It is a link that was mailed: one that the "
        "practice has copied, or shown as a QR code, lets no program in.",
    ),
    _ANYONE.function(
        "POST /entry-codes",
        send_entry_code,
        "Have the code mailed that the practice asks new devices for.",
        arguments=AskForCode,
        result=CodeRequest,
        also=(404, 409, 410, 429),
        note="A client with a date of birth on file is asked for that instead.",
    ),
    _CLIENT.function(
        "DELETE /portal-sessions/current",
        end_portal_session,
        "End the session of the bearer that asks.",
        arguments=Nothing,
        result=Done,
    ),
    _ANYONE.function(
        "POST /link-requests",
        request_link,
        "Have a new link mailed; one answer for every address, known or not.",
        arguments=AskForLink,
        result=LinkRequested,
    ),
)
