"""Bookable services: what one is here, and what may be said of one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from msgspec.structs import replace

from portal_contracts.cleaning import cleaned as cleaned_texts
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.availability import Window
from portal_contracts.scheduling.rpc.services import (
    EARLIEST_BOOKABLE,
    LATEST_BOOKABLE,
    LEAST_ANSWER_MINUTES,
    MOST_CHOSEN_CLIENTS,
    MOST_FORMS_BEFORE,
    SERVICE_LENGTHS,
    SERVICE_RANGES,
    OpenTo,
    ServiceFields,
)
from scheduling.domain.availability import Availability
from scheduling.domain.hours import check_week, read_week
from scheduling.domain.service_rules import Alignment, ServiceRules


@dataclass(frozen=True)
class BookableService:
    """What one can book with a practitioner.

    Attributes:
        id: its id.
        practice_id: in which practice.
        practitioner_id: whose it is.
        version: counts its changes, from 1.
        archived: offered to nobody any more.
        fields: all that is said of it.
        practitioner_left: its practitioner's account is not in use, so it is offered to nobody.
    """

    id: UUID
    practice_id: UUID
    practitioner_id: UUID
    version: int
    archived: bool
    fields: ServiceFields = field(repr=False)
    practitioner_left: bool = False

    @property
    def closed(self) -> bool:
        """Whether nobody is offered times of it."""
        return self.archived or self.practitioner_left

    @property
    def duration(self) -> timedelta:
        """Length of an appointment."""
        return timedelta(minutes=self.fields.minutes)

    @property
    def buffer_before(self) -> timedelta:
        """Kept free before an appointment."""
        return timedelta(minutes=self.fields.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        """Kept free after an appointment."""
        return timedelta(minutes=self.fields.buffer_after_minutes)

    @property
    def notice(self) -> timedelta:
        """Elapsed time before the start until which clients book."""
        return timedelta(minutes=self.fields.min_notice_minutes)

    def is_open_to(self, client_id: UUID) -> bool:
        """Whether the client is among those who may book it."""
        return self.fields.open_to is OpenTo.ALL or client_id in self.fields.chosen_client_ids

    def offers_to(self, client_id: UUID) -> bool:
        """Whether the client may book it without the practice."""
        return not self.closed and self.fields.self_scheduling and self.is_open_to(client_id)

    def rules_for_clients(self, client_id: UUID | None) -> ServiceRules:
        """What the slot engine is told; without a client, as if it was open to whoever asks."""
        fields = self.fields
        return ServiceRules(
            duration=self.duration,
            increment=timedelta(minutes=fields.increment_minutes),
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            min_notice=self._least_notice,
            max_horizon_days=fields.max_horizon_days,
            bookable_from=fields.bookable_from,
            bookable_until=fields.bookable_until,
            max_per_day=fields.max_per_day,
            max_per_week=fields.max_per_week,
            max_per_month=fields.max_per_month,
            alignment=Alignment(fields.alignment),
            self_scheduling=fields.self_scheduling and not self.closed,
            client_allowed=client_id is None or self.is_open_to(client_id),
        )

    def rules_for_practice(self) -> ServiceRules:
        """The same, whether or not clients may book by themselves, and whichever of them."""
        return dataclasses.replace(
            self.rules_for_clients(None),
            min_notice=self.notice,
            self_scheduling=not self.closed,
        )

    @property
    def _least_notice(self) -> timedelta:
        """The notice of clients; a request leaves the practice time to answer before it."""
        answering = LEAST_ANSWER_MINUTES if self.fields.on_request else 0
        return self.notice + timedelta(minutes=answering)

    def hours(self, availability: Availability) -> Availability:
        """Its practitioner's hours, with its own weekly ones where it has some."""
        weekly = self.fields.weekly
        if weekly is None:
            return availability
        return dataclasses.replace(availability, weekly=read_week(weekly))

    def lasting(self, minutes: int | None) -> BookableService:
        """The same service with appointments of another length; None: of its own.

        Raises:
            Invalid: ``length_invalid``, the field ``minutes`` is ``out_of_range``.
        """
        if minutes is None:
            return self
        least, most = SERVICE_RANGES["minutes"]
        if not least <= minutes <= most:
            raise Invalid(
                "length_invalid", "No appointment is so long.", fields={"minutes": "out_of_range"}
            )
        return dataclasses.replace(self, fields=replace(self.fields, minutes=minutes))

    def with_weekly(self, weekly: list[list[Window]] | None) -> BookableService:
        """The same service with other weekly hours, or with its practitioner's."""
        return dataclasses.replace(self, fields=replace(self.fields, weekly=weekly))


def check_service_fields(fields: ServiceFields) -> ServiceFields:
    """The fields with their texts cleaned and each chosen client and form named once.

    Raises:
        Invalid: ``service_fields``, with a code for every wrong field:
            ``required``, ``too_long``, ``out_of_range``, ``not_https``, ``order``, ``too_many``,
            ``date_out_of_range``;
            at places like ``weekly.0.1.end`` also ``not_a_time``, ``end_before_start``,
            ``seven_days``.
            ``meeting_address_missing``.
    """
    cleaned = replace(
        cleaned_texts(fields),
        chosen_client_ids=list(dict.fromkeys(fields.chosen_client_ids)),
        form_template_ids=list(dict.fromkeys(fields.form_template_ids)),
    )
    errors: dict[str, str] = {}
    _check_texts(cleaned, errors)
    _check_numbers(cleaned, errors)
    if cleaned.place_kind is PlaceKind.VIDEO and not is_https(cleaned.place):
        errors.setdefault("place", "not_https" if cleaned.place else "meeting_address_missing")
    _check_dates(cleaned, errors)
    if cleaned.weekly is not None:
        check_week(cleaned.weekly, errors)
    if len(cleaned.chosen_client_ids) > MOST_CHOSEN_CLIENTS:
        errors["chosen_client_ids"] = "too_many"
    if len(cleaned.form_template_ids) > MOST_FORMS_BEFORE:
        errors["form_template_ids"] = "too_many"
    if errors:
        raise Invalid("service_fields", "Some fields are not right.", fields=errors)
    return cleaned


def is_https(text: str) -> bool:
    """Whether `text` is an address that a browser opens over https."""
    try:
        parts = urlsplit(text)
        names_a_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_one_word = not any(character.isspace() for character in text)
    return parts.scheme == "https" and names_a_host and is_one_word and parts.username is None


def _check_texts(fields: ServiceFields, errors: dict[str, str]) -> None:
    if not fields.title:
        errors["title"] = "required"
    for name, limit in SERVICE_LENGTHS.items():
        text = getattr(fields, name)
        if len(text) > limit:
            errors[name] = "too_long"


def _check_numbers(fields: ServiceFields, errors: dict[str, str]) -> None:
    for name, (least, most) in SERVICE_RANGES.items():
        number = getattr(fields, name)
        if number is not None and not least <= number <= most:
            errors[name] = "out_of_range"


def _check_dates(fields: ServiceFields, errors: dict[str, str]) -> None:
    first, last = fields.bookable_from, fields.bookable_until
    if first is not None and last is not None and last < first:
        errors["bookable_until"] = "order"
    for name, day in (("bookable_from", first), ("bookable_until", last)):
        if day is not None and not EARLIEST_BOOKABLE <= day <= LATEST_BOOKABLE:
            errors[name] = "date_out_of_range"
