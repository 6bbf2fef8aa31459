"""The scripts that show what is asked: by the table that the service is held to, and on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from forms.domain.asking import asked
from forms.domain.questions import for_client
from gateway.web.cookies import Cookie
from gateway.web.live_rules import live_rules
from gateway.web.pages import HERE
from gateway.web.static_files import StaticFiles
from gateway.web.tokens import new_secret
from portal_chassis.ids import new_id
from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.filling import ClientForm
from portal_contracts.forms.rpc.questions import AlertRule, RequestState
from tests.kit.asking import Case, cases
from tests.kit.browser import PATIENCE_MS
from tests.kit.gateway.made_forms import COUGH

MODULE = StaticFiles(HERE / "static").url("js/asking/asked.js")
ASK_ALL = """async ([module, pages]) => {
  const { asked } = await import(module);
  return pages.map(({ rules, answers, hidden }) => asked(JSON.parse(rules), answers, hidden));
}"""


def pages_of(case: Case):
    """Each page of a form that has rules: what it is given, and what its script has to say."""
    form = asked(case.document, case.answers, case.today)
    before = asked(case.document, {}, case.today)
    opened = ClientForm(
        id=new_id(),
        state=RequestState.STARTED,
        sent_by=new_id(),
        sent_at=datetime(2026, 12, 1, tzinfo=UTC),
        due_on=None,
        document=for_client(case.document),
        answers=form.answers,
        revision=1,
        saved_at=None,
        percent=0,
        problems={},
        alert=False,
        submitted_at=None,
        hidden=form.hidden_in_order(),
        today=case.today,
    )
    for section in opened.document.sections:
        rules = live_rules(section, opened)
        ids = [one.id for one in section.questions]
        if not rules or set(ids) <= form.hidden:
            continue
        # What follows from scores is the service's to say; the rest is found out from no answers.
        hidden = [
            one.id
            for one in section.questions
            if one.id in (before if one.shown_when else form).hidden
        ]
        answers = {name: answer for name, answer in case.answers.items() if name in ids}
        calculated = {one.id for one in section.questions if one.calculation is not None}
        yield (
            {"rules": rules, "answers": answers, "hidden": hidden},
            {
                "hidden": [one for one in case.hidden if one in ids],
                "required": [one for one in case.required if one in ids],
                "calculated": {one: case.calculated.get(one) for one in ids if one in calculated},
            },
        )


@pytest.fixture
def page(chromium, live):
    context = chromium.new_context(base_url=live.address)
    secret = new_secret()
    live.services.add_device(live.anna, secret)
    name = live.name(Cookie.CLIENT_DEVICE)
    context.add_cookies([{"name": name, "value": secret, "url": live.address}])
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_the_scripts_ask_what_the_service_asks(page):
    table = [(case.name, *one) for case in cases() for one in pages_of(case)]
    assert len(table) > 90
    page.goto("/home")
    said = page.evaluate(ASK_ALL, [MODULE, [given for _name, given, _expected in table]])
    wrong = [
        (name, answer, expected)
        for (name, _given, expected), answer in zip(table, said, strict=True)
        if answer != expected
    ]
    assert wrong == []


def test_a_question_appears_with_its_answer_and_a_section_is_skipped_or_not(page, live):
    form = live.services.forms.add(live.anna.id, live.doctor.id, COUGH)
    page.goto(f"/forms/{form.id}/1")
    weeks = page.locator("#field-q_since")
    expect(weeks).to_be_hidden()
    page.check("input[value=cough]")
    expect(weeks).to_be_visible()
    weeks.fill("1,5")
    expect(page.locator("#field-q_days")).to_have_text("10.5")
    page.click("#next")
    page.wait_for_url("**/3")
    expect(page.locator(".steps-head")).to_contain_text("Step 2 of 3")
    page.click("#go-back")
    page.wait_for_url("**/1")
    page.fill("#field-q_since", "3")
    page.click("#next")
    page.wait_for_url("**/2")
    page.go_back()
    page.check("input[value=other]")
    expect(page.locator("#field-q_since")).to_be_hidden()
    page.fill("#field-q_what-words", "A cold")
    page.click("#next")
    page.wait_for_url("**/3")
    assert form.answers == {"what": {"other": "A cold"}, "since": 3}


def test_whom_to_call_stays_in_sight_when_the_question_that_asked_for_it_is_hidden(page, live):
    rule = AlertRule(when=Condition(operator=ConditionOperator.AT_LEAST, item="since", values=[9]))
    form = live.services.forms.add(live.anna.id, live.doctor.id, replace(COUGH, alerts=[rule]))
    page.goto(f"/forms/{form.id}/1")
    page.check("input[value=cough]")
    page.fill("#field-q_since", "9")
    expect(page.locator(".crisis")).to_be_visible()
    page.check("input[value=other]")
    expect(page.locator("#field-q_since")).to_be_hidden()
    expect(page.locator(".crisis")).to_be_visible()
