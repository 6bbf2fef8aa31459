"""The forms service: its calls, and what it tells others."""

from __future__ import annotations

from forms.config import Settings
from forms.entry_points.filling import FillingCalls
from forms.entry_points.requests import RequestCalls
from forms.entry_points.templates import TemplateCalls
from forms.operations.access_log import ACCESS_LOG
from portal_chassis.process.loops import OutboxRelay


class FormsService(TemplateCalls, RequestCalls, FillingCalls):
    """What the practice asks its clients."""

    name = "forms"
    settings_class = Settings
    seals = True

    relay = OutboxRelay()
    on_call_refused = staticmethod(ACCESS_LOG.record_refusal)
