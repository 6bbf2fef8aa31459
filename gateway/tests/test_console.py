"""The practitioner's console, from signing in to the link that is mailed."""

import re
from datetime import timedelta

import msgspec
import pytest

from gateway.console.settings.sections import ACCOUNT
from gateway.web.tokens import sha256
from portal_contracts.errors import Forbidden
from portal_contracts.forms.rpc.requests import OpenForms
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import LinkCause, LinkState
from portal_contracts.scheduling.rpc.calendar import ClientTime, ClientTimes
from tests.kit.gateway.browser import NAVIGATION


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def client_path(house):
    return f"/console/clients/{house.anna.id}"


def live_links(house):
    return [link for link in house.services.identity.links.values() if link.state is LinkState.LIVE]


# --- signing in --------------------------------------------------------------------


def sign_in(browser, email="dr@practice.example", password="correct horse battery"):
    path = "/console/sign-in"
    return browser.submit(browser.open(path), path, {"email": email, "password": password})


def test_signing_in_leads_to_today(house):
    browser = house.browser()
    page = sign_in(browser)
    assert (page.status, page.headers["location"]) == (303, "/console")
    assert browser.follow(page).status == 200
    assert browser.open("/console/sign-in").headers["location"] == "/console"


def test_signing_in_leads_on_to_the_page_that_was_asked_for(house):
    wanted = f"/console/clients/{house.anna.id}"
    browser = house.browser()
    form = browser.follow(browser.open(wanted))
    wrong = browser.submit(form, "/console/sign-in", {"email": "dr@practice.example"})
    assert wrong.status == 422
    page = browser.submit(
        wrong,
        "/console/sign-in",
        {"email": "dr@practice.example", "password": "correct horse battery"},
    )
    assert page.headers["location"] == wanted
    assert browser.open(f"/console/sign-in?to={wanted}").headers["location"] == wanted


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "/console//evil.example", "/console/sign-out", "/home", "/console/.."],
)
def test_signing_in_leads_to_no_other_place(house, to):
    browser = house.browser()
    fields = {"email": "dr@practice.example", "password": "correct horse battery"}
    page = browser.submit(browser.open(f"/console/sign-in?to={to}"), "/console/sign-in", fields)
    assert page.headers["location"] == "/console"


def test_a_wrong_password_and_an_unknown_address_read_the_same(house):
    pages = [
        sign_in(house.browser(), password="wrong"),
        sign_in(house.browser(), email="nobody@practice.example"),
    ]
    assert [page.status for page in pages] == [403, 403]
    said = [re.search(r'class="summary".*?</div>', page.html, re.DOTALL)[0] for page in pages]
    assert said[0] == said[1]


def test_an_empty_form_names_both_fields(house):
    page = sign_in(house.browser(), "", "")
    assert page.status == 422
    assert {"#field-email", "#field-password"} <= set(page.links)
    assert not house.services.calls("identity_links.sign_in")


def test_too_many_tries_say_when_to_come_back(house):
    error = Forbidden("too_many_tries", retry_after_seconds=300)
    house.services.answers["identity_links.sign_in"] = error
    page = sign_in(house.browser())
    assert (page.status, page.headers["retry-after"]) == (429, "300")
    assert "5 minutes" in page.html


def test_signing_in_makes_a_fresh_cookie_whatever_was_there(house):
    browser = house.browser()
    browser.cookies["lk_console"] = "x" * 43
    page = sign_in(browser)
    assert page.cookies["lk_console"].value != "x" * 43


def test_signing_out_ends_the_device(house, doctor):
    cookies = dict(doctor.cookies)
    page = doctor.submit(doctor.open("/console"), "/console/sign-out")
    assert page.headers["location"] == "/console/sign-in"
    doctor.cookies = cookies
    again = doctor.open("/console")
    assert (again.status, again.headers["location"]) == (303, "/console/sign-in")
    assert "no longer signed in" in doctor.open("/console/sign-in").html


