"""Between the wire and the domain."""

from __future__ import annotations

from portal_contracts.scheduling.rpc import PastSession, PortalSchedule, UpcomingAppointment
from scheduling.domain.appointments import Appointment
from scheduling.domain.portal import ScheduleOverview
from scheduling.domain.sessions import Session


def schedule_to_wire(overview: ScheduleOverview) -> PortalSchedule:
    """A client's calendar at a glance, as the contract has it."""
    return PortalSchedule(
        upcoming=[_upcoming(one) for one in overview.upcoming],
        upcoming_total=overview.upcoming_total,
        past=[_past(one) for one in overview.past],
        past_total=overview.past_total,
        can_book=overview.can_book,
    )


def _upcoming(appointment: Appointment) -> UpcomingAppointment:
    return UpcomingAppointment(
        id=appointment.id,
        title=appointment.title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=appointment.timezone,
        status=appointment.status.value,
    )


def _past(session: Session) -> PastSession:
    return PastSession(
        id=session.id,
        title=session.title,
        started_at=session.started_at,
        ended_at=session.ended_at,
        timezone=session.timezone,
        status=session.status.value,
        summary_id=session.summary_id,
    )
