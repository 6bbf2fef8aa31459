"""Whatever a service writes into the access log is told in words."""

import ast
from pathlib import Path

from gateway.words.accesses import SENTENCES
from gateway.words.logs import ACTS
from identity_links.domain.access import Act

SERVICES = Path(__file__).parents[2] / "services"
TELLS = ("log_access", "record_access", "access_told", "access_of")


def acts_told(source: str) -> set[str]:
    """The acts that a module names where it tells the access log of something."""
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TELLS
    ]
    return {
        one.value
        for call in calls
        for one in call.args
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_every_act_of_a_service_has_words():
    told = {
        act
        for path in SERVICES.glob("*/src/**/*.py")
        for act in acts_told(path.read_text(encoding="utf-8"))
    }
    assert {"appointment.booked", "series.booked", "form.sent", "delivery.opened"} <= told
    assert told | {act.value for act in Act} <= ACTS.keys() | SENTENCES.keys()