def test_sign_out_does_not_pretend_while_the_service_is_away(house, doctor):
    page = doctor.open("/console")
    house.services.down.add("identity_links")
    assert doctor.submit(page, "/console/sign-out").status == 503
    assert doctor.cookies["lk_console"]


# --- clients ---------------------------------------------------------------------


def test_a_client_is_added_and_the_next_page_says_so_once(house, doctor):
    new = "/console/clients/new"
    added = doctor.submit(
        doctor.open(new), new, {"name": "Carla Cramer", "email": "carla@mail.example"}
    )
    page = doctor.follow(added)
    assert "Carla Cramer" in page.html
    assert "The client is added" in page.html
    assert "The client is added" not in doctor.open(added.headers["location"]).html
    sent = house.services.calls("identity_links.add_client")[0].arguments.fields
    assert (sent.timezone, sent.language) == ("Europe/Berlin", "en")


def test_a_client_like_one_who_is_there_is_hinted_at_and_added_when_sent_again(house, doctor):
    new, typed = "/console/clients/new", {"name": "Anne Adler", "email": "ANNA@mail.example"}
    page = doctor.submit(doctor.open(new), new, typed)
    assert page.status == 409
    assert "There is already Anna Adler" in page.html
    assert "same e-mail address" in page.html
    assert f"/console/clients/{house.anna.id}" in page.links
    assert "Add anyway" in page.html
    assert page.form(new).fields["name"] == "Anne Adler"
    changed = doctor.submit(page, new, {"email": "ben@mail.example"})
    assert "There is already Ben Brandt" in changed.html
    added = doctor.submit(page, new)
    assert added.status == 303
    shown = doctor.follow(added)
    assert "Perhaps the same person" in shown.html
    assert f"/console/clients/{house.anna.id}" in shown.links
    anna = doctor.open(f"/console/clients/{house.anna.id}")
    assert added.headers["location"] in anna.links
    assert "Perhaps the same person" not in doctor.open(f"/console/clients/{house.ben.id}").html


def test_what_is_no_id_among_those_who_were_seen_is_passed_over(house, doctor):
    new, typed = "/console/clients/new", {"name": "Anne", "email": "anna@mail.example"}
    page = doctor.open(new)
    for seen in ("x", "' OR 1=1", f"{house.ben.id} {'f' * 36}"):
        assert doctor.submit(page, new, typed | {"seen_duplicates": seen}).status == 409
    many = " ".join([str(house.ben.id)] * 60)
    assert doctor.submit(page, new, typed | {"seen_duplicates": many}).status == 409


def test_the_list_searches_filters_and_sorts_by_its_address(house, doctor):
    house.ben.status = ClientStatus.ARCHIVED
    assert "Brandt" not in doctor.open("/console/clients").html
    assert "Brandt" in doctor.open("/console/clients?status=archived").html
    page = doctor.open("/console/clients?status=all&search=ann&sort=last_visit")
    assert "Adler" in page.html
    assert "Brandt" not in page.html
    sent = house.services.calls("identity_links.list_clients")[-1].arguments
    assert (sent.search, sent.status, sent.sort) == ("ann", None, "last_visit")


def test_the_list_says_who_comes_next_came_last_and_has_forms_to_fill_in(house, doctor):
    now = house.services.clock.now()
    house.services.answers |= {
        "scheduling.list_client_times": ClientTimes(
            items=[
                ClientTime(
                    client_id=house.anna.id,
                    next_at=now + timedelta(days=1),
                    last_at=now - timedelta(days=6),
                )
            ]
        ),
        "forms.count_open_forms": OpenForms(counts={str(house.ben.id): 3}),
    }
    page = doctor.open("/console/clients")
    for words in ("Tomorrow, 10:00", "25 Nov, 10:00", f"forms-of-{house.ben.id}"):
        assert words in page.html
    assert f"forms-of-{house.anna.id}" not in page.html
    assert "badge" not in page.html
    house.ben.status = ClientStatus.ARCHIVED
    assert doctor.open("/console/clients?status=all").html.count("badge-calm") == 1
    for method in ("list_client_times", "count_open_forms"):
        [*_, asked] = [one for one in house.services.asked if one.address.endswith(method)]
        assert set(asked.arguments.client_ids) == {house.anna.id, house.ben.id}


