"""What a fake need not know: the few places where less than the whole answer is compared.

Each is a function of a call's outcome that takes away, on both sides, what only the
real service can tell, and says why.
"""

from dataclasses import replace

from portal_contracts.forms.rpc.filling import DRAFT_KEY
from portal_contracts.identity_links.rpc.access import LIST_ACCESS
from portal_contracts.identity_links.rpc.accounts import BEGIN_SECOND_FACTOR
from portal_contracts.identity_links.rpc.api_tokens import RESOLVE_BEARER
from portal_contracts.notifications.rpc import OPEN_DELIVERY


def without_refusals(page):
    """Refused calls are rows of the real log only, and so the numbers of rows differ.

    `services/identity-links/tests` sees to it that each refusal is a row.
    """
    rows = [{**row, "seq": "a number"} for row in page["items"] if row["outcome"] == "done"]
    return {**page, "items": rows}


def without_its_words(mail):
    """The fake writes one sentence for a letter; that its link is masked is what counts.

    The letters' words are held by `services/notifications/tests`.
    """
    return {
        **mail,
        "subject": "words" if mail["subject"] else "",
        "text": "a masked link" if "lk_••••" in mail["text"] else mail["text"],
    }


def without_its_bytes(reply):
    """A key follows from the client's data key, which a fake has not; that there is one counts."""
    return {"key": len(reply["key"])}


def without_its_seconds(bearer):
    """When the oldest requests no longer count goes by the clock, and each world has its own."""
    return {**bearer, "allowance": {**bearer["allowance"], "more_in_seconds": "seconds"}}


def without_its_key(setup):
    """A fake's key is always the same; that there is one of that length, and an address, counts."""
    return {"key": len(setup["key"]), "address": setup["address"].partition("?")[0]}


LESS = {
    BEGIN_SECOND_FACTOR.address: without_its_key,
    DRAFT_KEY.address: without_its_bytes,
    LIST_ACCESS.address: without_refusals,
    OPEN_DELIVERY.address: without_its_words,
    RESOLVE_BEARER.address: without_its_seconds,
}


def compared(step):
    """What is compared of a step."""
    less = LESS.get(step.address)
    return step if less is None or step.code else replace(step, outcome=less(step.outcome))
