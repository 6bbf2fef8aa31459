"""*Settings, Booking*: how much one client may book in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import falcon

from gateway.console.form_fields import FormField, FormPart, fields_of
from gateway.console.settings.sections import BOOKING, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.web.typed_numbers import read_count
from gateway.words.extraction import _
from portal_contracts.calls import Nothing
from portal_contracts.errors import Forbidden, Invalid, NotFound, PortalError
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.limits import (
    EDIT_BOOKING_LIMITS,
    READ_BOOKING_LIMITS,
    BookingLimits,
    EditBookingLimits,
    StoredBookingLimits,
)

PARTS: Final = (
    FormPart(
        _("At most so many for one client"),
        (
            (
                FormField(
                    name="max_open",
                    label=_("Appointments to come"),
                    hint=_("Requests count too. Leave it empty for no limit."),
                    kind="number",
                    optional=True,
                ),
                FormField(
                    name="max_per_day",
                    label=_("Bookings within 24 hours"),
                    hint=_("Those that were cancelled count too. Leave it empty for no limit."),
                    kind="number",
                    optional=True,
                ),
            ),
        ),
    ),
)
_NAMES: Final = tuple(field.name for field in fields_of(PARTS))


class BookingPage(SectionPage):
    """``/console/settings/booking``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The limits as they are; for who may not change them, what is set."""
        stored = context_of(req).backend.ask(READ_BOOKING_LIMITS, Nothing())
        self._show(req, resp, _typed_of(stored), stored.version)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save them; a refusal or a failure keeps what was typed."""
        context = context_of(req)
        form = context.form
        typed = form.values(dict.fromkeys(_NAMES, ""))
        version = form.number("version") or 0
        try:
            command = EditBookingLimits(version=version, limits=_read(typed))
            context.backend.ask(EDIT_BOOKING_LIMITS, command, idempotency_key=form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show_refused(req, resp, error, typed, version)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SETTINGS_SAVED)
        see_other(resp, BOOKING.address)

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        error: PortalError,
        typed: Mapping[str, str],
        version: int,
    ) -> None:
        if error.code == "stale_version":
            # Saved once more, what is typed here stands: it was seen beside this sentence.
            stored = context_of(req).backend.part(READ_BOOKING_LIMITS, Nothing()).get()
            version = stored.version if stored else version
        set_retry_after(resp, error)
        self._show(
            req,
            resp,
            typed,
            version,
            status=status_of(error),
            error=None if error.fields else error.code,
            errors=error.fields,
        )

    def _show(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        typed: Mapping[str, str],
        version: int,
        **more: Any,
    ) -> None:
        device = practitioner_of(req)
        self.show(
            req,
            resp,
            "console/settings/booking.html",
            **(
                {"errors": {}, "error": None, "status": HTTPStatus.OK}
                | more
                | {
                    "device": device,
                    "section": BOOKING,
                    "parts": PARTS,
                    "order": _NAMES,
                    "fields": typed,
                    "version": version,
                    "may_change": has_permission(device.actor, Permission.PRACTICE_WRITE),
                }
            ),
        )


def _typed_of(stored: StoredBookingLimits) -> dict[str, str]:
    limits = {name: getattr(stored.limits, name) for name in _NAMES}
    return {name: "" if limit is None else str(limit) for name, limit in limits.items()}


def _read(typed: Mapping[str, str]) -> BookingLimits:
    """The limits that were typed; an empty one is none.

    Raises:
        Invalid: ``invalid_fields``: no number.
    """
    errors: dict[str, str] = {}
    limits = {
        name: read_count(name, typed[name], errors) if typed[name] else None for name in _NAMES
    }
    if errors:
        raise Invalid("invalid_fields", "Some fields are not right.", fields=errors)
    return BookingLimits(**limits)