@pytest.mark.parametrize("service", ["scheduling", "forms"])
def test_the_list_is_shown_without_what_a_service_that_is_down_knows(house, doctor, service):
    house.services.down.add(service)
    page = doctor.open("/console/clients")
    assert page.status == 200
    assert "Anna Adler" in page.html
    assert "not available right now" in page.html
    assert "not known right now" in page.html


def test_htmx_gets_the_table_alone(house, doctor):
    path = "/console/clients?search=anna"
    block = doctor.open(path, {"HX-Request": "true", "Accept": "text/html"})
    whole = doctor.open(path)
    assert "Adler" in block.html
    assert "<html" not in block.html
    assert "<html" in whole.html
    for page in (block, whole):
        assert "HX-Request" in page.headers["vary"]


def test_a_browser_stays_known_after_signing_out_and_knows_no_more_than_a_hash(house):
    browser = house.browser()
    sign_in(browser)
    secret = browser.cookies["lk_browser"]
    browser.submit(browser.open("/console"), "/console/sign-out")
    assert browser.cookies["lk_browser"] == secret
    sign_in(browser)
    first, second = house.services.calls("identity_links.sign_in")
    assert first.arguments.browser_hash == second.arguments.browser_hash == sha256(secret)
    assert secret not in repr(house.services.asked)


def test_a_try_that_fails_makes_no_browser_known(house):
    assert "lk_browser" not in sign_in(house.browser(), password="wrong").cookies


def test_a_stranger_s_tries_do_not_keep_a_practitioner_out_of_a_known_browser(house):
    known, stranger = house.browser(), house.browser()
    sign_in(known)
    known.submit(known.open("/console"), "/console/sign-out")
    for _ in range(5):
        sign_in(stranger, password="wrong")
    assert sign_in(stranger).status == 429
    assert sign_in(known).status == 303


def test_htmx_is_sent_to_sign_in_as_a_whole_page(house, doctor):
    house.services.identity.devices.clear()
    page = doctor.open("/console/clients", {"HX-Request": "true", "Accept": "text/html"})
    assert (page.status, page.headers["hx-redirect"]) == (200, "/console/sign-in")
    assert not page.html


def test_an_error_never_lands_inside_another_page(house, doctor):
    house.services.down.add("identity_links.list_clients")
    page = doctor.open("/console/clients?search=a", {"HX-Request": "true", "Accept": "text/html"})
    assert (page.status, page.headers["hx-redirect"]) == (503, "/console/clients?search=a")
    assert not page.html


@pytest.mark.parametrize("query", ["status=gone", "sort=secret", "cursor=nonsense"])
def test_a_filter_that_does_not_exist_is_refused(house, doctor, query):
    assert doctor.open(f"/console/clients?{query}").status == 422


@pytest.mark.parametrize("zone", ["US/Pacific", "Mars/Olympus", "Etc/GMT+5"])
def test_a_zone_that_is_stored_stays_when_only_the_phone_is_changed(
    house, doctor, client_path, zone
):
    house.anna.fields = msgspec.structs.replace(house.anna.fields, timezone=zone)
    edit = f"{client_path}/edit"
    doctor.submit(doctor.open(edit), edit, {"phone": "030 123456"})
    assert (house.anna.fields.phone, house.anna.fields.timezone) == ("030 123456", zone)


@pytest.mark.parametrize("tab", ["", "/mails", "/access"])
def test_each_tab_has_an_address_and_stands_while_its_parts_are_away(
    house, doctor, client_path, tab
):
    assert doctor.open(client_path + tab).status == 200
    house.services.down |= {
        "notifications",
        "identity_links.list_links",
        "identity_links.list_client_devices",
        "identity_links.list_access",
    }
    page = doctor.open(client_path + tab)
    assert page.status == 200
    assert "not available right now" in page.html
    assert "Anna Adler" in page.html


