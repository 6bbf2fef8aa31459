"""The API's bearers: practitioners' tokens, and who is behind a bearer."""

from __future__ import annotations

from identity_links.entry_points.wiring import Wiring
from identity_links.operations import api_tokens, bearers
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.rpc.entry_point import rpc
from portal_chassis.rpc.runs_in import RunsIn
from portal_contracts.calls import Done, Nothing
from portal_contracts.identity_links.rpc.api_tokens import (
    CREATE_API_TOKEN,
    LIST_API_TOKENS,
    LIST_PRACTICE_TOKENS,
    RESOLVE_BEARER,
    REVOKE_API_TOKEN,
    ApiTokenCreated,
    ApiTokens,
    Bearer,
    CreateApiToken,
    ResolveBearer,
    RevokeApiToken,
)


class ApiTokenCalls(Wiring):
    """The API's bearers: practitioners' tokens, and who is behind a bearer."""

    @rpc(CREATE_API_TOKEN)
    def create_api_token(
        self, tx: Transaction, command: CreateApiToken, call: Call
    ) -> ApiTokenCreated:
        """Make an API token."""
        return api_tokens.create_api_token(tx, command, call, now=call.now)

    @rpc(LIST_API_TOKENS)
    def list_api_tokens(self, tx: Transaction, _command: Nothing, call: Call) -> ApiTokens:
        """The API tokens of the practitioner who asks."""
        return api_tokens.list_api_tokens(tx, call, now=call.now)

    @rpc(LIST_PRACTICE_TOKENS)
    def list_practice_tokens(self, tx: Transaction, _command: Nothing, call: Call) -> ApiTokens:
        """The API tokens of everybody in the practice."""
        return api_tokens.list_practice_tokens(tx, call, now=call.now)

    @rpc(REVOKE_API_TOKEN)
    def revoke_api_token(self, tx: Transaction, command: RevokeApiToken, call: Call) -> Done:
        """End an API token."""
        return api_tokens.revoke_api_token(tx, command, call, now=call.now)

    @rpc(RESOLVE_BEARER, runs_in=RunsIn.NOTHING)
    def resolve_bearer(self, command: ResolveBearer, call: Call) -> Bearer:
        """Who is behind a bearer, counting the request."""
        return bearers.resolve_bearer(
            self.database,
            command,
            requests=self.settings.bearer_requests,
            failures=self.settings.failed_bearers,
            now=call.now,
        )
