"""Who opened what: before the client and before the practice, in the same words."""

from datetime import timedelta
from html import unescape

import pytest
from msgspec.structs import replace

from portal_contracts.accesses import Thing, ThingKind
from portal_contracts.identity_links.rpc.access import AccessRow
from tests.kit.gateway.state import FakeAccess

PHQ = Thing(kind=ThingKind.FORM, title="PHQ-9")


@pytest.fixture
def anna(house):
    return house.as_client(house.anna)


@pytest.fixture
def did(house):
    """Writes that somebody did something to Anna's data, so many minutes from now."""
    now, log = house.services.clock.now(), house.services.identity.log

    def written(actor, act, thing=None, minutes=0.0):
        at = now + timedelta(minutes=minutes)
        log.append(FakeAccess(actor.practice_id, actor, act, at, "", house.anna.id, thing))

    return written


def test_the_client_reads_who_opened_which_thing_and_when(house, anna, did):
    doctor, at = house.doctor.actor, house.services.clock.now() - timedelta(days=2)
    session = Thing(kind=ThingKind.SESSION, title="Individual session", at=at)
    did(doctor, "answers.opened", PHQ, -60)
    did(doctor, "summary.opened", session, -50)
    did(doctor, "answers.opened", None, -40)
    page = anna.open("/contact").html
    assert f"{house.doctor.name} read your PHQ-9" in page
    assert f"{house.doctor.name} read the summary of your session of 29 Nov" in page
    assert f"{house.doctor.name} read one of your forms" in page, "as rows of earlier releases"
    assert "Today, 09:00" in page
    console = house.as_practitioner(house.doctor)
    page = console.open(f"/console/clients/{house.anna.id}/access").html
    assert f"{house.doctor.name} read the form “PHQ-9”" in page


def test_what_the_client_did_pushes_nobody_out_and_is_a_line_a_day(house, anna, did):
    did(house.doctor.actor, "answers.opened", PHQ, -90 * 24 * 60)
    for minutes in range(120):
        did(house.anna.actor, "summary.opened", minutes=minutes * 60 - 7200)
    page = anna.open("/contact").html
    assert "read your PHQ-9" in page
    assert "read the summary" not in page
    visits = page[page.index('id="part-visits"') :]
    assert visits.count('<li class="line">') == 6
    assert "24 entries" in visits


def test_six_tabs_of_one_client_are_one_row(house, did):
    console = house.as_practitioner(house.doctor)
    for tab in range(6):
        did(house.doctor.actor, "answers.opened", PHQ, tab / 60)
    page = console.open(f"/console/clients/{house.anna.id}/access").html
    assert page.count("read the form") == 1


def test_the_list_goes_on_to_its_first_row(house, anna, did):
    for number in range(45):
        thing = Thing(kind=ThingKind.FORM, title=f"F{number}")
        did(house.doctor.actor, "answers.reviewed", thing, number * 30 - 9999)
    page, seen = anna.open("/contact"), []
    while True:
        seen += [number for number in range(45) if f"your F{number} " in page.html]
        onwards = [link for link in page.links if "cursor=" in link]
        if not onwards:
            break
        page = anna.open(onwards[0])
    assert sorted(seen) == [*range(45)]
    assert len(seen) == 45


def test_visits_go_on_to_the_first_day(house, anna, did):
    for day in range(10):
        did(house.anna.actor, "summary.opened", minutes=(day - 10) * 24 * 60)
    page = anna.open("/contact")
    [earlier] = [link for link in page.links if "visits=" in link]
    rest = anna.open(earlier.removesuffix("#part-visits"))
    counts = [each.html.count('<li class="line">') for each in (page, rest)]
    assert counts == [7, 3]


def test_a_device_of_a_link_that_the_practice_saw_is_no_own_visit(house, anna, did):
    shown = replace(house.anna.actor, revealed_link=house.anna.id)
    did(shown, "summary.opened")
    page = anna.open("/contact").html
    assert "You, or somebody with the same link, read the summary of one of your sessions" in page


def test_names_and_titles_are_shown_as_they_were_written(house):
    from gateway.web.pages import shared_pages

    now = house.services.clock.now()
    row = AccessRow(
        seq=1,
        occurred_at=now,
        actor_kind="practitioner",
        actor_name="Dr O'Neill",
        act="answers.opened",
        outcome="done",
        client_id=house.anna.id,
        client_name="",
        address="",
        thing=Thing(kind=ThingKind.FORM, title="Sleep & <rest>", at=now),
    )
    environment = shared_pages()._environments["en"]
    template = environment.from_string("{{ row | access_sentence('Europe/Berlin') }}")
    of_token = replace(row, token_id=house.anna.id, token_name="A & B")
    said = [
        unescape(template.render(row=one, lang="en", now=now))
        for one in (row, of_token, replace(row, outcome="denied"))
    ]
    assert said[0].startswith("Dr O'Neill read the form “Sleep & <rest>”")
    assert said[1].startswith("The token “A & B” of Dr O'Neill read the form")
    assert said[2].startswith("Dr O'Neill: ")


def test_every_act_has_a_sentence_in_both_languages(house):
    from gateway.web.pages import shared_pages
    from gateway.words.accesses import OWN_DETAILS, SENTENCES
    from gateway.words.logs import ACTS

    pages = shared_pages()
    row = AccessRow(
        seq=1,
        occurred_at=house.services.clock.now(),
        actor_kind="practitioner",
        actor_name="Dr Rivera",
        act="",
        outcome="done",
        client_id=house.anna.id,
        client_name="",
        address="",
    )
    for language in ("en", "de"):
        environment = pages._environments[language]
        template = environment.from_string("{{ row | access_sentence('Europe/Berlin', own) }}")
        for act, (kind, _) in SENTENCES.items():
            thing = Thing(kind=kind, title="portal_link", at=row.occurred_at)
            for own in (True, False):
                named = replace(row, act=act, thing=thing)
                told = template.render(row=named, own=own, lang=language, now=row.occurred_at)
                assert told.startswith("Dr Rivera ")
                assert "%(" not in told
        told_of = {act for act, text in ACTS.items() if "the client" in text and "." in act}
        for act in {*OWN_DETAILS, *told_of} - {"client.erased"}:
            told = template.render(
                row=replace(row, act=act), own=True, lang=language, now=row.occurred_at
            )
            assert told.startswith("Dr Rivera ")
            assert "the client" not in told
        refused = template.render(
            row=replace(row, act="answers.opened", outcome="denied"), own=True, lang=language,
            now=row.occurred_at,
        )  # fmt: skip
        assert refused.startswith("Dr Rivera: ")