def test_asking_before_an_act_reads_no_more_than_the_name(house, doctor, client_path):
    page = doctor.open(client_path)
    before = len(house.services.calls("identity_links.get_client"))
    for act in ("restore", "links/revoke-all"):
        assert "Anna Adler" in doctor.open(f"{client_path}/{act}").html
    for kind in ("copy", "qr"):
        assert "Anna Adler" in doctor.submit(page, f"{client_path}/links/{kind}").html
    assert before == len(house.services.calls("identity_links.get_client"))


def test_the_preview_is_the_clients_home_and_leaves_no_trace_of_a_client(
    house, doctor, client_path
):
    house.services.add_schedule(house.anna, "First interview")
    page = doctor.open(f"{client_path}/preview")
    assert page.status == 200
    assert "First interview" in page.html
    assert len(house.services.identity.devices) == 1
    assert house.anna.last_visit_at is None


# --- links -------------------------------------------------------------------------


def test_a_link_is_shared_and_stands_in_the_list(house, doctor, client_path):
    page = doctor.open(f"{client_path}/share")
    assert "anna@mail.example" in page.html
    shared = doctor.submit(page, f"{client_path}/share")
    assert (shared.status, shared.headers["location"]) == (303, client_path)
    after = doctor.follow(shared)
    assert "on its way" in after.html
    assert "Mailed by the practice" in after.html
    assert len(house.services.notifications.log) == 1


def test_links_that_came_with_mails_are_one_group_and_those_by_hand_are_listed(
    house, doctor, client_path
):
    now = house.services.clock.now()
    shared = house.services.add_link(house.anna, "lk_" + "h" * 43)
    mailed = [house.services.add_link(house.anna, "lk_" + each * 43) for each in "mno"]
    for link in mailed:
        link.cause = LinkCause.MAILED
    for link, days in zip(mailed, (3, 1), strict=False):
        link.last_used_at, link.opens = now - timedelta(days=days), 1
    page = doctor.open(client_path)
    head, _, group = page.html.partition('id="mailed-links"')
    assert f"revoke-{shared.id}" in head
    assert "3 links that came with mails" in group
    assert re.search(r"last used <time datetime=\"2026-11-30T09:00", group)
    for link in mailed:
        assert f"revoke-{link.id}" in group
        assert f"revoke-{link.id}" not in head


@pytest.mark.parametrize("path", ["", "/mails", "/access"])
def test_a_link_is_shared_from_the_header_of_every_page_of_the_client(house, client_path, path):
    doctor = house.as_practitioner(house.doctor)
    page = doctor.open(client_path + path)
    assert page.html.index("share-link-now") < page.html.index("sub-tabs")
    house.anna.status = ClientStatus.ARCHIVED
    assert "share-link-now" not in doctor.open(client_path + path).html


def test_a_double_click_shares_one_link(house, doctor, client_path):
    fields = doctor.open(f"{client_path}/share").form(f"{client_path}/share").fields
    for _ in range(3):
        assert doctor.post(f"{client_path}/share", fields).status == 303
    assert len(live_links(house)) == 1


def test_sharing_with_an_archived_client_is_refused_in_words(house, doctor, client_path):
    page = doctor.open(f"{client_path}/share")
    house.anna.status = ClientStatus.ARCHIVED
    refused = doctor.submit(page, f"{client_path}/share")
    assert refused.status == 409
    assert "archived" in refused.html


def test_sharing_while_the_service_is_away_can_be_tried_again(house, doctor, client_path):
    page = doctor.open(f"{client_path}/share")
    house.services.lost_replies.add("identity_links.share_link")
    away = doctor.submit(page, f"{client_path}/share")
    assert (away.status, away.headers["retry-after"]) == (503, "5")
    house.services.lost_replies.clear()
    assert doctor.submit(away, f"{client_path}/share").status == 303
    assert len(live_links(house)) == 1


