"""An act that the client is to get no mail of, as where she was told on the phone."""

from __future__ import annotations

from gateway.web.submitted import Submitted


def is_quiet(form: Submitted) -> bool:
    """Whether the form says so (``parts/without_mail.html``)."""
    return form.text("without_mail") == "1"
