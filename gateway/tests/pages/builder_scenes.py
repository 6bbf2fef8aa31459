"""Scenes of a form that a practice makes: the builder, trying it out, publishing it."""

from __future__ import annotations

from typing import Any

from console_form_scenes import ALL, LIBRARY, TEMPLATES
from msgspec.structs import replace
from scene import Scene, console

from forms.domain.documents import check_document
from forms.domain.editing import blank
from forms.domain.template_changes import changes, open_problems
from gateway.console.forms.builder.parts import Part, problems_by_part
from gateway.console.forms.builder.shown import builder_values, editor_of
from gateway.words.language import LANGUAGES
from portal_contracts.forms.rpc.conditions import (
    Calculation,
    CalculationOperator,
    Condition,
    ConditionOperator,
)
from portal_contracts.forms.rpc.questions import (
    AlertRule,
    Band,
    Choice,
    FormDocument,
    Question,
    QuestionKind,
    Row,
    Score,
    Scoring,
    Section,
)
from portal_contracts.forms.rpc.reviewing import TemplateReview, TriedTemplate
from portal_contracts.forms.rpc.templates import Template, Templates

PATH = f"{TEMPLATES}/{ALL[3].id}"
OFTEN = [
    Choice(code=f"c{score}", text=text, score=score)
    for score, text in enumerate(("Never", "Sometimes", "Nearly every night"))
]
LOOKED = Condition(operator=ConditionOperator.ANY_OF, item="wakes", values=["c1", "c2"])
NESTED = Condition(
    operator=ConditionOperator.ALL,
    of=[
        LOOKED,
        Condition(
            operator=ConditionOperator.ANY,
            of=[
                Condition(operator=ConditionOperator.AT_LEAST, item="hours", values=[4]),
                Condition(operator=ConditionOperator.AFTER, item="since", values=["2026-01-31"]),
                Condition(operator=ConditionOperator.IS, item="naps", values=[True]),
            ],
        ),
    ],
)


def asked(question_id: str, kind: str, text: str, **more: Any) -> Question:
    return Question(id=question_id, kind=QuestionKind(kind), text=text, **more)


DIARY = FormDocument(
    title="Sleep diary",
    intro="A few minutes each morning.",
    sections=[
        Section(
            id="night",
            title="Last night",
            questions=[
                asked("wakes", "choice", "How often did you wake up?", choices=OFTEN),
                asked("hours", "number", "How many hours did you sleep?", unit="hours",
                      minimum=0, maximum=24),
                asked("since", "date", "Since when do you sleep like this?", required=False),
                asked("naps", "yes_no", "Do you sleep by day?", help="Also for minutes."),
            ],
        ),
        Section(
            id="more",
            title="What wakes you",
            shown_when=NESTED,
            questions=[
                asked("what", "matrix", "What was it?", choices=OFTEN,
                      rows=[Row(code="noise", text="Noise"), Row(code="worry", text="Worries")]),
                asked("week", "calculated", "Hours a week", unit="hours",
                      calculation=Calculation(operator=CalculationOperator.PRODUCT,
                                              of=["hours", 7])),
                asked("agree", "consent", "I agree that this is kept.", shown_when=LOOKED),
            ],
        ),
    ],
    scoring=Scoring(questions=["wakes"], maximum=2, title="Waking",
                    bands=[Band(minimum=0, maximum=1, text="fine"),
                           Band(minimum=2, maximum=2, text="look closer")]),
    alerts=[AlertRule(when=LOOKED)],
)  # fmt: skip
UNFINISHED = replace(
    DIARY,
    sections=[
        DIARY.sections[0],
        replace(DIARY.sections[1], questions=[asked("new", "choices", "")]),
    ],
)


def template(document: FormDocument) -> Template:
    problems = open_problems(check_document(document))
    row = replace(ALL[3], title=document.title)
    return Template(row=row, revision=7, document=document, problems=problems, undoable=True)


def builder(name: str, document: FormDocument = DIARY, part: str = "", **more: Any) -> Scene:
    of = template(document)
    opened = Part(*part.split(".")) if part else None
    kept = {one: more.pop(one) for one in ("typed", "errors", "more") if one in more}
    editor = editor_of(of, opened, **kept) if opened else None
    values = builder_values(of, editor, "en")
    return console(f"builder{name}", "builder", f"{PATH}/edit", **values, **more)


def publish(name: str, document: FormDocument, former: FormDocument | None) -> Scene:
    of = template(document)
    review = TemplateReview(
        template_id=of.row.id, revision=7, number=2 if former else 1, problems=of.problems,
        changes=changes(former, document), open_requests=3, sent=9,
    )  # fmt: skip
    problems = problems_by_part(document, of.problems)
    return console(
        f"template-publish{name}", "template_publish", f"{PATH}/publish", form_template=of,
        review=review, problems=problems, words_of=dict.fromkeys(problems, "How often?"),
        overtaken=name == "-late",
    )  # fmt: skip


TRIED = TriedTemplate(
    document=DIARY, answers={}, refused={}, problems={"naps": "required"},
    scores=[Score(total=2, maximum=2, band="look closer")], alerts=["wakes"], hidden=["agree"],
)  # fmt: skip


def tried(name: str, document: FormDocument | None = DIARY, **more: Any) -> Scene:
    values: dict[str, Any] = {
        "form_template": template(DIARY), "document": document, "tried": None, "typed": {},
        "errors": {}, "hidden": [], "scores": [], "alerted": [], "tongue": "",
    }  # fmt: skip
    return console(f"template-try{name}", "template_try", f"{PATH}/try", **(values | more))


def new(name: str, **more: Any) -> Scene:
    values = {
        "fields": {"title": "", "begin": "", "language": "en"}, "errors": {},
        "languages": LANGUAGES, "templates": Templates(items=ALL), "library": LIBRARY,
    }  # fmt: skip
    return console(f"template-new{name}", "template_new", f"{TEMPLATES}/new", **(values | more))


MINE = {"text": "How often were you awake?", "max_length": "many", "required": "1"}
SCENES: list[Scene] = [
    builder(""),
    builder("-blank", blank("en")),
    builder("-unfinished", UNFINISHED, "question.new"),
    builder("-form", part="form"),
    builder("-choices", part="question.wakes"),
    builder("-matrix", part="question.what"),
    builder("-calculated", part="question.week"),
    builder("-conditions", part="section.more", more="shown_when"),
    builder("-score", part="score.0"),
    builder("-alert", part="alert.1"),
    builder("-refused", part="question.hours", typed=MINE, errors={"max_length": "number_invalid"}),
    builder(
        "-overtaken", part="question.hours", typed=MINE, errors={}, overtaken=True, lost={},
        theirs=editor_of(template(DIARY), Part("question", "hours")),
    ),
    builder("-gone", overtaken=True, lost=MINE, theirs=None),
    builder("-late", overtaken=True, lost={}, theirs=None),
    publish("-first", DIARY, None),
    publish("-late", DIARY, replace(DIARY, title="Diary", sections=DIARY.sections[:1])),
    publish("-unfinished", UNFINISHED, DIARY),
    tried(""),
    tried(
        "-tried", tried=TRIED, errors={"q_naps": "answer_required"}, hidden=["agree"],
        scores=TRIED.scores, alerted=["How often did you wake up?"],
    ),
    tried("-unfinished", document=None),
    new(""),
    new("-refused", errors={"title": "form_title_missing"}, templates=None, library=None),
]  # fmt: skip
