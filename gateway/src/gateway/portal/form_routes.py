"""The addresses of a client's forms."""

from __future__ import annotations

from typing import Final

from gateway.portal import filling, forms, sending
from gateway.routing import Route
from gateway.routing import client as hers

_ONE = "/forms/{request_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    hers("/forms", forms.FormsPage),
    hers(_ONE, forms.FormPage),
    hers(f"{_ONE}/check", sending.CheckPage),
    hers(f"{_ONE}/sent", forms.SentPage),
    hers(f"{_ONE}/{{section:int}}", filling.SectionPage),
    hers(f"{_ONE}/{{section:int}}/save", filling.SavePage),
)