@pytest.mark.parametrize("kind", ["copy", "qr"])
def test_a_made_link_is_shown_once_and_enters(house, doctor, client_path, kind):
    action = f"{client_path}/links/{kind}"
    page = doctor.submit(doctor.open(client_path), action)
    assert page.status == 200
    [url] = set(re.findall(r"http://localhost:8000/p/lk_[A-Za-z0-9_-]{43}", page.html))
    token = url.rsplit("/", 1)[1]
    assert token not in repr(house.services.asked)
    assert house.browser().open(f"/p/{token}", NAVIGATION).status == 303
    assert token not in doctor.open(client_path).html
    assert doctor.open(action).headers["location"] == f"{client_path}/share"
    if kind == "qr":
        assert 'src="data:image/svg+xml' in page.html


def test_loading_a_made_link_again_shows_the_same_and_makes_no_other(house, doctor, client_path):
    action = f"{client_path}/links/copy"
    fields = doctor.open(client_path).form(action).fields
    pages = [doctor.post(action, fields) for _ in range(2)]
    urls = {re.search(r"http://localhost:8000/p/(lk_[\w-]{43})", page.html)[0] for page in pages}
    assert len(urls) == 1
    assert len(live_links(house)) == 1
    other = doctor.submit(doctor.open(client_path), action)
    assert not any(url in other.html for url in urls)


def test_links_and_devices_are_ended_one_by_one_and_all_at_once(house, doctor, client_path):
    first = house.services.add_link(house.anna, "lk_" + "1" * 43)
    house.services.add_link(house.anna, "lk_" + "2" * 43)
    phone = house.as_client(house.anna)
    revoke = f"{client_path}/links/{first.id}/revoke"
    assert doctor.submit(doctor.open(revoke), revoke).headers["location"] == client_path
    assert first.state is LinkState.REVOKED
    assert phone.open("/home").status == 200
    page = doctor.open(client_path)
    [end] = [form.action for form in page.forms if "/devices/" in form.action]
    doctor.submit(page, end)
    assert phone.open("/home").status == 303
    everything = f"{client_path}/links/revoke-all"
    doctor.submit(doctor.open(everything), everything)
    assert not live_links(house)


# --- mails and settings ----------------------------------------------------------------


def test_a_mail_is_found_opened_and_sent_again(house, doctor):
    house.services.add_mail(house.anna)
    page = doctor.open("/console/mails?state=sent")
    assert "Anna Adler" in page.html
    [path] = [link for link in page.links if re.fullmatch(r"/console/mails/[0-9a-f-]{36}", link)]
    mail = doctor.open(path)
    assert "Your portal" in mail.html
    again = doctor.submit(mail, f"{path}/resend")
    assert again.headers["location"] != path
    assert doctor.follow(again).status == 200


@pytest.mark.parametrize("query", ["state=gone", "client=me", "cursor=x"])
def test_a_mail_filter_that_does_not_exist_is_refused(house, doctor, query):
    assert doctor.open(f"/console/mails?{query}").status == 422


def test_the_mail_log_stands_while_names_or_mails_are_away(house, doctor):
    house.services.add_mail(house.anna)
    house.services.down.add("identity_links.name_clients")
    assert doctor.open("/console/mails").status == 200
    house.services.down.add("notifications")
    page = doctor.open("/console/mails")
    assert page.status == 200
    assert "not available right now" in page.html
    assert doctor.open("/console").status == 200


def test_a_practitioner_ends_another_own_device(house, doctor):
    other = house.as_practitioner(house.doctor)
    page = doctor.open(ACCOUNT.address)
    [end] = [form.action for form in page.forms if form.action.startswith("/console/devices/")]
    assert doctor.submit(page, end).headers["location"] == ACCOUNT.address
    assert other.open("/console").status == 303
    assert doctor.open("/console").status == 200
