"""Series of appointments, and the usual time."""

from __future__ import annotations

from portal_chassis.authority.ownership import Client
from portal_chassis.authority.who import about_client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import series as contract
from portal_contracts.scheduling.rpc import usual_times as usual_times_contract
from scheduling.entry_points.checks import about_client_of_appointment
from scheduling.entry_points.wiring import Wiring
from scheduling.operations import mail_facts, series, series_changes, usual_times


class SeriesCalls(Wiring):
    """Series of appointments, and the usual time."""

    @rpc(contract.REVIEW_SERIES, checks=[about_client(Permission.APPOINTMENTS_WRITE)])
    def review_series(
        self, tx: Transaction, command: contract.ReviewSeries, call: Call
    ) -> contract.SeriesReview:
        """Which occurrences of a series would fit."""
        return series.review_series(tx, command, call.actor, now=call.now)

    @rpc(contract.BOOK_SERIES, who=about_client(Permission.APPOINTMENTS_WRITE))
    def book_series(
        self, tx: Transaction, command: contract.BookSeries, call: Call, client: Client
    ) -> contract.BookedSeries:
        """Book a series for a client."""
        return series.book_series(
            tx, command, call, self.sealer, active=client.active, now=call.now
        )

    @rpc(contract.GET_SERIES, checks=[about_client_of_appointment(Permission.APPOINTMENTS_READ)])
    def get_series(
        self, tx: Transaction, command: contract.GetSeries, call: Call
    ) -> contract.SeriesDetails:
        """The series of an appointment."""
        return series.get_series(tx, command, call.actor, now=call.now)

    @rpc(
        contract.REVIEW_SERIES_MOVE,
        checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)],
    )
    def review_series_move(
        self, tx: Transaction, command: contract.ReviewSeriesMove, call: Call
    ) -> contract.SeriesReview:
        """Where the occurrences of a series would be after a move."""
        return series_changes.review_series_move(tx, command, call.actor, now=call.now)

    @rpc(contract.MOVE_SERIES, checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)])
    def move_series(
        self, tx: Transaction, command: contract.MoveSeries, call: Call
    ) -> contract.MovedSeries:
        """Move an occurrence and those after it, or all to come."""
        return series_changes.move_series(tx, command, call, now=call.now)

    @rpc(
        contract.CANCEL_SERIES, checks=[about_client_of_appointment(Permission.APPOINTMENTS_WRITE)]
    )
    def cancel_series(
        self, tx: Transaction, command: contract.CancelSeries, call: Call
    ) -> contract.CancelledSeries:
        """Cancel an occurrence and those after it, or all to come."""
        return series_changes.cancel_series(tx, command, call, self.sealer, now=call.now)

    @rpc(contract.READ_SERIES_FACTS)
    def read_series_facts(
        self, tx: Transaction, command: contract.ReadSeriesFacts, call: Call
    ) -> contract.SeriesFacts:
        """What a mail about a series is written from."""
        return mail_facts.read_series_facts(tx, command, call.actor, now=call.now)

    @rpc(usual_times_contract.FIND_USUAL_TIME)
    def find_usual_time(
        self, tx: Transaction, command: usual_times_contract.FindUsualTime, call: Call
    ) -> usual_times_contract.UsualTime:
        """The next free start at the client's usual time."""
        return usual_times.find_usual_time(tx, command, call.actor, now=call.now)
