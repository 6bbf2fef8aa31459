"""One request to the API, as the functions that answer it see it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.visit import Visit


@dataclass(frozen=True)
class Asking:
    """One request.

    Attributes:
        visit: who asks, and the services.
        key: the idempotency key of what is asked; made anew where none was sent.
        public_url: of this portal.
        user_agent: what the program calls itself.
    """

    visit: Visit
    key: str
    public_url: str
    user_agent: str = ""
