"""Entering by a link: a person's click enters, everything else changes nothing."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from msgspec.structs import replace

from portal_contracts.identity_links.rpc.targets import LinkState, Target, TargetKind
from portal_contracts.portal_addresses import target_path
from tests.kit.gateway.browser import NAVIGATION
from tests.kit.gateway.fake_second_check import CODE

LOOKING = {
    "a mail scanner without a browser": {"Accept": "*/*"},
    "an old browser that does not say what it does": {"Accept": "text/html"},
    "a prefetch": NAVIGATION | {"Sec-Purpose": "prefetch"},
    "a prerender": NAVIGATION | {"Sec-Purpose": "prefetch;prerender"},
    "a prefetch of the old kind": NAVIGATION | {"Purpose": "prefetch"},
    "a frame": NAVIGATION | {"Sec-Fetch-Dest": "iframe"},
    "a script's fetch": NAVIGATION | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    "an image": NAVIGATION | {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
}


def devices(house):
    return list(house.services.identity.devices.values())


def test_a_persons_click_enters_at_once(house, token):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}")
    assert (page.status, page.headers["location"]) == (303, "/home")
    assert page.cookies["lk_device"].http_only
    home = browser.follow(page)
    assert home.status == 200
    assert "Anna" in home.html


def test_a_click_from_a_mail_program_enters_too(house, token):
    house.services.add_link(house.anna, token)
    for site in ("none", "cross-site", "same-site", "same-origin"):
        headers = NAVIGATION | {"Sec-Fetch-Site": site}
        assert house.browser().open(f"/p/{token}", headers).status == 303


@pytest.mark.parametrize("headers", LOOKING.values(), ids=LOOKING.keys())
def test_what_only_looks_changes_nothing_and_gets_one_button(house, token, headers):
    link = house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{token}", headers)
    assert page.status == 200
    assert page.form(f"/p/{token}").method == "post"
    assert "lk_device" not in page.cookies
    assert not devices(house)
    assert (link.opens, link.scans) == (0, 1)


def test_head_changes_nothing_even_with_a_persons_marks(house, token):
    link = house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{token}", method="HEAD")
    assert page.status == 200
    assert "lk_device" not in page.cookies
    assert not devices(house)
    assert link.opens == 0


def test_the_button_enters(house, token):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}", {"Accept": "text/html"})
    entry = browser.submit(page, f"/p/{token}")
    assert (entry.status, entry.headers["location"]) == (303, "/home")
    assert browser.follow(entry).status == 200
    redeemed = house.services.calls("identity_links.redeem_link")[-1].arguments
    assert redeemed.pressed


def test_a_double_click_on_the_button_of_a_link_for_one_use_enters_both_times(house, token):
    house.practice.set(single_use=True)
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}")
    fields = page.form(f"/p/{token}").fields
    before = dict(browser.cookies)
    first = browser.post(f"/p/{token}", fields)
    browser.cookies = dict(before)
    second = browser.post(f"/p/{token}", fields)
    assert (first.status, second.status) == (303, 303)
    assert first.cookies["lk_device"].value == second.cookies["lk_device"].value
    assert len(devices(house)) == 1


def test_the_next_entry_with_the_button_makes_another_device(house, token):
    house.practice.set(entry="button")
    house.services.add_link(house.anna, token)
    browser = house.browser()
    first = browser.submit(browser.open(f"/p/{token}"), f"/p/{token}")
    del browser.cookies["lk_device"]
    second = browser.submit(browser.open(f"/p/{token}"), f"/p/{token}")
    assert first.cookies["lk_device"].value != second.cookies["lk_device"].value


def test_a_button_whose_device_has_ended_since_makes_another(house, token):
    house.practice.set(entry="button")
    house.services.add_link(house.anna, token)
    browser = house.browser()
    fields = browser.open(f"/p/{token}").form(f"/p/{token}").fields
    before = dict(browser.cookies)
    browser.post(f"/p/{token}", fields)
    browser.submit(browser.open("/home"), "/sign-out")
    browser.cookies = before
    again = browser.post(f"/p/{token}", fields)
    assert (again.status, again.headers["location"]) == (303, "/home")
    assert browser.follow(again).status == 200


def test_a_practice_can_ask_for_the_button(house, token):
    house.practice.set(entry="button")
    house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{token}")
    assert page.status == 200
    assert page.form(f"/p/{token}")
    assert not devices(house)


def test_the_device_that_is_already_the_clients_keeps_its_cookie(house, token):
    house.services.add_link(house.anna, token)
    browser = house.as_client(house.anna)
    page = browser.open(f"/p/{token}")
    assert (page.status, page.headers["location"]) == (303, "/home")
    assert "lk_device" not in page.cookies


def test_someone_elses_device_is_asked_first(house, token):
    house.services.add_link(house.anna, token)
    browser = house.as_client(house.ben)
    page = browser.open(f"/p/{token}")
    assert page.status == 200
    assert "Ben" in page.html
    assert "Anna" in browser.follow(browser.submit(page, f"/p/{token}")).html


def test_the_date_of_birth_is_asked_of_a_new_device(house, token):
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}")
    assert page.status == 200
    missing = browser.submit(page, f"/p/{token}")
    assert missing.status == 422
    assert "Enter a real date" in missing.html
    no_date = browser.submit(missing, f"/p/{token}", {"day": "31", "month": "2", "year": "1985"})
    assert no_date.status == 422
    assert no_date.form(f"/p/{token}").fields["year"] == "1985"
    wrong = browser.submit(no_date, f"/p/{token}", {"day": "1", "month": "2", "year": "1985"})
    assert wrong.status == 422
    right = browser.submit(wrong, f"/p/{token}", {"day": "27", "month": "3", "year": "1985"})
    assert right.status == 303


def test_a_year_in_two_digits_is_asked_back_and_is_no_wrong_answer(house, token):
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}")
    for year in ("85", "985"):
        page = browser.submit(page, f"/p/{token}", {"day": "1", "month": "2", "year": year})
        assert page.status == 422
        assert "Enter a real date" in page.html
        assert page.form(f"/p/{token}").fields["year"] == year


def test_switching_to_a_portal_that_asks_for_the_date_of_birth_asks_each_once(house, token):
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.anna, token)
    browser = house.as_client(house.ben)
    ask = browser.submit(browser.open(f"/p/{token}"), f"/p/{token}")
    assert "day" in ask.form(f"/p/{token}").fields
    entry = browser.submit(ask, f"/p/{token}", {"day": "27", "month": "3", "year": "1985"})
    assert entry.status == 303


# --- the code ----------------------------------------------------------------------


@pytest.fixture
def asked(house, token):
    """Ben, whose date of birth is not on file, opens his link where a check is made."""
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.ben, token)
    browser = house.browser()
    return browser, browser.open(f"/p/{token}")


def has_nothing_of_ben(page):
    return not any(one in page.html for one in ("Ben", "b•••", "mail.example"))


def test_a_code_is_mailed_when_a_button_is_pressed_and_not_before(house, token, asked):
    browser, page = asked
    assert (page.status, has_nothing_of_ben(page)) == (200, True)
    assert not house.services.calls("identity_links.send_entry_code")
    sent = browser.submit(page, f"/p/{token}/code")
    assert (sent.status, has_nothing_of_ben(sent)) == (200, True)
    assert 'autocomplete="one-time-code"' in sent.html
    assert 'inputmode="numeric"' in sent.html
    entered = browser.submit(sent, f"/p/{token}", {"code": CODE})
    assert (entered.status, entered.headers["location"]) == (303, "/home")
    assert browser.follow(entered).status == 200


@pytest.mark.parametrize(
    "typed",
    [
        "031 415",
        " 03 14 15 ",
        "031\u00a0415",
        "031-415",
        "031\u2013415",
        "Code: 031415.",
        "٠٣١٤١٥",
    ],
)
def test_how_digits_are_spaced_or_written_does_not_matter(token, asked, typed):
    browser, page = asked
    sent = browser.submit(page, f"/p/{token}/code")
    assert browser.submit(sent, f"/p/{token}", {"code": typed}).status == 303


@pytest.mark.parametrize("typed", ["", "31415", "0314156", "03141x", "½31415", "0x1415"])
def test_what_is_no_code_is_said_at_its_field_and_is_no_try(house, token, asked, typed):
    browser, page = asked
    sent = browser.submit(page, f"/p/{token}/code")
    wrong = browser.submit(sent, f"/p/{token}", {"code": typed})
    assert wrong.status == 422
    assert 'id="error-code"' in wrong.html
    assert house.services.calls("identity_links.redeem_link")[-1].arguments.code is None
    assert browser.submit(wrong, f"/p/{token}", {"code": CODE}).status == 303


def test_a_wrong_code_and_then_a_lock_are_told(house, token, asked):
    browser, page = asked
    page = browser.submit(page, f"/p/{token}/code")
    for _ in range(4):
        page = browser.submit(page, f"/p/{token}", {"code": "000000"})
        assert (page.status, has_nothing_of_ben(page)) == (422, True)
    locked = browser.submit(page, f"/p/{token}", {"code": "000000"})
    assert (locked.status, locked.headers["retry-after"]) == (429, "3600")
    assert "60 minutes" in locked.html
    assert house.practice.card.contact_phone in locked.html
    assert has_nothing_of_ben(locked)
    assert browser.open(f"/p/{token}").status == 429


def test_a_reload_still_asks_for_the_code_that_is_on_its_way(token, asked):
    browser, page = asked
    browser.submit(page, f"/p/{token}/code")
    again = browser.open(f"/p/{token}")
    assert "code" in again.form(f"/p/{token}").fields


def test_a_code_is_no_use_in_another_browser(house, token, asked):
    browser, page = asked
    browser.submit(page, f"/p/{token}/code")
    other = house.browser()
    other.open(f"/p/{token}")
    csrf = other.open("/").form("/link-requests").fields["csrf"]
    ended = other.post(f"/p/{token}", {"csrf": csrf, "code": CODE})
    assert ended.status == 422
    assert ended.form(f"/p/{token}/code")


def test_switching_to_a_portal_that_asks_for_a_code_names_nobody(house, token):
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.ben, token)
    browser = house.as_client(house.anna)
    page = browser.open(f"/p/{token}")
    assert "Anna" in page.html
    assert has_nothing_of_ben(page)
    page = browser.submit(page, f"/p/{token}")
    page = browser.submit(page, f"/p/{token}/code")
    entered = browser.submit(page, f"/p/{token}", {"code": CODE})
    assert "Ben" in browser.follow(entered).html


def test_nothing_of_the_client_stands_on_a_page_before_the_check(house, token):
    house.practice.set(second_check="date_of_birth")
    link = house.services.add_link(house.ben, token)
    browser = house.browser()
    pages = [browser.open(f"/p/{token}", {"Accept": "text/html"}), browser.open(f"/p/{token}")]
    for state in (LinkState.EXPIRED, LinkState.REVOKED, LinkState.USED):
        link.state = state
        pages += [browser.open(f"/p/{token}"), browser.open(f"/p/{token}", {"Accept": "text/html"})]
    assert all(has_nothing_of_ben(page) for page in pages)
    assert all(house.practice.card.name in page.html for page in pages)


def test_who_can_be_asked_for_nothing_is_told_whom_to_ask(house, token):
    house.practice.set(second_check="date_of_birth")
    house.ben.fields = replace(house.ben.fields, email="")
    house.services.add_link(house.ben, token)
    page = house.browser().open(f"/p/{token}")
    assert page.status == 409
    assert house.practice.card.contact_phone in page.html


def test_a_client_s_page_in_the_console_tells_of_a_lock(house, token):
    house.practice.set(second_check="date_of_birth")
    house.services.add_link(house.anna, token)
    path, browser = f"/console/clients/{house.anna.id}", house.browser()
    doctor = house.as_practitioner(house.doctor)
    page = browser.open(f"/p/{token}")
    for _ in range(5):
        assert 'id="locked"' not in doctor.open(path).html
        page = browser.submit(page, f"/p/{token}", {"day": "1", "month": "2", "year": "1985"})
    assert 'id="locked"' in doctor.open(path).html
    revoke = doctor.open(f"{path}/links/revoke-all")
    doctor.submit(revoke, f"{path}/links/revoke-all")
    assert 'id="locked"' not in doctor.open(path).html


LISTS = [
    (TargetKind.HOME, "/home"),
    (TargetKind.FORM, "/forms"),
    (TargetKind.APPOINTMENT, "/appointments"),
    (TargetKind.SUMMARY, "/sessions"),
]


@pytest.mark.parametrize(("kind", "path"), LISTS)
def test_a_link_opens_what_its_mail_was_about(house, token, kind, path):
    thing = uuid4()
    house.services.add_link(house.anna, token, Target(kind=kind, id=thing))
    page = house.browser().open(f"/p/{token}")
    assert page.headers["location"] == (path if kind is TargetKind.HOME else f"{path}/{thing}")


@pytest.mark.parametrize(("kind", "path"), LISTS)
def test_a_link_without_a_thing_opens_the_list_of_its_kind(house, token, kind, path):
    house.services.add_link(house.anna, token, Target(kind=kind))
    browser = house.browser()
    page = browser.open(f"/p/{token}")
    assert page.headers["location"] == path
    assert browser.follow(page).status == 200


@pytest.mark.parametrize("state", [LinkState.EXPIRED, LinkState.USED, LinkState.REVOKED])
@pytest.mark.parametrize("headers", [NAVIGATION, {"Accept": "text/html"}])
def test_a_dead_link_offers_a_new_one(house, token, state, headers):
    link = house.services.add_link(house.anna, token)
    link.state = state
    browser = house.browser()
    page = browser.open(f"/p/{token}", headers)
    assert page.status == 410
    assert house.anna.fields.email not in page.html
    assert ("•••" in page.html) == (state is not LinkState.REVOKED)
    asked = browser.submit(page, f"/p/{token}/renew")
    assert (asked.status, asked.headers["location"]) == (303, "/link-requests?wait=60&by=link")
    assert house.services.identity.requested == [house.anna.fields.email]
    assert token not in browser.follow(asked).html


MALFORMED = ["lk_short", "A" * 46, "lk_" + "A" * 42 + "=", "lk_" + "A" * 44, "%00", "<b>", "lk_é"]


@pytest.mark.parametrize("bad", [*MALFORMED, "lk_" + "B" * 43])
@pytest.mark.parametrize("headers", [NAVIGATION, {"Accept": "text/html"}])
def test_an_unknown_or_mutated_token_gets_one_uniform_answer(house, token, bad, headers):
    house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{bad}", headers)
    other = house.browser().open("/p/lk_" + "C" * 43, headers)
    assert page.status == other.status == 404
    assert page.form("/link-requests").method == "post"
    assert scrubbed(page) == scrubbed(other)
    assert not devices(house)


def scrubbed(page):
    text = page.html
    for form in page.forms:
        for value in form.fields.values():
            if value:
                text = text.replace(value, "")
    return text


def test_a_known_and_an_unknown_address_get_the_same_answer(house):
    pages = []
    for email in (house.anna.fields.email, "stranger@mail.example"):
        browser = house.browser()
        asked = browser.submit(browser.open("/"), "/link-requests", {"email": email})
        pages.append((asked.status, asked.headers["location"], scrubbed(browser.follow(asked))))
    assert pages[0] == pages[1]
    assert house.services.identity.requested == [house.anna.fields.email]


def test_renewing_by_an_unknown_or_malformed_token_gets_that_answer_too(house, token):
    for bad in ("lk_" + "B" * 43, "nonsense"):
        browser = house.browser()
        page = browser.open("/")
        fields = page.form("/link-requests").fields
        asked = browser.post(f"/p/{bad}/renew", fields)
        assert (asked.status, asked.headers["location"]) == (303, "/link-requests?wait=60&by=link")


def test_what_is_no_address_is_sent_back_with_what_was_typed(house):
    browser = house.browser()
    page = browser.submit(browser.open("/"), "/link-requests", {"email": "anna"})
    assert page.status == 422
    assert page.form("/link-requests").fields["email"] == "anna"


def test_the_front_page_sends_whoever_is_in_home(house):
    assert house.as_client(house.anna).open("/").headers["location"] == "/home"


def test_an_opened_link_speaks_the_clients_language(house, token):
    house.services.add_link(
        house.services.add_client(house.practice, "Dora Dorn", language="de"), token
    )
    page = house.browser().open(f"/p/{token}", {"Accept": "text/html", "Accept-Language": "en"})
    assert '<html lang="de"' in page.html


def test_signing_out_ends_the_device_on_the_server(house):
    browser = house.as_client(house.anna)
    page = browser.open("/home")
    out = browser.submit(page, "/sign-out")
    assert (out.status, out.headers["location"]) == (303, "/signed-out")
    assert "lk_device" not in browser.cookies
    assert not devices(house)
    assert browser.follow(out).status == 200


def test_an_ended_device_is_told_so(house):
    browser = house.as_client(house.anna)
    house.services.identity.devices.clear()
    page = browser.open("/home")
    assert (page.status, page.headers["location"]) == (303, "/signed-out?ended=1")
    assert "lk_device" not in browser.cookies
    assert house.browser().open("/home").headers["location"] == "/"


THING = "01900000-0000-7000-8000-00000000000a"


@pytest.mark.parametrize(
    ("opened", "behind", "words"),
    [
        (f"/appointments/{THING}", f"/appointments/{THING}", "about an appointment"),
        (f"/appointments/{THING}/cancel", f"/appointments/{THING}", "about an appointment"),
        (f"/forms/{THING}", f"/forms/{THING}", "a form in your"),
        (f"/forms/{THING}/2", f"/forms/{THING}", "a form in your"),
        (f"/sessions/{THING}", f"/sessions/{THING}", "about a session"),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_a_page_opened_by_a_stranger_knows_its_kind_and_the_mailed_link_leads_to_it(
    house, opened, behind, words, ended
):
    browser = house.as_client(house.anna) if ended else house.browser()
    house.services.identity.devices.clear()
    turned = browser.open(opened)
    assert turned.status == 303
    page = browser.follow(turned)
    assert words in page.html
    assert ("You were signed out" in page.html) is ended
    assert house.anna.fields.name not in page.html
    asked = browser.submit(page, "/link-requests", {"email": house.anna.fields.email})
    assert asked.status == 303
    [link] = house.services.identity.links.values()
    assert target_path(link.target) == behind


def test_a_refused_address_keeps_where_the_link_is_to_lead(house):
    browser = house.browser()
    page = browser.follow(browser.open(f"/appointments/{THING}"))
    again = browser.submit(page, "/link-requests", {"email": "nothing"})
    assert again.status == 422
    assert again.form("/link-requests").fields["to"] == f"/appointments/{THING}"


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example/",
        "https://evil.example/",
        "/appointments/x",
        f"/book/{THING}",
        f"/appointments/{THING}\r\nx: y",
        "/console",
    ],
)
def test_nothing_but_a_page_of_a_thing_is_gone_on_to(house, to):
    address = f"/?to={quote(to)}"
    assert "Welcome to your client portal" in house.browser().open(address).html
    assert house.as_client(house.anna).open(address).headers["location"] == "/home"


def test_whoever_is_signed_in_meanwhile_goes_on_to_the_page(house):
    anna = house.as_client(house.anna)
    page = anna.open(f"/?to=/appointments/{THING}")
    assert page.headers["location"] == f"/appointments/{THING}"


def test_the_token_stands_in_its_own_form_alone(house, token):
    house.services.add_link(house.anna, token)
    page = house.browser().open(f"/p/{token}", {"Accept": "text/html"})
    assert page.html.count(token) == page.html.count(f'action="/p/{token}"') == 1
    assert not any(token in value for value in page.headers.values())


def test_only_hashes_reach_the_services(house, token):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    browser.open(f"/p/{token}")
    secret = browser.cookies["lk_device"]
    said = repr(house.services.asked)
    assert token not in said
    assert secret not in said


TAILS = [
    *(".", ")", ",", ">", ";", ":", "!", "'", "*", "_", "-", "]", "}", "%22", "%3E", "%29.", "%20"),
    *("%2C%20please", "%E2%80%9D", "%C2%BB", "%0A", "%0D%0A", "%E2%80%8B", "...", "&amp;", "&x=1"),
    *("?fbclid=abc", "?", "?utm_source=mail&utm_medium=x", ".?fbclid=a", "%3Ffbclid=a", "=", "%3D"),
    *(
        "%E3%80%82",
        "&gt;",
        "&gt;.",
        "=3D",
        "%3D%0D%0A",
        "=%0A",
        "%E2%80%9C",
        "%C2%A0",
        "%E2%80%BA.",
    ),
    *("/", "/.", "/)", "%2F", "//", "/?a=b", "/index.html", "#top", "%00", "%FF"),
]


@pytest.mark.parametrize("tail", TAILS)
def test_what_a_mail_program_takes_for_a_part_of_the_link_does_no_harm(house, token, tail):
    house.services.add_link(house.anna, token)
    path = f"/p/{token}{tail.partition('#')[0]}"
    page = house.browser().open(path)
    assert (page.status, page.headers["location"]) == (303, "/home")
    assert page.headers["referrer-policy"] == "strict-origin"
    looked = house.browser().open(path, LOOKING["a mail scanner without a browser"])
    assert looked.status == 200
    assert [form.action for form in looked.forms if "/p/" in form.action] == [f"/p/{token}"]


@pytest.mark.parametrize("head", ["%3C", "%22", "(", "%20"])
def test_what_is_written_before_it_does_none_either(house, token, head):
    house.services.add_link(house.anna, token)
    assert house.browser().open(f"/p/{head}{token}").status == 303


@pytest.mark.parametrize("tail", ["A", "0", "Aa.", "%41"])
def test_letters_and_digits_behind_a_link_make_it_another(house, token, tail):
    house.services.add_link(house.anna, token)
    assert house.browser().open(f"/p/{token}{tail}").status == 404


@pytest.mark.parametrize("end", [".", ")", ",", "%3E", "&gt;", "=3D", "%E3%80%82", "%22.", "%20"])
@pytest.mark.parametrize("thing", ["/appointments", "/forms", "/sessions", "/console/appointments"])
def test_an_address_of_a_thing_with_the_end_of_a_sentence_leads_to_the_thing(house, thing, end):
    page = house.browser().open(f"{thing}/{THING}{end}")
    assert (page.status, page.headers["location"]) == (303, f"{thing}/{THING}")


def test_an_address_of_a_thing_with_more_digits_is_none(house):
    assert house.browser().open(f"/appointments/{THING}0").status == 404


def test_a_button_is_pressed_at_the_address_with_its_tail_too(house, token):
    house.services.add_link(house.anna, token)
    browser = house.browser()
    page = browser.open(f"/p/{token}).", {"Accept": "text/html"})
    fields = page.form(f"/p/{token}").fields
    assert browser.post(f"/p/{token}).", fields).status == 303


def test_a_link_with_a_tail_is_logged_by_its_pattern_alone(house, token, caplog):
    house.services.add_link(house.anna, token)
    for tail in (".", "/x)", "?fbclid=1"):
        house.browser().open(f"/p/{token}{tail}")
    assert token not in caplog.text
