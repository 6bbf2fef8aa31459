"""An answer that is saved, and a large form that opens, beside what they cannot do without."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count
from uuid import UUID

from bench.accounting import cpu_in_words, cpu_per_piece, process_tree, processes_of
from bench.bulk import Database, database_of
from bench.client_home import ClientHome, bookable_service, enter
from bench.context import MeasurementContext, wait_for_queue
from bench.echo_service import ECHO, NAME
from bench.measurements.rpc import WORD, start_echo
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import alternate, time_calls
from portal_chassis.broker.topology import rpc_queue
from portal_chassis.ids import new_id
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY, Actor, ActorKind, Role
from portal_contracts.forms.rpc.conditions import Condition, ConditionOperator
from portal_contracts.forms.rpc.filling import OPEN_FORM, SAVE_SECTION, OpenForm, SaveSection
from portal_contracts.forms.rpc.questions import FormDocument, Question, QuestionKind, Section
from portal_contracts.forms.rpc.requests import SEND_FORM, SendForm
from portal_contracts.forms.rpc.templates import (
    PUBLISH_TEMPLATE,
    SAVE_TEMPLATE,
    PublishTemplate,
    SaveTemplate,
)
from portal_runner.processes import Child

FLOOR = "two empty calls and one UPDATE"
SMALL = "one of 10 questions"
ROWS = (
    Row("answer-saved-cpu", "CPU per answer saved, of every process", "ms", FLOOR, Aim(2)),
    Row("answer-saved-p50", "An answer saved: who asks, and the save, p50", "ms", FLOOR),
    Row("answer-saved-p99", "An answer saved: who asks, and the save, p99", "ms", FLOOR),
    Row(
        "form-opened-p50",
        "A form of 200 questions, 100 conditions, opened, p50",
        "ms",
        SMALL,
        Aim(3),
    ),
    Row("form-saved-p50", "An answer saved in a form of 200 questions, p50", "ms", SMALL),
)
ROUNDS, CALLS, WARM_UP = 9, 60, 20
CPU_ROUNDS = 5
QUESTIONS_A_PAGE = 5

_TABLE = (
    "CREATE SCHEMA IF NOT EXISTS bench",
    "DROP TABLE IF EXISTS bench.draft",
    "CREATE TABLE bench.draft (id int PRIMARY KEY, revision int NOT NULL, answers text NOT NULL)",
    "INSERT INTO bench.draft VALUES (1, 0, '')",
)
_UPDATE = "UPDATE bench.draft SET revision = revision + 1, answers = %(answers)s WHERE id = 1"


def measure(context: MeasurementContext) -> Figures:
    """Save and open a small and a large form in turn, and do what is least for a save."""
    home = enter(context.portal)
    client = home.actor(context.rpc)
    doctor = _practitioner(context, client)
    small = _sent(context, doctor, client.id or UUID(int=0), form_of(questions=10, conditions=0))
    large = _sent(context, doctor, client.id or UUID(int=0), form_of(questions=200, conditions=100))
    echo = start_echo(context)
    wait_for_queue(context.amqp_uri, rpc_queue(NAME).name)
    with (
        closing(database_of(context.portal, "forms")) as database,
        closing(RpcClient(context.amqp_uri, "bench")) as rpc,
    ):
        for statement in _TABLE:
            database.execute(statement)
        save, least = _saving(context, home, small), _least(rpc, database)
        cpu = _cpu(context, save, least, echo)
        found = alternate(
            {
                "save": save,
                "floor": least,
                "save large": _saving(context, home, large),
                "open": _opening(context, client, small),
                "open large": _opening(context, client, large),
            },
            rounds=context.rounds(ROUNDS),
            count=CALLS,
            warm_up=WARM_UP,
        )
    return {
        "answer-saved-cpu": cpu,
        "answer-saved-p50": Figure(found["save"].p50, found["floor"].p50),
        "answer-saved-p99": Figure(found["save"].p99, found["floor"].p99),
        "form-opened-p50": Figure(found["open large"].p50, found["open"].p50),
        "form-saved-p50": Figure(found["save large"].p50, found["save"].p50),
    }


def _cpu(
    context: MeasurementContext,
    save: Callable[[], object],
    least: Callable[[], object],
    echo: Child,
) -> Figure:
    """Of both in turn, by the processes that work for each; whoever asks is not counted."""
    servers = processes_of(context.portal, ("postgres", "rabbitmq"))
    services = processes_of(context.portal, ("identity-links", "forms"))
    sides = {
        "save": (services | servers, save),
        "floor": ({"echo": process_tree(echo.pid or 0)} | servers, least),
    }
    spent: dict[str, list[dict[str, float]]] = {"save": [], "floor": []}
    for _ in range(context.rounds(CPU_ROUNDS)):
        for name, (processes, act) in sides.items():
            spent[name].append(cpu_per_piece(processes, partial(_times, act)))
    ours, floor = (
        {process: statistics.median(one[process] for one in rounds) for process in rounds[0]}
        for rounds in spent.values()
    )
    told = f"{cpu_in_words(ours)}; beside {cpu_in_words(floor)}"
    return Figure(sum(ours.values()), sum(floor.values()), told)


def _times(act: Callable[[], object]) -> int:
    return len(time_calls(act, CALLS * 5))


def form_of(*, questions: int, conditions: int) -> FormDocument:
    """A form of yes and no, five a page; the last ones are shown by the one before each."""
    made = [
        Question(
            id=f"q{number}",
            kind=QuestionKind.YES_NO,
            text="Does this happen to you, and how often, would you say?",
            shown_when=Condition(
                operator=ConditionOperator.IS_NOT, item=f"q{number - 1}", values=[False]
            )
            if number > questions - conditions
            else None,
        )
        for number in range(1, questions + 1)
    ]
    pages = range(0, questions, QUESTIONS_A_PAGE)
    return FormDocument(
        title=f"{questions} questions",
        sections=[
            Section(id=f"s{at}", title="A page", questions=made[at : at + QUESTIONS_A_PAGE])
            for at in pages
        ],
    )


def _practitioner(context: MeasurementContext, client: Actor) -> Actor:
    return Actor(
        kind=ActorKind.PRACTITIONER,
        id=bookable_service(context.rpc, client).practitioner_id,
        practice_id=client.practice_id,
        role=Role.OWNER,
    )


def _sent(
    context: MeasurementContext, doctor: Actor, client_id: UUID, document: FormDocument
) -> UUID:
    """The form, published and sent to the client."""
    rpc, template = context.rpc, SaveTemplate(document=document)
    saved = rpc.call(SAVE_TEMPLATE, template, actor=doctor, idempotency_key=str(new_id()))
    published = rpc.call(
        PUBLISH_TEMPLATE,
        PublishTemplate(template_id=saved.template_id),
        actor=doctor,
        idempotency_key=str(new_id()),
    )
    command = SendForm(client_id=client_id, template_id=published.template_id)
    sent = rpc.call(SEND_FORM, command, actor=doctor, idempotency_key=str(new_id()))
    return sent.request_id


def _saving(
    context: MeasurementContext, home: ClientHome, request_id: UUID
) -> Callable[[], object]:
    """What the gateway calls for each answer: whose device it is, and the save of its page."""
    numbers = count()

    def save() -> object:
        actor = home.actor(context.rpc)
        typed = {f"q{at}": "yes" for at in range(1, QUESTIONS_A_PAGE)}
        typed["q5"] = "yes" if next(numbers) % 2 else "no"
        command = SaveSection(
            request_id=request_id, number=1, section="s0", revision=0, typed=typed, keep=True
        )
        return context.rpc.call(SAVE_SECTION, command, actor=actor, idempotency_key=str(new_id()))

    return save


def _least(rpc: RpcClient, database: Database) -> Callable[[], object]:
    """Two calls that do nothing but answer, and a row that is changed and committed."""

    def do() -> object:
        for _ in range(2):
            rpc.call(ECHO, WORD, actor=NOBODY)
        return database.execute(_UPDATE, {"answers": "x" * 200})

    return do


def _opening(context: MeasurementContext, client: Actor, request_id: UUID) -> Callable[[], object]:
    return lambda: context.rpc.call(OPEN_FORM, OpenForm(request_id=request_id), actor=client)
