"""Forms in the console: sent, followed, read, reviewed; and the practice's templates."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from gateway.console.forms.score_chart import draw
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.forms.rpc.questions import RequestState, Score
from portal_contracts.forms.rpc.requests import (
    AnswerSheet,
    RequestChanged,
    RequestPage,
    RequestRow,
    ScorePoint,
    Scores,
    Sent,
)
from portal_contracts.forms.rpc.templates import (
    Library,
    LibraryForm,
    Published,
    Template,
    TemplateChanged,
    TemplateRow,
    Templates,
)
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
        state=RequestState.SUBMITTED, percent=100, due_on=None, sent_by=house.doctor.id,
        sent_at=NOW - timedelta(days=2), opened_at=NOW, submitted_at=NOW, reviewed_at=None,
        alert=False,
    )  # fmt: skip


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def desk(house):
    return house.as_practitioner(house.assistant())


def serve_answers(house, row, **sheet):
    given = {"row": row, "document": INTAKE, "answers": WHOLE, "score": None, "alerts": []}
    house.services.answers |= {
        "forms.get_request": row,
        "forms.open_answers": AnswerSheet(**(given | {"reviewed_by": None} | sheet)),
        "forms.list_scores": Scores(maximum=3, items=[]),
    }
    return f"/console/forms/requests/{row.id}"


def change(row, **fields):
    return msgspec.structs.replace(row, **fields)


# --- lists -------------------------------------------------------------------------------


def test_what_asks_for_attention_stands_first(house, doctor, row):
    alarm = change(row, id=uuid4(), alert=True, client_id=house.ben.id)
    pages = {RequestState.SUBMITTED: [row, alarm], None: [row, alarm]}
    house.services.answers["forms.list_requests"] = lambda asked, _: RequestPage(
        items=pages[asked.state], next_cursor=None
    )
    page = doctor.open("/console/forms")
    assert page.html.index(f"review-form-{alarm.id}") < page.html.index(f"review-form-{row.id}")
    doctor.open("/console")
    asked = [each.arguments for each in house.services.calls("forms.list_requests")]
    to_review = [one.answers_shown for one in asked if one.state is RequestState.SUBMITTED]
    assert to_review == [True, True]
    assert "Ben Brandt" in page.html


def test_the_list_is_filtered_by_state_and_paged(house, doctor, row):
    house.services.answers["forms.list_requests"] = RequestPage(items=[row], next_cursor="Mg")
    page = doctor.open("/console/forms?state=started&cursor=Mw")
    asked = [each.arguments for each in house.services.calls("forms.list_requests")]
    assert (asked[1].state, asked[1].cursor) == (RequestState.STARTED, "Mw")
    assert "/console/forms?state=started&cursor=Mg" in page.links
    assert doctor.open("/console/forms?state=zap").status == 422


def test_an_open_form_past_its_day_is_overdue(house, doctor, row):
    late = change(
        row, state=RequestState.STARTED, percent=40, submitted_at=None, due_on=date(2026, 11, 30)
    )
    today = change(late, id=uuid4(), due_on=date(2026, 12, 1))
    house.services.answers["forms.list_requests"] = RequestPage(
        items=[late, today], next_cursor=None
    )
    page = doctor.open(f"/console/clients/{house.anna.id}/forms")
    assert page.html.count("Overdue") == 1
    assert "40 % done" in page.html
    assert house.services.calls("forms.list_requests")[0].arguments.client_id == house.anna.id


def test_a_list_that_is_down_is_said_to_be(house, doctor):
    house.services.down.add("forms")
    for path in ("", "/templates", "/library"):
        page = doctor.open(f"/console/forms{path}")
        assert page.status == 200
        assert "not available right now" in page.html


# --- sending ---------------------------------------------------------------------------------


@pytest.fixture
def send_path(house):
    house.services.answers["forms.list_templates"] = Templates(
        items=[
            TEMPLATE,
            change(TEMPLATE, id=uuid4(), title="A draft", published=None),
            change(TEMPLATE, id=uuid4(), title="An old one", archived=True),
        ]
    )
    return f"/console/clients/{house.anna.id}/forms/send"


def test_a_published_form_is_sent_and_it_is_said_what_is_mailed_to_whom(house, desk, send_path):
    house.services.answers["forms.send_form"] = Sent(request_id=uuid4())
    page = desk.open(send_path)
    assert "anna@mail.example" in page.html
    assert "A draft" not in page.html
    assert "An old one" not in page.html
    typed = {"template": str(TEMPLATE.id), "due_on": "2026-12-24"}
    sent = desk.submit(page, send_path, typed)
    assert sent.headers["location"] == f"/console/clients/{house.anna.id}/forms"
    [call] = house.services.calls("forms.send_form")
    assert (call.arguments.template_id, call.arguments.due_on) == (TEMPLATE.id, date(2026, 12, 24))


def test_all_that_is_wrong_is_said_at_once_and_what_was_chosen_is_kept(house, desk, send_path):
    page = desk.submit(desk.open(send_path), send_path, {"due_on": "soon"})
    assert page.status == 422
    assert {"#field-template", "#field-due_on"} <= set(page.links)
    assert page.form(send_path).fields["due_on"] == "soon"
    assert not house.services.calls("forms.send_form")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Conflict("template_archived"), 409, "This form is archived"),
        (Invalid("due_on_past", fields={"due_on": "due_on_past"}), 422, "still to come"),
    ],
)
def test_a_refusal_keeps_what_was_chosen(house, desk, send_path, error, status, said):
    house.services.answers["forms.send_form"] = error
    typed = {"template": str(TEMPLATE.id), "due_on": "2026-11-24"}
    page = desk.submit(desk.open(send_path), send_path, typed)
    assert page.status == status
    assert said in page.html
    fields = page.form(send_path).fields
    assert (fields["template"], fields["due_on"]) == (str(TEMPLATE.id), "2026-11-24")


# --- one form that was sent -------------------------------------------------------------------


def test_answers_are_read_with_the_questions_as_they_were_asked(house, doctor, row):
    path = serve_answers(
        house,
        row,
        score=Score(total=2, maximum=3, band="high"),
        answers=WHOLE | {"harm": "c2"},
        alerts=["harm"],
    )
    page = doctor.open(path)
    for words in ("What would you like to be called?", "Anni", "6.5 hours", "high", "of 3",
                  "More than half the days", "asks for your attention"):  # fmt: skip
        assert words in page.html, words


def test_an_assistant_sees_how_far_it_is_and_no_answer(house, desk, row):
    page = desk.open(serve_answers(house, row))
    assert page.status == 200
    assert "only for practitioners" in page.html
    assert "Anni" not in page.html
    assert not house.services.calls("forms.open_answers")
    assert desk.post(f"/console/forms/requests/{row.id}/review", {}).status == 403


def test_before_it_is_sent_there_is_nothing_to_read(house, doctor, row):
    path = serve_answers(
        house, change(row, state=RequestState.STARTED, percent=40, submitted_at=None)
    )
    page = doctor.open(path)
    assert "40 % done" in page.html
    assert not house.services.calls("forms.open_answers")
    assert f"{path}/withdraw" in page.links


def test_answers_are_marked_as_reviewed(house, doctor, row):
    path = serve_answers(house, row)
    house.services.answers["forms.review_answers"] = RequestChanged(
        request_id=row.id, state=RequestState.REVIEWED
    )
    page = doctor.submit(doctor.open(path), f"{path}/review")
    assert page.headers["location"] == path
    assert "marked as reviewed" in doctor.follow(page).html


def test_withdrawing_asks_first_and_gives_way_to_a_client_who_was_quicker(house, doctor, row):
    path = serve_answers(house, change(row, state=RequestState.STARTED, submitted_at=None))
    page = doctor.open(f"{path}/withdraw")
    assert "Anna Adler is no longer asked" in page.html
    house.services.answers["forms.withdraw_request"] = Conflict("already_submitted")
    late = doctor.submit(page, f"{path}/withdraw")
    assert "has just sent this form" in doctor.follow(late).html


def test_scores_over_time_are_drawn_and_stand_in_a_table(house, doctor, row):
    path = serve_answers(house, row, score=Score(total=1, maximum=3, band="low"))
    points = [
        ScorePoint(request_id=uuid4(), submitted_at=NOW - timedelta(days=40), total=3, band="high"),
        ScorePoint(request_id=row.id, submitted_at=NOW, total=1, band="low"),
    ]
    house.services.answers["forms.list_scores"] = Scores(maximum=3, items=points)
    page = doctor.open(path)
    assert page.html.count("<circle") == 2
    assert f"/console/forms/requests/{points[0].request_id}" in page.links
    assert "3 of 3" in page.html


def test_one_score_alone_is_no_trend():
    point = ScorePoint(request_id=uuid4(), submitted_at=NOW, total=1, band="low")
    assert draw(Scores(maximum=3, items=[point]), point.request_id) is None


def test_two_scores_of_the_same_moment_can_be_drawn():
    point = ScorePoint(request_id=uuid4(), submitted_at=NOW, total=1, band="low")
    chart = draw(Scores(maximum=3, items=[point, point]), point.request_id)
    assert all(chart.left < dot.x < chart.right for dot in chart.dots)


# --- templates ------------------------------------------------------------------------------------


@pytest.fixture
def template_path(house):
    house.services.answers |= {
        "forms.get_template": Template(row=TEMPLATE, revision=2, document=INTAKE),
        "forms.archive_template": TemplateChanged(template_id=TEMPLATE.id, revision=2),
        "forms.list_library": Library(
            items=[LibraryForm(key="phq9_en", document=INTAKE, added=False)]
        ),
        "forms.add_from_library": Published(template_id=TEMPLATE.id, number=1),
    }
    return f"/console/forms/templates/{TEMPLATE.id}"


def test_a_template_is_seen_as_the_client_sees_it_published_and_archived(
    house, doctor, template_path
):
    page = doctor.open(template_path)
    assert "How stressed do you feel?" in page.html
    assert '<fieldset class="questions" disabled>' in page.html
    for act in ("edit", "publish"):
        assert f"{template_path}/{act}" in page.links
    doctor.submit(page, f"{template_path}/archive")
    assert house.services.calls("forms.archive_template")[0].arguments.archived is True


def test_a_form_of_the_library_is_added(house, doctor, template_path):
    page = doctor.open("/console/forms/library")
    added = doctor.submit(page, "/console/forms/library/add")
    assert added.headers["location"] == template_path
    assert house.services.calls("forms.add_from_library")[0].arguments.key == "phq9_en"


def test_an_assistant_looks_at_templates_and_changes_none(house, desk, template_path):
    page = desk.open(template_path)
    assert page.status == 200
    for act in ("edit", "publish"):
        assert f"{template_path}/{act}" not in page.links
    library = desk.open("/console/forms/library")
    assert "/console/forms/library/add" not in {form.action for form in library.forms}


# --- alerts --------------------------------------------------------------------------------------


@pytest.fixture
def alarm(house, row):
    return change(row, alert=True, alert_open=True, alert_at=NOW - timedelta(hours=1))


def serve_alerts(house, *rows):
    def answer(asked, _):
        items = [
            row
            for row in rows
            if asked.client_id in {None, row.client_id} and row.alert_open >= asked.alert_open
        ]
        return RequestPage(items=items, next_cursor=None)

    house.services.answers["forms.list_requests"] = answer


def client_tabs(client):
    tabs = ("", "/forms", "/mails", "/access")
    return [f"/console/clients/{client.id}{tab}" for tab in tabs]


def test_an_open_alert_is_a_band_on_today_and_on_every_page_of_the_client(house, doctor, alarm):
    other = change(alarm, id=uuid4(), alert_at=NOW, title="PHQ-9", client_id=house.ben.id)
    serve_alerts(house, alarm, other)
    for path in ["/console", *client_tabs(house.anna)]:
        page = doctor.open(path)
        band = page.html[page.html.index("part-alerts") : page.html.index("</section>")]
        assert "Anna Adler" in band, path
        assert alarm.title in band
        assert "11:00" not in band  # the practice's zone is Berlin: 8:00Z is 9:00
        assert f"/console/forms/requests/{alarm.id}" in page.links
        assert f"/console/forms/requests/{alarm.id}/review" in page.html
        assert ("Ben Brandt" in band) is (path == "/console"), path
    today = doctor.open("/console").html
    assert today.index("Ben Brandt") < today.index("Anna Adler") < today.index("part-today")
    assert "Answers in 2 forms" in today
    assert "part-alerts" not in doctor.open(f"/console/clients/{uuid4()}").html


def test_no_band_without_an_open_alert_even_where_a_service_of_before_lists_all(house, doctor, row):
    reviewed = change(row, alert=True, state=RequestState.REVIEWED)
    house.services.answers["forms.list_requests"] = RequestPage(
        items=[reviewed, row], next_cursor=None
    )
    for path in ["/console", *client_tabs(house.anna)]:
        assert "part-alerts" not in doctor.open(path).html


def test_a_band_that_cannot_be_shown_is_said_to_be_missing(house, doctor):
    house.services.down.add("forms")
    for path in ["/console", *client_tabs(house.anna)]:
        page = doctor.open(path)
        assert page.status == 200
        assert "Whether an answer asks for attention cannot be said right now" in page.html, path


@pytest.mark.parametrize("tab", ["", "/mails"])
def test_reviewing_from_the_band_leads_back_to_where_it_was_pressed(house, doctor, alarm, tab):
    serve_alerts(house, alarm)
    house.services.answers["forms.review_answers"] = RequestChanged(
        request_id=alarm.id, state=RequestState.REVIEWED
    )
    for path in ("/console", f"/console/clients/{house.anna.id}{tab}"):
        page = doctor.submit(doctor.open(path), f"/console/forms/requests/{alarm.id}/review")
        assert page.headers["location"] == path
        assert "marked as reviewed" in doctor.follow(page).html
    reviewed = house.services.calls("forms.review_answers")
    assert [each.arguments.alert_only for each in reviewed] == [False, False]
    assert len({each.idempotency_key for each in reviewed}) == 2


@pytest.mark.parametrize(
    "back", ["https://evil.example/console", "//evil.example", "/console/sign-out", "/console\n"]
)
def test_no_other_address_is_led_back_to(house, doctor, alarm, back):
    serve_alerts(house, alarm)
    house.services.answers["forms.review_answers"] = RequestChanged(
        request_id=alarm.id, state=RequestState.REVIEWED
    )
    path = f"/console/forms/requests/{alarm.id}"
    answer = doctor.submit(doctor.open("/console"), f"{path}/review", {"back": back})
    assert answer.headers["location"] in {path, "/console"}


def test_the_alert_of_a_form_that_is_not_sent_is_reviewed_unless_the_answers_came(
    house, doctor, alarm
):
    started = change(alarm, state=RequestState.STARTED, submitted_at=None, percent=40)
    serve_alerts(house, started)
    path = serve_answers(house, started)
    for page in (doctor.open("/console"), doctor.open(path)):
        assert page.form(f"{path}/review").fields["alert_only"] == "yes"
    house.services.answers["forms.review_answers"] = Conflict("already_submitted")
    late = doctor.submit(doctor.open("/console"), f"{path}/review")
    assert late.headers["location"] == path
    assert "read the answers first" in doctor.follow(late).html


def test_an_assistant_sees_the_band_and_marks_nothing(house, desk, alarm):
    serve_alerts(house, alarm)
    page = desk.open("/console")
    assert "part-alerts" in page.html
    assert f"/console/forms/requests/{alarm.id}" in page.links
    assert "/review" not in page.html
    assert "tell the practitioner who is in charge" in page.html
