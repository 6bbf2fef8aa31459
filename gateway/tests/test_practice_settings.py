"""Owners set their practice, section by section; two at once overwrite nothing."""

import pytest

from gateway.console.settings.sections import FACE, LINKS, PRACTICE, SECURITY
from portal_contracts.actor import Role

CRISIS = f"{PRACTICE.address}/crisis-contacts"
HELPLINE = {
    "crisis_contacts.0.name": "Helpline",
    "crisis_contacts.0.number": "116 123",
    "crisis_contacts.0.source": "https://help.example",
    "crisis_contacts.0.checked_on": "2026-01-15",
}


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def partner(house):
    """A second owner."""
    person = house.services.add_practitioner(house.practice, Role.OWNER, "two@practice.example")
    return house.as_practitioner(person)


def save(browser, section, page=None, **fields):
    return browser.submit(page or browser.open(section.address), section.address, fields)


def test_what_is_saved_is_shown_with_who_changed_it(house, doctor):
    saved = save(doctor, PRACTICE, contact_phone="030 4711", timezone="Asia/Tokyo")
    assert (saved.status, saved.headers["location"]) == (303, PRACTICE.address)
    assert house.practice.fields.contact_phone == "030 4711"
    page = doctor.open(PRACTICE.address)
    assert page.form(PRACTICE.address).fields["contact_phone"] == "030 4711"
    assert "Dr Rivera" in page.html.partition("Last changes")[2]
    assert "Tokyo" in page.html.partition("Last changes")[2]
    assert "4711" not in page.html.partition("Last changes")[2]


def test_two_owners_who_change_different_things_both_have_their_way(house, doctor, partner):
    page = partner.open(PRACTICE.address)
    save(doctor, PRACTICE, name="Practice Seaview")
    assert save(partner, PRACTICE, page, contact_phone="030 4711").status == 303
    fields = house.practice.fields
    assert (fields.name, fields.contact_phone) == ("Practice Seaview", "030 4711")


@pytest.mark.parametrize(
    ("choice", "name"), [("theirs", "Practice Seaview"), ("mine", "Practice Hill")]
)
def test_two_owners_who_change_the_same_choose_and_lose_nothing(
    house, doctor, partner, choice, name
):
    page = partner.open(PRACTICE.address)
    save(doctor, PRACTICE, name="Practice Seaview")
    asked = save(partner, PRACTICE, page, name="Practice Hill", contact_phone="030 4711")
    assert asked.status == 409
    assert house.practice.fields.name == "Practice Seaview"
    fields = asked.form(PRACTICE.address).fields
    assert (fields["name"], fields["contact_phone"]) == ("Practice Hill", "030 4711")
    assert "Practice Seaview" in asked.html
    assert save(partner, PRACTICE, asked, choice_name=choice).status == 303
    set_now = house.practice.fields
    assert (set_now.name, set_now.contact_phone) == (name, "030 4711")


def test_wrong_entries_are_named_and_kept(house, doctor):
    before = house.practice.fields
    page = save(doctor, PRACTICE, name="", contact_email="nobody", timezone="Nowhere/Land")
    assert page.status == 422
    assert page.form(PRACTICE.address).fields["contact_email"] == "nobody"
    for words in ("Enter a name.", "like name@example.org", "Choose a time zone"):
        assert words in page.html
    page = save(doctor, LINKS, link_days="many")
    assert page.status == 422
    assert save(doctor, LINKS, link_days="91").status == 422
    page = save(doctor, SECURITY, device_idle_minutes="1440", device_absolute_minutes="60")
    assert "must not be shorter" in page.html
    assert house.practice.fields == before


@pytest.mark.parametrize("wrong", ["blue", "#12345", "#zzzzzz", "url(x)", "#123456;}"])
def test_an_accent_that_is_no_colour_is_refused(house, doctor, wrong):
    before = house.practice.fields
    for act in ({"do": "preview"}, {}):
        page = save(doctor, FACE, accent=wrong, **act)
        assert "Enter a colour" in page.html
        assert f'value="{wrong}"' in page.html.replace("&#39;", "'")
    assert house.practice.fields == before


