"""A client's program enters by a portal link, asks, and leaves."""

import pytest
from msgspec.structs import replace

from gateway.web.tokens import sha256
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.permissions import Permission
from tests.kit.gateway.fake_second_check import CODE

SESSIONS = "/portal-sessions"


def open_session(program, token, **headers):
    return program.ask("POST", SESSIONS, {"link_token": token}, **headers)


@pytest.fixture
def link(house, token):
    return house.services.add_link(house.anna, token)


def test_a_link_opens_a_session_whose_bearer_is_told_once(house, stranger, link, token):
    answer = open_session(stranger, token, user_agent="Diary/1.0")
    assert answer.status_code == 201
    assert answer.json["bearer"].startswith("lk_portal_")
    assert answer.json["client_id"] == str(house.anna.id)
    assert answer.headers["location"] == "/api/v1/portal"
    [asked] = house.services.calls("identity_links.redeem_link")
    assert asked.arguments.device_hash == sha256(answer.json["bearer"])
    assert asked.arguments.pressed
    assert asked.arguments.user_agent == "Diary/1.0"
    assert "set-cookie" not in answer.headers


def test_the_same_key_opens_the_same_session(stranger, link, token):
    first, again = (open_session(stranger, token, idempotency_key="k" * 20) for _ in range(2))
    other = open_session(stranger, token)
    assert first.json["bearer"] == again.json["bearer"] != other.json["bearer"]


def test_a_session_ends_itself(house, bearers, anna):
    house.services.add_device(house.anna, anna.bearer)
    answer = anna.ask("DELETE", f"{SESSIONS}/current")
    assert answer.status_code == 204
    assert not house.services.identity.devices


def test_a_date_of_birth_is_asked_for_where_the_practice_asks(house, stranger, link, token):
    house.practice.set(second_check="date_of_birth")
    missing = open_session(stranger, token)
    assert (missing.status_code, missing.json["code"]) == (422, "date_of_birth_needed")
    assert missing.json["fields"] == {"/date_of_birth": "missing"}
    body = {"link_token": token, "date_of_birth": "1985-03-28"}
    assert stranger.ask("POST", SESSIONS, body).json["code"] == "wrong_date_of_birth"
    body["date_of_birth"] = "1985-03-27"
    assert stranger.ask("POST", SESSIONS, body).status_code == 201


@pytest.fixture
def ben_s(house, token):
    """The link of Ben, whose date of birth is not on file, where a check is made."""
    house.practice.set(second_check="date_of_birth")
    return house.services.add_link(house.ben, token)


