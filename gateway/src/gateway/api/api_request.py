"""One request to the API, as the functions of its operations see it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.web.request_context import RequestContext


@dataclass(frozen=True)
class ApiRequest:
    """One request.

    Attributes:
        context: who asks, and the services.
        key: the idempotency key of what is asked; made anew where none was sent.
        public_url: of this portal.
        user_agent: what the program calls itself.
    """

    context: RequestContext
    key: str
    public_url: str
    user_agent: str = ""
