"""A section of the practice's settings as a form that saves by itself.

The form carries what stood in it when it was shown. So only what was changed is sent, and of
two owners at one page neither overwrites the other: what both changed is shown twice, and the
second chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Final, NamedTuple

import falcon

from gateway.console.settings import practice_forms
from gateway.console.settings.sections import Section, SectionPage
from gateway.web import flash
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import see_other
from gateway.web.statuses import set_retry_after, status_of
from gateway.words.countries import countries_by_name
from gateway.words.language import LANGUAGES
from portal_contracts.calls import Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound, PortalError
from portal_contracts.identity_links.rpc.practice import (
    EDIT_PRACTICE,
    LIST_PRACTICE_CHANGES,
    READ_PRACTICE,
    EditPractice,
    ListPracticeChanges,
    PracticeDetails,
    PracticeSection,
    practice_changes,
)
from portal_contracts.permissions import has_permission
from portal_contracts.zones import zones_to_choose

_WAS: Final = "was_"
_CHOICE: Final = "choice_"
_THEIRS: Final = "theirs"
_LONGEST_KEY: Final = 60


class Clash(NamedTuple):
    """A field that somebody else changed meanwhile as well: what was typed, what is saved now."""

    name: str
    mine: str
    theirs: str


class SectionForm(SectionPage):
    """A section's page: its form, what a change of it concerns, and its history."""

    section: ClassVar[Section]
    part: ClassVar[PracticeSection]
    template: ClassVar[str]

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The form as the practice stands; for who may not change it, what is set."""
        practice = context_of(req).backend.ask(READ_PRACTICE, Nothing())
        typed = practice_forms.typed_of(practice, self.part)
        self.show_form(req, resp, practice, typed, was=typed)

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Save what was changed; a refusal or a failure keeps what was typed."""
        form = context_of(req).form
        names = practice_forms.names_of(self.part)
        typed = form.values(dict.fromkeys(names, ""))
        was = {name: form.text(_WAS + name) for name in names}
        mine = [
            name
            for name in names
            if typed[name] != was[name] and form.text(_CHOICE + name) != _THEIRS
        ]
        try:
            if mine:
                self._save(req, form.number("version") or 0, typed, mine, form.key())
        except (NotFound, Forbidden):
            raise
        except PortalError as error:
            self._show_refused(req, resp, error, typed, was, mine)
            return
        flash.leave(self.wiring.jar, resp, flash.Flash.SETTINGS_SAVED)
        see_other(resp, self.section.address)

    def concerns(self, req: falcon.Request) -> dict[str, Any]:
        """What the template is given besides: whom a change concerns."""
        return {}

    def show_form(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        practice: PracticeDetails,
        typed: Mapping[str, str],
        **more: Any,
    ) -> None:
        """The page, with `typed` in its form."""
        context, device = context_of(req), practitioner_of(req)
        change = self.section.change
        may_change = change is None or has_permission(device.actor, change)
        history = None
        if may_change:
            history = context.backend.part(
                LIST_PRACTICE_CHANGES, ListPracticeChanges(section=self.part)
            )
        self.show(
            req,
            resp,
            self.template,
            **(
                {"errors": {}, "error": None, "status": HTTPStatus.OK, "clashes": []}
                | more
                | self.concerns(req)
                | {
                    "device": device,
                    "section": self.section,
                    "parts": practice_forms.FORMS[self.part],
                    "order": practice_forms.names_of(self.part),
                    "may_change": may_change,
                    "settings": practice,
                    "fields": typed,
                    "history": history.get() if history else None,
                    "timezones": zones_to_choose(),
                    "languages": LANGUAGES,
                    "countries": countries_by_name(context.language),
                }
            ),
        )

    def _save(
        self,
        req: falcon.Request,
        version: int,
        typed: Mapping[str, str],
        mine: list[str],
        key: str,
    ) -> None:
        command = EditPractice(
            version=version, fields=practice_changes(practice_forms.read(typed, mine))
        )
        context_of(req).backend.ask(EDIT_PRACTICE, command, idempotency_key=key)

    def _show_refused(
        self,
        req: falcon.Request,
        resp: falcon.Response,
        error: PortalError,
        typed: Mapping[str, str],
        was: Mapping[str, str],
        mine: list[str],
    ) -> None:
        """The form again; or, where somebody else was quicker, saved beside it or to be chosen."""
        practice = context_of(req).backend.part(READ_PRACTICE, Nothing()).get()
        if practice is None:
            # The page cannot be drawn: the general one keeps what was typed.
            raise error
        stale = isinstance(error, Conflict) and error.code == "stale_version"
        now = practice_forms.typed_of(practice, self.part) if stale else dict(was)
        clashes = [
            Clash(name, typed[name], now[name])
            for name in mine
            if now[name] not in {was[name], typed[name]}
        ]
        if stale and not clashes and self._saved_beside(req, practice, typed, mine):
            flash.leave(self.wiring.jar, resp, flash.Flash.SETTINGS_SAVED)
            see_other(resp, self.section.address)
            return
        set_retry_after(resp, error)
        self.show_form(
            req,
            resp,
            practice,
            {**now, **{name: typed[name] for name in mine}} if stale else typed,
            was=now,
            clashes=clashes,
            version=practice.version if stale else context_of(req).form.number("version"),
            status=status_of(error),
            error=None if error.fields or clashes else error.code,
            errors=error.fields,
        )

    def _saved_beside(
        self,
        req: falcon.Request,
        practice: PracticeDetails,
        typed: Mapping[str, str],
        mine: list[str],
    ) -> bool:
        """Whether it could be saved after all: the other change was of other fields."""
        key = f"{context_of(req).form.key()[:_LONGEST_KEY]}-v{practice.version % 100}"
        try:
            self._save(req, practice.version, typed, mine, key)
        except Conflict:
            return False
        return True
