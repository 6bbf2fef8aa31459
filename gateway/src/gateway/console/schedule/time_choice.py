"""The free times of a day to choose from, and the start that was chosen or typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import falcon

from gateway.console.overruled import kinds_of, mark_of
from gateway.console.schedule.closed import closed_code
from gateway.console.schedule.repeat_fields import at_fields
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.submitted import Submitted
from gateway.words.wall_time import is_repeated, read_date, read_instant
from portal_contracts.errors import Conflict, Invalid, PortalError
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, FreeTimes, ListFreeTimes

TYPED_TIME: Final = "own"
"""The value of the choice "a time that I type"."""

_FIELDS: Final = {"start": "", "on": "", "at": "", "fold": "", "timezone": ""}
FIELDS: Final = {**_FIELDS, "day": "", "shown": ""}
"""All that the part of a form holds in which a time is chosen, and what it holds at first."""

_WARNED_OF: Final = dict.fromkeys(
    ("client", "client_id", "service_id", "day", "start", "on", "at", "fold", "minutes"), ""
)


class TimeChoice(NamedTuple):
    """The free times of one day; `times` is None while they cannot be had."""

    zone: str
    times: FreeTimes | None

    @property
    def starts(self) -> list[tuple[datetime, bool]]:
        """The starts in order, and whether one breaks a rule that binds clients."""
        if self.times is None:
            return []
        plain = [(start, False) for start in self.times.starts]
        return sorted(plain + [(one.starts_at, True) for one in self.times.despite])


def times_of_day(
    req: falcon.Request,
    service_id: UUID,
    day: date,
    zone: str | None = None,
    moving: UUID | None = None,
) -> TimeChoice:
    """The free times of `day`, first in the practice's zone, then in the practitioner's own.

    Raises:
        PortalError: the service is no longer there, or not for this actor.
    """
    asked_zone = zone or practitioner_of(req).practice.timezone
    times = _free_times(req, service_id, day, asked_zone, moving)
    if times is not None and times.service.timezone != asked_zone and zone is None:
        asked_zone = times.service.timezone
        times = _free_times(req, service_id, day, asked_zone, moving)
    return TimeChoice(asked_zone, times)


def _free_times(
    req: falcon.Request, service_id: UUID, day: date, zone: str, moving: UUID | None
) -> FreeTimes | None:
    return (
        context_of(req)
        .backend.part(
            LIST_FREE_TIMES,
            ListFreeTimes(
                service_id=service_id, first_on=day, last_on=day, timezone=zone, moving=moving
            ),
        )
        .get_unless_refused()
    )


def looks(form: Submitted) -> bool:
    """Whether only the times of what is chosen are asked for: nothing is booked or moved."""
    return form.text("do") == "show" or bool(form.text("go"))


def mark_of_time(form: Submitted, rules: Iterable[str], **shown: str) -> str:
    """What a warning about a chosen time is about, and the rules that would be broken.

    `shown` fields stand otherwise in its page.
    """
    return mark_of(form.values(_WARNED_OF) | shown, rules)


def overruled(form: Submitted) -> list[WhyNot] | None:
    """The rules that are broken knowingly: of which the page warned, for just this; else None."""
    rules = kinds_of(form.text("despite"), form.values(_WARNED_OF))
    return None if rules is None else [rule for rule in WhyNot if rule in rules]


def asked_day(sent: Submitted) -> date | None:
    """The day whose times are asked for, by its button or its field; None where none is."""
    return read_date(sent.text("go")) or read_date(sent.text("day"))


def check_day(form: Submitted) -> None:
    """See that the day is one, where it is asked for by its field.

    Raises:
        Invalid: ``invalid_fields``: it is no date.
    """
    if form.text("day") and asked_day(form) is None:
        raise Invalid("invalid_fields", "No such day.", fields={"day": "date_invalid"})


def typed(sent: Submitted) -> dict[str, str]:
    """What was chosen and typed, as it goes back into the form.

    The date that stood beside the times until now is nobody's choice: it follows them.
    """
    values = sent.values(_FIELDS)
    if looks(sent) and values["on"] == sent.text("shown"):
        values["on"] = ""
    return values


def read_start(form: Submitted) -> datetime:
    """The instant that was chosen, or typed.

    Raises:
        Invalid: ``invalid_fields``: nothing is chosen, another time is typed beside
            the chosen one, or what was typed is no time; ``happens_twice`` where the
            clocks show it twice and nobody said which one is meant.
    """
    values = typed(form)
    if values["start"] and values["start"] != TYPED_TIME:
        if values["at"]:
            raise Invalid("invalid_fields", "Two times.", fields={"at": "time_besides"})
        return _chosen_start(values["start"])
    if not values["start"] and not values["at"]:
        raise Invalid("invalid_fields", "No time.", fields={"start": "start_missing"})
    day, clock, zone = values["on"], values["at"], values["timezone"]
    starts_at = read_instant(
        day, clock, zone, later=values["fold"] == "1", day_field="on", clock_field="at"
    )
    if not values["fold"] and is_repeated(day, clock, zone):
        raise Invalid("invalid_fields", "Which one?", fields={"at": "happens_twice"})
    return starts_at


def _chosen_start(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Invalid("invalid_fields", "No time.", fields={"start": "start_missing"})
    return instant


def explain_error(
    error: PortalError | None, values: Mapping[str, str]
) -> tuple[dict[str, str], str | None, list[str]]:
    """What went wrong: by field, in general, and the rules that may be broken."""
    if error is None:
        return {}, None, []
    place = "at" if values["start"] == TYPED_TIME or not values["start"] else "start"
    if error.code == "outside_rules":
        return {}, error.code, _broken(error)
    if error.code == "slot_taken":
        return {place: "time_taken"}, None, []
    if error.code == "series_invalid":
        return at_fields(error.fields), None, []
    if isinstance(error, Conflict):
        return {}, closed_code(error), []
    fields = {place if name == "starts_at" else name: code for name, code in error.fields.items()}
    return fields, None if fields else error.code, []


def _broken(error: PortalError) -> list[str]:
    rules = [rule for name, rule in error.fields.items() if name.startswith("breaks.")]
    return rules or [error.fields.get("starts_at", "")]
