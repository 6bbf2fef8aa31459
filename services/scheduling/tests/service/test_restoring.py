"""Invitations after a restore."""

from datetime import timedelta

from portal_contracts.actor import service_actor
from portal_contracts.scheduling.rpc.overview import READ_APPOINTMENT_FACTS, ReadAppointmentFacts
from scheduling.operations.own_appointments import as_seen
from scheduling.operations.restoring import RAISED_BY, raise_sequences
from scheduling.storage import appointments


def test_the_sequence_grows_with_each_restore_and_the_count_of_changes_stays(desk, calendar, now):
    one = calendar.appointment(calendar.client(), now + timedelta(days=1))
    for restores in (1, 2):
        with desk.database.transaction() as tx:
            assert raise_sequences(tx) == 1
        command = ReadAppointmentFacts(appointment_id=one)
        facts = desk.ask(READ_APPOINTMENT_FACTS, command, service_actor("notifications"))
        assert (facts.ics_sequence, facts.sequence_raised) == (0, restores * RAISED_BY)
    with desk.database.transaction() as tx:
        found = appointments.find_anywhere(tx, one)
    # The entry that a client takes from the portal is the same one.
    assert as_seen(found, "", now=now).ics_sequence == 2 * RAISED_BY
