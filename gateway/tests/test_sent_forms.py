"""What a practice does with forms that were sent: looks for them, reminds, unlocks, exports."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from gateway.web import streams
from portal_contracts.errors import Conflict, Invalid, Unavailable
from portal_contracts.forms.rpc.exports import (
    ExportBegun,
    ExportColumn,
    ExportedPage,
    ExportedResponse,
)
from portal_contracts.forms.rpc.questions import RequestState
from portal_contracts.forms.rpc.requests import (
    AnswerSheet,
    RequestChanged,
    RequestCounts,
    RequestPage,
    RequestRow,
    Sent,
)
from portal_contracts.forms.rpc.submissions import Submission, Unlocked
from portal_contracts.forms.rpc.templates import TemplateRow, Templates
from tests.kit.gateway.made_forms import INTAKE, WHOLE

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TEMPLATE = TemplateRow(
    id=uuid4(), title="Intake questionnaire", minutes=12, questions=11, language="en",
    published=1, changed=True, archived=False, sent=3,
)  # fmt: skip


@pytest.fixture
def row(house):
    return RequestRow(
        id=uuid4(), client_id=house.anna.id, template_id=TEMPLATE.id, title="Intake questionnaire",
        state=RequestState.STARTED, percent=40, due_on=date(2026, 11, 30), sent_by=house.doctor.id,
        sent_at=NOW - timedelta(days=2), opened_at=NOW, submitted_at=None, reviewed_at=None,
        alert=False,
    )  # fmt: skip


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def desk(house):
    return house.as_practitioner(house.assistant())


def change(row, **fields):
    return msgspec.structs.replace(row, **fields)


def serve_list(house, *rows, cursor=None):
    house.services.answers |= {
        "forms.list_requests": RequestPage(items=[*rows], next_cursor=cursor),
        "forms.count_requests": RequestCounts(states={"started": 2, "reviewed": 3}, overdue=1),
    }


def asked(house, name):
    return [one.arguments for one in house.services.calls(f"forms.{name}")]


def address(row):
    return f"/console/forms/requests/{row.id}"


# --- the list ------------------------------------------------------------------------------


def test_all_forms_stand_on_one_page_with_counts_the_overdue_first(house, doctor, row):
    serve_list(house, row, cursor="overdue.Mg")
    page = doctor.open("/console/forms")
    listed = asked(house, "list_requests")[1]
    assert (listed.overdue_first, listed.overdue, listed.today) == (True, False, date(2026, 12, 1))
    assert asked(house, "count_requests")[0].today == date(2026, 12, 1)
    assert "/console/forms?state=overdue" in page.links
    assert "/console/forms?cursor=overdue.Mg" in page.links
    assert 'Overdue <span class="count">1</span>' in page.html
    assert 'All <span class="count">5</span>' in page.html
    doctor.open("/console/forms?state=overdue&cursor=Mw")
    listed = asked(house, "list_requests")[-1]
    assert (listed.overdue, listed.state, listed.cursor) == (True, None, "Mw")


def test_forms_are_found_by_client(house, doctor, row):
    serve_list(house, row)
    page = doctor.open("/console/forms?client=Adler&state=started")
    listed = asked(house, "list_requests")[-1]
    assert (listed.client_ids, listed.state) == ([house.anna.id], RequestState.STARTED)
    assert asked(house, "count_requests")[0].client_ids == [house.anna.id]
    assert "/console/forms?state=overdue&client=Adler" in page.links
    serve_list(house)
    page = doctor.open("/console/forms?client=Nobody")
    assert asked(house, "list_requests")[-1].client_ids == []
    assert "No form of these clients is in this list" in page.html
    assert "Nothing of these clients is to be reviewed." in page.html
    assert "Everything that came back" not in page.html


def test_a_row_is_reminded_and_given_another_day_and_leads_back(house, desk, row):
    serve_list(house, row)
    changed = RequestChanged(request_id=row.id, state=row.state)
    house.services.answers |= {"forms.resend_form": changed, "forms.change_due_day": changed}
    here = "/console/forms?state=overdue"
    page = desk.open(here)
    assert f"{address(row)}/withdraw" in page.links
    sent = desk.submit(page, f"{address(row)}/resend", {})
    assert sent.headers["location"] == here
    due = desk.submit(page, f"{address(row)}/due", {"due_on": "2026-12-24"})
    assert due.headers["location"] == here
    assert asked(house, "change_due_day")[0].due_on == date(2026, 12, 24)
    assert asked(house, "resend_form")[0].request_id == row.id


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/console/sign-out"])
def test_no_other_address_is_led_back_to(house, desk, row, back):
    serve_list(house, row)
    house.services.answers["forms.resend_form"] = RequestChanged(request_id=row.id, state=row.state)
    page = desk.open("/console/forms")
    sent = desk.submit(page, f"{address(row)}/resend", {"back": back})
    assert sent.headers["location"] == address(row)


def test_a_day_that_is_none_or_past_is_said_at_the_field_and_kept(house, desk, row):
    house.services.answers |= {
        "forms.get_request": row,
        "forms.change_due_day": Invalid("due_on_past", fields={"due_on": "due_on_past"}),
    }
    page = desk.open(address(row))
    for typed, said in (("2026-31-31", "Enter a real date"), ("2020-01-01", "still to come")):
        refused = desk.submit(page, f"{address(row)}/due", {"due_on": typed})
        assert refused.status == 422
        assert said in refused.html
        assert f'value="{typed}"' in refused.html


def test_whoever_was_quicker_is_told_of(house, desk, row):
    serve_list(house, row)
    house.services.answers["forms.resend_form"] = Conflict("already_submitted")
    page = desk.open("/console/forms")
    sent = desk.submit(page, f"{address(row)}/resend", {})
    assert "no longer waits" in desk.open(sent.headers["location"]).html


def test_overdue_forms_stand_on_today(house, doctor, row):
    pages = {True: [row], False: []}
    house.services.answers["forms.list_requests"] = lambda command, _: RequestPage(
        items=pages[command.overdue], next_cursor=None
    )
    page = doctor.open("/console")
    assert "Overdue forms" in page.html
    assert address(row) in page.links


# --- sending the same again --------------------------------------------------------------------


def send(command, _actor):
    if not command.again:
        raise Conflict("still_open")
    return Sent(request_id=uuid4())


def test_a_form_that_waits_is_sent_again_by_the_same_button_after_a_warning(house, desk):
    house.services.answers |= {
        "forms.list_templates": Templates(items=[TEMPLATE]),
        "forms.send_form": send,
    }
    path = f"/console/clients/{house.anna.id}/forms/send"
    typed = {"template": str(TEMPLATE.id), "due_on": "2026-12-24"}
    warned = desk.submit(desk.open(path), path, typed)
    assert warned.status == 409
    assert "still waits for" in warned.html
    assert 'value="2026-12-24"' in warned.html
    sent = desk.submit(warned, path, {})
    assert sent.status == 303
    assert [one.again for one in asked(house, "send_form")] == [False, True]


# --- unlocking ------------------------------------------------------------------------------------


def submissions(house, *, unlocked=True):
    first = Submission(
        id=uuid4(), number=1, submitted_at=NOW - timedelta(days=1), revealed=False,
        reviewed_at=NOW - timedelta(hours=9), reviewed_by=house.doctor.id,
        unlocked_at=NOW if unlocked else None, unlocked_by=house.doctor.id,
        reason="Please look at the <dose> again.",
    )  # fmt: skip
    second = Submission(
        id=uuid4(), number=2, submitted_at=NOW, revealed=False, reviewed_at=None, reviewed_by=None
    )
    return first, second


def serve_sheet(house, row, shown, *all_of_them):
    house.services.answers |= {
        "forms.get_request": row,
        "forms.open_answers": AnswerSheet(
            row=row, document=msgspec.structs.replace(INTAKE, scoring=None), answers=WHOLE,
            score=None, alerts=[], reviewed_by=None, submission_id=shown.id,
            submissions=[*all_of_them],
        ),
    }  # fmt: skip


def test_what_came_back_is_unlocked_with_a_reason(house, doctor, row):
    row = change(row, state=RequestState.SUBMITTED, submitted_at=NOW)
    _, only = submissions(house)
    serve_sheet(house, row, only, only)
    page = doctor.open(address(row))
    assert f"{address(row)}/unlock" in page.links
    asks = doctor.open(f"{address(row)}/unlock")
    house.services.answers["forms.unlock_form"] = Invalid(
        "unlock_fields", fields={"reason": "correction_missing"}
    )
    refused = doctor.submit(asks, f"{address(row)}/unlock", {"reason": "  "})
    assert (refused.status, "what should be corrected" in refused.html) == (422, True)
    house.services.answers["forms.unlock_form"] = Unlocked(
        request_id=row.id, state=RequestState.STARTED
    )
    done = doctor.submit(refused, f"{address(row)}/unlock", {"reason": "The dose."})
    assert done.headers["location"] == address(row)
    assert asked(house, "unlock_form")[-1].reason == "The dose."


def test_what_was_sent_is_read_while_it_is_corrected_and_locked_again(house, doctor, row):
    row = change(row, unlocked_at=NOW)
    first, _ = submissions(house)
    serve_sheet(house, row, first, first)
    page = doctor.open(address(row))
    assert "can correct this form since" in page.html
    assert "the &lt;dose&gt; again" in page.html
    assert "Anna Bergmann" in page.html
    assert "Lock again" in page.html
    assert "Mark as reviewed" not in page.html
    house.services.answers["forms.withdraw_request"] = RequestChanged(
        request_id=row.id, state=RequestState.REVIEWED
    )
    confirm = doctor.open(f"{address(row)}/withdraw")
    assert "stands again as it was" in confirm.html
    done = doctor.submit(confirm, f"{address(row)}/withdraw", {})
    assert "locked again" in doctor.open(done.headers["location"]).html


def test_both_submissions_are_listed_and_the_earlier_one_is_read(house, doctor, row):
    row = change(row, state=RequestState.SUBMITTED, submitted_at=NOW)
    first, second = submissions(house)
    serve_sheet(house, row, first, second, first)
    page = doctor.open(f"{address(row)}?submission={first.id}")
    assert asked(house, "open_answers")[-1].submission_id == first.id
    assert "This is submission 1 of 2" in page.html
    assert "Unlock for correction" not in page.html
    assert doctor.open(f"{address(row)}?submission=zap").status == 404


def test_an_assistant_neither_unlocks_nor_exports(house, desk, row):
    house.services.answers["forms.get_request"] = change(row, state=RequestState.SUBMITTED)
    assert "Unlock" not in desk.open(address(row)).html
    assert desk.open(f"{address(row)}/unlock").status == 403
    assert desk.open(f"/console/forms/templates/{TEMPLATE.id}/export").status == 403


# --- export --------------------------------------------------------------------------------


def serve_export(house, pages):
    begun = ExportBegun(
        template_id=TEMPLATE.id, title="Intake: “Ännä”/..", total=3,
        columns=[ExportColumn(name="q_called", text="Your name?")], versions=[],
    )  # fmt: skip
    one = ExportedResponse(
        request_id=uuid4(), client_id=house.anna.id, version=1, submission=1, current=True,
        submitted_at=NOW, reviewed_at=None, scores=[], answers={}, cells={"q_called": "=1+1"},
    )  # fmt: skip

    def answer(command, _actor):
        number = int(command.cursor or 0)
        following = str(number + 1) if number + 1 < pages else None
        return ExportedPage(items=[one], next_cursor=following)

    house.services.answers |= {"forms.begin_export": begun, "forms.export_answers": answer}


@pytest.mark.parametrize("named", [False, True])
def test_answers_are_downloaded_page_by_page(house, doctor, named):
    serve_export(house, pages=3)
    path = f"/console/forms/templates/{TEMPLATE.id}/export"
    page = doctor.open(path)
    assert "3 submissions" in page.html
    file = doctor.submit(page, path, {"kind": "csv"} | ({"names": "yes"} if named else {}))
    assert file.status == 200
    assert file.headers["content-type"].startswith("text/csv")
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    lines = file.body.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert ("Anna Adler" in lines[1]) is named
    assert lines[1].endswith("'=1+1")
    assert [one.cursor for one in asked(house, "export_answers")] == [None, "1", "2"]


def test_an_export_is_refused_before_its_first_byte_and_only_some_run_at_once(house, doctor):
    serve_export(house, pages=1)
    path = f"/console/forms/templates/{TEMPLATE.id}/export"
    page = doctor.open(path)
    assert doctor.submit(page, path, {"kind": "zap"}).status == 422
    running = [streams.begin_stream(lambda: iter(())) for _ in range(streams.MOST_AT_ONCE)]
    waits = doctor.submit(page, path, {"kind": "csv"})
    assert (waits.status, waits.headers["retry-after"]) == (503, "5")
    assert waits.form(path).fields["kind"] == "csv"
    assert asked(house, "export_answers") == []
    for one in running:
        one.close()
        one.close()
    house.services.answers["forms.export_answers"] = Unavailable("service_unavailable")
    for _ in range(streams.MOST_AT_ONCE + 1):
        assert doctor.submit(page, path, {"kind": "json"}).status == 503
    serve_export(house, pages=1)
    for _ in range(streams.MOST_AT_ONCE + 1):
        assert doctor.submit(page, path, {"kind": "json"}).status == 200
