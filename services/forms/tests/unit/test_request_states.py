"""The states of a form request."""

from forms.domain.requests import ANSWERED, OPEN
from portal_contracts.forms.rpc.questions import RequestState


def test_a_request_is_open_answered_or_withdrawn():
    assert {*OPEN, *ANSWERED, RequestState.WITHDRAWN} == set(RequestState)
    assert not set(OPEN) & set(ANSWERED)
