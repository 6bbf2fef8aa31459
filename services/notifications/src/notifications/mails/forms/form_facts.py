"""What the mails about a form ask forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.mails.mail import SAMPLE_ID
from portal_contracts.calls import Method
from portal_contracts.forms.rpc.filling import READ_FORM_FACTS, FormFacts, ReadFormFacts
from portal_contracts.forms.rpc.questions import RequestState


def asks(request_id: UUID) -> tuple[Method[Any, FormFacts], ReadFormFacts]:
    """The call that answers the facts of a request."""
    return READ_FORM_FACTS, ReadFormFacts(request_id=request_id)


def sample(now: datetime) -> FormFacts:
    """Facts that are made up."""
    return FormFacts(
        practice_id=SAMPLE_ID,
        client_id=SAMPLE_ID,
        sent_by=SAMPLE_ID,
        state=RequestState.NOT_OPENED,
        due_on=(now + timedelta(days=7)).date(),
        minutes=5,
        submitted_at=None,
    )