def test_a_code_is_mailed_where_no_date_of_birth_is_on_file(house, stranger, ben_s, token):
    body = {"link_token": token}
    needed = stranger.ask("POST", SESSIONS, body | {"date_of_birth": "1985-03-27"})
    assert (needed.status_code, needed.json["code"]) == (422, "code_needed")
    assert needed.json["fields"] == {"/code": "missing"}
    asked = stranger.ask("POST", "/entry-codes", body)
    assert (asked.status_code, asked.json["retry_after_seconds"]) == (200, 60)
    with_request = body | {"code_request": asked.json["code_request"]}
    wrong = stranger.ask("POST", SESSIONS, with_request | {"code": "000000"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "wrong_code")
    other = stranger.ask("POST", SESSIONS, body | {"code": CODE})
    assert (other.status_code, other.json["code"]) == (422, "code_ended")
    opened = stranger.ask("POST", SESSIONS, with_request | {"code": CODE})
    assert (opened.status_code, opened.json["client_id"]) == (201, str(house.ben.id))
    before = "".join(one.text for one in (needed, asked, wrong, other))
    assert not any(one in before for one in ("Ben", "b•••", str(house.ben.id)))


def test_a_code_is_offered_only_where_one_is_asked_for(house, stranger, link, token):
    for asks in (False, True):
        house.practice.set(second_check="date_of_birth" if asks else "none")
        answer = stranger.ask("POST", "/entry-codes", {"link_token": token})
        assert (answer.status_code, answer.json["code"]) == (409, "code_not_offered")
    unknown = stranger.ask("POST", "/entry-codes", {"link_token": "lk_" + "Z" * 43})
    assert (unknown.status_code, unknown.json["code"]) == (404, "link_unknown")
    link.state = LinkState.REVOKED
    dead = stranger.ask("POST", "/entry-codes", {"link_token": token})
    assert (dead.status_code, dead.json["code"]) == (410, "link_revoked")


def test_too_many_answers_say_when_the_next_is_heard(stranger, ben_s, token):
    asked = stranger.ask("POST", "/entry-codes", {"link_token": token})
    body = {"link_token": token, "code": "000000", "code_request": asked.json["code_request"]}
    for _ in range(5):
        stranger.ask("POST", SESSIONS, body)
    locked = stranger.ask("POST", SESSIONS, body)
    assert (locked.status_code, locked.headers["retry-after"]) == (429, "3600")
    assert stranger.ask("POST", "/entry-codes", {"link_token": token}).status_code == 429


def test_who_can_be_asked_for_nothing_is_told_so(house, stranger, token):
    house.practice.set(second_check="date_of_birth")
    house.ben.fields = replace(house.ben.fields, email="")
    house.services.add_link(house.ben, token)
    for path in (SESSIONS, "/entry-codes"):
        answer = stranger.ask("POST", path, {"link_token": token})
        assert (answer.status_code, answer.json["code"]) == (409, "check_impossible")


@pytest.mark.parametrize("state", [LinkState.EXPIRED, LinkState.REVOKED, LinkState.USED])
def test_a_dead_link_opens_nothing_and_says_why(stranger, link, token, state):
    link.state = state
    answer = open_session(stranger, token)
    assert (answer.status_code, answer.json["code"]) == (410, f"link_{state}")


@pytest.mark.parametrize("unknown", ["lk_" + "Z" * 43, "lk_short", "", "x" * 200])
def test_an_unknown_link_is_unknown_whatever_it_looks_like(stranger, link, unknown):
    answer = open_session(stranger, unknown)
    assert (answer.status_code, answer.json["code"]) == (404, "link_unknown")


def test_asking_for_a_link_has_one_answer_for_all(house, stranger):
    known = stranger.ask("POST", "/link-requests", {"email": house.anna.fields.email})
    unknown = stranger.ask("POST", "/link-requests", {"email": "nobody@mail.example"})
    assert known.status_code == unknown.status_code == 200
    assert known.json == unknown.json


def test_a_copied_link_is_told_once_and_is_the_same_for_its_key(house, doctor):
    path = f"/clients/{house.anna.id}/links/copy"
    first, again = (doctor.ask("POST", path, idempotency_key="k" * 20) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    token = first.json["url"].removeprefix("http://localhost:8000/p/")
    asked = house.services.calls("identity_links.create_link")[-1]
    assert asked.arguments.token_hash == sha256(token)
    other = doctor.ask("POST", path, {"cause": "qr"})
    assert other.json["url"] != first.json["url"]


def test_a_copied_link_needs_all_that_the_portal_shows_and_says_what_is_missing(house, bearers):
    scopes = [
        one for one in Permission if one not in {Permission.ANSWERS_READ, Permission.NOTES_READ}
    ]
    program = bearers.program(house.doctor, *scopes)
    answer = program.ask("POST", f"/clients/{house.anna.id}/links/copy")
    assert (answer.status_code, answer.json["code"]) == (403, "reveal_not_allowed")
    assert answer.json["fields"] == {"answers.read": "missing"}
    assert answer.json["detail"].endswith("(answers.read)")


def test_a_copied_link_opens_no_session(house, doctor, stranger):
    made = doctor.ask("POST", f"/clients/{house.anna.id}/links/copy").json
    answer = open_session(stranger, made["url"].rpartition("/")[2])
    assert (answer.status_code, answer.json["code"]) == (403, "mailed_link_needed")


def test_an_address_by_a_lesser_token_waits_and_is_confirmed_by_a_fuller_one(
    house, bearers, doctor
):
    lesser = bearers.program(house.doctor, Permission.CLIENTS_READ, Permission.CLIENTS_WRITE)
    path = f"/clients/{house.anna.id}"
    body = {"email": "anna@new.example"}
    assert lesser.ask("PATCH", path, body, if_match='"1"').status_code == 200
    assert lesser.ask("GET", path).json["waiting_address"]["former_email"] == "anna@mail.example"
    confirm = f"{path}/address/confirm"
    assert lesser.ask("POST", confirm, if_match='"2"').json["code"] == "scope_missing"
    assert doctor.ask("POST", confirm, if_match='"1"').status_code == 412
    answer = doctor.ask("POST", confirm, if_match='"2"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"3"')
    assert doctor.ask("GET", path).json["waiting_address"] is None
    assert doctor.ask("POST", confirm, if_match='"3"').json["code"] == "address_settled"
