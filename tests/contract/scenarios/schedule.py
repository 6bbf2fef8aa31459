"""A client's appointments and sessions."""

from uuid import uuid4

from portal_contracts.calls import Nothing, PortalOf
from portal_contracts.scheduling.rpc.booking import LIST_OWN_APPOINTMENTS
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_APPOINTMENTS,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE
from portal_contracts.scheduling.rpc.sessions import LIST_OWN_SESSIONS, ListOwnSessions
from tests.kit.contract.scenario import scenario


@scenario()
def appointments_and_sessions_are_shown(scene):
    scene.ask(PORTAL_SCHEDULE, PortalOf(), scene.anna)
    for days in (5, 2, 3, 7, 6):
        scene.add_schedule(scene.anna, days)
    scene.ask(PORTAL_SCHEDULE, PortalOf(), scene.anna)
    scene.ask(PORTAL_SCHEDULE, PortalOf(client_id=scene.anna.id), scene.assistant)
    scene.ask(PORTAL_SCHEDULE, PortalOf(client_id=uuid4()), scene.owner)
    scene.ask(PORTAL_SCHEDULE, PortalOf(client_id=uuid4()), scene.anna)
    scene.ask(
        LIST_CLIENT_APPOINTMENTS, ListClientAppointments(client_id=scene.anna.id), scene.owner
    )
    of_one = ListClientAppointments(client_id=scene.anna.id, limit=1)
    scene.ask(LIST_CLIENT_APPOINTMENTS, of_one, scene.assistant)
    scene.ask(LIST_CLIENT_APPOINTMENTS, ListClientAppointments(client_id=uuid4()), scene.owner)
    scene.ask(LIST_OWN_APPOINTMENTS, Nothing(), scene.anna)
    scene.ask(LIST_OWN_APPOINTMENTS, Nothing(), scene.ben)
    page = scene.ask(LIST_OWN_SESSIONS, ListOwnSessions(limit=3), scene.anna)
    more = ListOwnSessions(limit=3, cursor=page.next_cursor)
    scene.ask(LIST_OWN_SESSIONS, more, scene.anna)
    scene.ask(LIST_OWN_SESSIONS, ListOwnSessions(cursor="nonsense"), scene.anna)
