"""The tables: one database for all, with the rows of the portal's four.

A booked time and the seat in it are one row, because such a portal has no groups
to begin with. Texts lie unsealed.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

BLOCKING = ("held", "requested", "confirmed")
"""The states of an appointment that nobody else can have the time of."""


class Row(models.Model):
    """What every row has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Practice(Row):
    """A practice."""

    name = models.TextField()
    contact_email = models.TextField()
    contact_phone = models.TextField()
    timezone = models.TextField()
    accent = models.TextField()

    class Meta:
        db_table = "practice"


class Practitioner(Row):
    """Who works there."""

    practice = models.ForeignKey(Practice, models.CASCADE)
    name = models.TextField()
    email = models.TextField()

    class Meta:
        db_table = "practitioner"


class Client(Row):
    """Who comes."""

    practice = models.ForeignKey(Practice, models.CASCADE)
    name = models.TextField()
    email = models.TextField()
    timezone = models.TextField()
    language = models.TextField()

    class Meta:
        db_table = "client"

    @property
    def first_name(self) -> str:
        """How the client is greeted."""
        return str(self.name).split()[0]


class Device(Row):
    """A browser that is signed in, by the hash of the secret in its cookie."""

    client = models.ForeignKey(Client, models.CASCADE)
    secret_hash = models.TextField(unique=True)
    last_seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "device"


class PortalLink(Row):
    """A link of a mail, by the hash of its token."""

    client = models.ForeignKey(Client, models.CASCADE)
    token_hash = models.TextField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "portal_link"


class Availability(models.Model):
    """When a practitioner works."""

    practitioner = models.OneToOneField(Practitioner, models.CASCADE, primary_key=True)
    timezone = models.TextField()
    weekly = models.JSONField()
    overrides = models.JSONField()
    time_off = models.JSONField()
    holidays = models.JSONField(null=True)

    class Meta:
        db_table = "availability"


class Service(Row):
    """What can be booked."""

    practice = models.ForeignKey(Practice, models.CASCADE)
    practitioner = models.ForeignKey(Practitioner, models.CASCADE)
    title = models.TextField()
    description = models.TextField()
    minutes = models.IntegerField()
    buffer_before_minutes = models.IntegerField()
    buffer_after_minutes = models.IntegerField()
    increment_minutes = models.IntegerField()
    min_notice_minutes = models.IntegerField()
    max_horizon_days = models.IntegerField(null=True)
    self_scheduling = models.BooleanField()
    archived = models.BooleanField()
    price = models.TextField()
    place = models.TextField()
    cancel_notice_minutes = models.IntegerField()
    move_notice_minutes = models.IntegerField()

    class Meta:
        db_table = "service"
        indexes = [models.Index(fields=["practice"], name="service_practice")]


class Appointment(Row):
    """A time that is somebody's; held for five minutes before it is booked."""

    client = models.ForeignKey(Client, models.CASCADE, db_index=False)
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, db_index=False)
    service = models.ForeignKey(Service, models.CASCADE)
    title = models.TextField()
    place = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField()
    status = models.TextField()
    expires_at = models.DateTimeField(null=True)
    note = models.TextField(default="")
    ics_sequence = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "appointment"
        indexes = [models.Index(fields=["client", "ends_at"], name="appointment_client")]
        constraints = [
            ExclusionConstraint(
                name="appointment_overlap",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    ("blocked", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=BLOCKING),
            )
        ]


class BusyTime(models.Model):
    """When a practitioner's other calendars say busy."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE)
    during = DateTimeRangeField()

    class Meta:
        db_table = "busy_time"


class Session(Row):
    """An appointment that took place."""

    client = models.ForeignKey(Client, models.CASCADE, db_index=False)
    appointment = models.OneToOneField(Appointment, models.CASCADE, null=True)
    title = models.TextField()
    started_at = models.DateTimeField()
    status = models.TextField()

    class Meta:
        db_table = "session"
        indexes = [models.Index(fields=["client", "-started_at"], name="session_client")]


class SessionNote(models.Model):
    """What a practitioner wrote for herself; no page that is measured reads it."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True)
    body = models.BinaryField()

    class Meta:
        db_table = "session_note"


class Summary(Row):
    """A version of what a practitioner writes for the client."""

    client = models.ForeignKey(Client, models.CASCADE, db_index=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="summaries")
    version = models.IntegerField()
    body = models.TextField()
    shared_at = models.DateTimeField(null=True)
    unshared_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "summary"
        indexes = [
            models.Index(
                fields=["client", "-shared_at"],
                name="summary_client",
                condition=Q(shared_at__isnull=False, unshared_at__isnull=True),
            )
        ]


class FormVersion(Row):
    """A questionnaire as it was published."""

    title = models.TextField()
    minutes = models.IntegerField()
    document = models.JSONField()

    class Meta:
        db_table = "form_version"


class FormRequest(Row):
    """A form that a client was sent."""

    client = models.ForeignKey(Client, models.CASCADE, db_index=False)
    version = models.ForeignKey(FormVersion, models.CASCADE)
    state = models.TextField()
    sent_at = models.DateTimeField()
    due_on = models.DateField(null=True)

    class Meta:
        db_table = "form_request"
        indexes = [models.Index(fields=["client", "state"], name="form_request_client")]


class FormResponse(Row):
    """What was answered; no page that is measured reads it."""

    request = models.ForeignKey(FormRequest, models.CASCADE)
    answers = models.BinaryField()
    submitted_at = models.DateTimeField()

    class Meta:
        db_table = "form_response"