def test_a_colour_is_tried_out_before_it_is_saved(house, doctor):
    page = save(doctor, FACE, accent="#FFD400", do="preview")
    assert "/brand/ffd400-" in page.html
    assert "so that everybody can read it" in page.html
    assert house.practice.fields.accent != "#ffd400"
    assert save(doctor, FACE, page, accent="#FFD400").status == 303
    assert house.practice.fields.accent == "#ffd400"


def test_switches_and_choices_are_saved_and_say_whom_they_concern(house, doctor):
    page = doctor.open(LINKS.address)
    assert "have no date of birth on file" in page.html
    save(doctor, LINKS, page, single_use="1", second_check="date_of_birth", link_days="14")
    assert house.practice.policy.single_use
    assert house.practice.fields.link_days == 14
    page = doctor.open(LINKS.address)
    assert "A link lets in one device only: Yes" in page.html
    form = page.form(LINKS.address)
    del form.fields["single_use"]
    doctor.post(LINKS.address, form.fields)
    assert not house.practice.policy.single_use


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ASSISTANT])
@pytest.mark.parametrize("section", [PRACTICE, FACE, LINKS, SECURITY], ids=lambda one: one.name)
def test_who_may_not_change_it_sees_what_is_set(house, doctor, role, section):
    person = house.services.add_practitioner(house.practice, role, f"{role}@practice.example")
    browser = house.as_practitioner(person)
    page = browser.open(section.address)
    assert page.status == 200
    assert "An owner of the practice can change it" in page.html
    assert "Save changes" not in page.html
    assert "Last changes" not in page.html
    csrf = next(form.fields["csrf"] for form in page.forms if "csrf" in form.fields)
    key = {"csrf": csrf, "idempotency_key": "k" * 20}
    assert browser.post(section.address, key | {"name": "Mine"}).status == 403
    assert browser.open(CRISIS).status == 403


def test_crisis_contacts_are_shown_to_clients_in_their_order(house, doctor):
    second = {
        "crisis_contacts.1.name": "Emergency",
        "crisis_contacts.1.number": "112",
        "crisis_contacts.1.source": "The city",
        "crisis_contacts.1.checked_on": "2026-01-15",
        "crisis_contacts.1.place": "1",
        "crisis_contacts.0.place": "2",
    }
    assert doctor.submit(doctor.open(CRISIS), CRISIS, HELPLINE | second).status == 303
    assert [one.number for one in house.practice.fields.crisis_contacts] == ["112", "116 123"]
    contact = house.as_client(house.anna).open("/contact")
    assert "tel:116123" in contact.html
    assert "local emergency number" not in contact.html
    rows = doctor.open(CRISIS).form(CRISIS).fields
    assert rows["crisis_contacts.0.number"] == "112"


def test_a_crisis_contact_without_source_or_date_is_refused(house, doctor):
    page = doctor.open(CRISIS)
    for missing in ("source", "checked_on", "number"):
        name = f"crisis_contacts.0.{missing}"
        refused = doctor.submit(page, CRISIS, HELPLINE | {name: ""})
        assert refused.status == 422
        assert f'id="error-{name}"' in refused.html
    assert house.practice.fields.crisis_contacts == []
    later = doctor.submit(page, CRISIS, HELPLINE | {"crisis_contacts.0.checked_on": "2999-01-01"})
    assert "cannot be to come" in later.html


def test_two_owners_at_the_crisis_contacts_see_both_lists(house, doctor, partner):
    page = partner.open(CRISIS)
    doctor.submit(doctor.open(CRISIS), CRISIS, HELPLINE)
    mine = HELPLINE | {"crisis_contacts.0.name": "My line"}
    asked = partner.submit(page, CRISIS, mine)
    assert asked.status == 409
    assert "Helpline: 116 123" in asked.html
    assert asked.form(CRISIS).fields["crisis_contacts.0.name"] == "My line"
    assert house.practice.fields.crisis_contacts[0].name == "Helpline"
    assert partner.submit(asked, CRISIS, {}).status == 303
    assert house.practice.fields.crisis_contacts[0].name == "My line"


def test_a_line_that_is_known_in_the_country_is_taken_over_unchecked(house, doctor):
    house.practice.set(country="DE")
    page = doctor.open(f"{CRISIS}?add=1")
    fields = page.form(CRISIS).fields
    assert fields["crisis_contacts.0.number"] == "116 123"
    assert fields["crisis_contacts.0.checked_on"] == ""
    assert doctor.open(f"{CRISIS}?add=99").status == 200
