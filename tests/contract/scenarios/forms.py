"""A client's forms: filled in, sent, and shown."""

from uuid import uuid4

from msgspec.structs import replace

from portal_contracts.calls import PortalOf
from portal_contracts.forms.rpc.filling import (
    FORMS_TO_DO,
    OPEN_FORM,
    PORTAL_FORMS,
    SAVE_ANSWERS,
    SAVE_SECTION,
    SUBMIT_FORM,
    OpenForm,
    SaveAnswers,
    SaveSection,
    SubmitForm,
)
from tests.kit.contract.scenario import scenario
from tests.kit.gateway.made_forms import INTAKE, WHOLE


def saving(form, revision, **answers):
    return SaveAnswers(request_id=form, revision=revision, answers=answers)


def page(form, number, revision, **typed):
    section = INTAKE.sections[number - 1].id
    return SaveSection(
        request_id=form, number=number, section=section, revision=revision, typed=typed
    )


@scenario()
def a_form_is_filled_in_and_sent(scene):
    form = scene.add_form(scene.anna, INTAKE)
    scene.ask(PORTAL_FORMS, PortalOf(), scene.anna)
    once = OpenForm(request_id=form, submission_id=uuid4())
    scene.ask(OPEN_FORM, once, scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 0, called=" Anni ", sleep=25, stress=7.5), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(SUBMIT_FORM, SubmitForm(request_id=form, revision=1), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 1, **WHOLE), scene.anna)
    scene.ask(FORMS_TO_DO, PortalOf(), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(SUBMIT_FORM, SubmitForm(request_id=form, revision=1), scene.anna)
    for revision in (2, 2, 7):
        scene.ask(SUBMIT_FORM, SubmitForm(request_id=form, revision=revision), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(OPEN_FORM, once, scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 2, called="Anna"), scene.anna)
    scene.ask(PORTAL_FORMS, PortalOf(), scene.anna)
    scene.ask(FORMS_TO_DO, PortalOf(), scene.anna)


@scenario()
def saves_know_each_other_by_revision_and_key(scene):
    form, key = scene.add_form(scene.anna, INTAKE), str(uuid4())
    first = saving(form, 0, called="Anni")
    scene.ask(SAVE_ANSWERS, first, scene.anna, key=key)
    scene.ask(SAVE_ANSWERS, first, scene.anna, key=key)
    scene.ask(SAVE_ANSWERS, first, scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 0, called="Other"), scene.anna, key=key)
    scene.ask(SAVE_ANSWERS, saving(form, 1, called="Anni"), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 1, called=None, before_when=" \r\n "), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 2, before_when="In 2019.\r\nIt helped."), scene.anna)
    scene.ask(SAVE_ANSWERS, first, scene.anna, key=key)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)


@scenario()
def a_section_is_saved_as_it_was_typed(scene):
    form = scene.add_form(scene.anna, INTAKE)
    born = {"born.day": "27", "born.month": "3", "born.year": "1990"}
    about = {"called": " Anni ", **born, "sleep": "6,5", "before": "no", "unknown": "x"}
    scene.ask(SAVE_SECTION, page(form, 1, 0, **about), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 1, 0, **about), scene.anna)
    how = {"stress": "+7", "symptoms.worry": "yes", "symptoms.sleep": "yes", "harm": "c2"}
    scene.ask(SAVE_SECTION, page(form, 2, 0, **how), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 3, 2, consent="yes", signed="Anna"), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 1, 3, **{**about, "born.day": "31"}), scene.anna)
    wrong = {"stress": "7.5", "symptoms.worry": "yes", "symptoms.none": "yes", "harm": "no"}
    scene.ask(SAVE_SECTION, page(form, 2, 4, **wrong), scene.anna)
    scene.ask(SAVE_SECTION, replace(page(form, 3, 4), section="about_you"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 3, 4), scene.anna)
    scene.ask(SAVE_SECTION, replace(page(form, 3, 5), number=4), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)


@scenario()
def of_two_windows_at_one_section_the_later_is_asked(scene):
    form = scene.add_form(scene.anna, INTAKE)
    scene.ask(SAVE_SECTION, page(form, 3, 0, signed="Anna"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 1, 0, called="Anni"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 3, 0, signed="Other"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 3, 0, signed="Anna"), scene.anna)
    scene.ask(SAVE_SECTION, replace(page(form, 3, 0, signed="Other"), keep=True), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 3, called="Anna"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 1, 3, called="Anni"), scene.anna)
    scene.ask(SAVE_SECTION, page(form, 3, 3, consent="yes", signed="Other"), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.world.withdraw_form(form, scene.owner)
    scene.ask(SAVE_SECTION, page(form, 1, 5, called="Anni"), scene.anna)


@scenario()
def answers_that_are_none_are_refused_all_at_once(scene):
    form = scene.add_form(scene.anna, INTAKE)
    wrong = {
        "called": 7,
        "born": "27.3.1990",
        "sleep": "long",
        "before": "yes",
        "before_when": "x" * 20_001,
        "note": "to an info",
        "symptoms": ["none", "worry"],
        "living": "elsewhere",
        "consent": 1,
        "unknown": "x",
    }
    scene.ask(SAVE_ANSWERS, saving(form, 0, **wrong), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 0, called="a\x07b", consent=False), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 0, consent=False, symptoms=["worry", "sleep"]), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)


@scenario()
def an_alert_stays_whatever_is_answered_later(scene):
    form = scene.add_form(scene.anna, INTAKE)
    scene.ask(SAVE_ANSWERS, saving(form, 0, harm="c0"), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 1, harm="c2"), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 2, harm="c0"), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)


@scenario()
def a_form_that_was_taken_back_cannot_be_sent(scene):
    form = scene.add_form(scene.anna, INTAKE)
    scene.ask(SAVE_ANSWERS, saving(form, 0, called="Anni"), scene.anna)
    scene.world.withdraw_form(form, scene.owner)
    scene.ask(OPEN_FORM, OpenForm(request_id=form), scene.anna)
    scene.ask(SAVE_ANSWERS, saving(form, 0, called="Anni"), scene.anna)
    scene.ask(SUBMIT_FORM, SubmitForm(request_id=form, revision=0), scene.anna)
    scene.ask(PORTAL_FORMS, PortalOf(), scene.anna)


@scenario()
def forms_that_wait_and_forms_that_were_sent_are_listed(scene):
    sections = [INTAKE.sections[0]]
    short = replace(INTAKE, minutes=3, sections=sections, scoring=None, alerts=[])
    forms = [
        scene.add_form(scene.anna, replace(short, title=title))
        for title in ("First", "Second", "Third", "Fourth")
    ]
    scene.add_form(scene.ben, INTAKE)
    answers = {name: WHOLE[name] for name in ("called", "born", "sleep", "before")}
    for form in forms[1:3]:
        scene.ask(SAVE_ANSWERS, saving(form, 0, **answers), scene.anna)
        scene.ask(SUBMIT_FORM, SubmitForm(request_id=form, revision=1), scene.anna)
    scene.ask(PORTAL_FORMS, PortalOf(), scene.anna)
    scene.ask(PORTAL_FORMS, PortalOf(client_id=scene.anna.id), scene.practitioner)
    scene.ask(PORTAL_FORMS, PortalOf(client_id=uuid4()), scene.owner)
    scene.ask(FORMS_TO_DO, PortalOf(), scene.anna)
    scene.ask(OPEN_FORM, OpenForm(request_id=uuid4()), scene.anna)
