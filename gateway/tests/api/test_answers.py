"""Answers of the API: reads, changes, repetitions, versions, pages of a list."""

import uuid
from datetime import timedelta

import msgspec
import pytest

from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from portal_contracts.identity_links.rpc.clients import ClientPage, ClientStatus
from portal_contracts.scheduling.rpc.appointments import Allowance
from portal_contracts.scheduling.rpc.booking import (
    GET_OWN_APPOINTMENT,
    LIST_OWN_APPOINTMENTS,
    Booked,
    OwnAppointments,
)
from tests.kit.gateway.made_bookings import APPOINTMENT, STARTS_AT
from tests.kit.gateway.made_schedule import serve_appointments

NEW = {"name": "Clara Cole", "email": "clara@mail.example"}


def test_a_list_is_paged_by_its_cursor(house, doctor):
    pages = {None: "second", "second": None}

    def list_clients(arguments, _actor):
        return ClientPage(items=[], next_cursor=pages[arguments.cursor], total=2)

    house.services.answers["identity_links.list_clients"] = list_clients
    first = doctor.ask("GET", "/clients?limit=1").json
    second = doctor.ask("GET", f"/clients?limit=1&cursor={first['next_cursor']}").json
    assert second["next_cursor"] is None


def test_a_cursor_that_is_none_is_refused(doctor):
    answer = doctor.ask("GET", "/clients?cursor=x")
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_invalid")


def test_any_means_no_filter(house, doctor):
    doctor.ask("GET", "/clients?status=any")
    assert house.services.calls("identity_links.list_clients")[-1].arguments.status is None
    doctor.ask("GET", "/clients?status=archived&sort=added")
    assert house.services.calls("identity_links.list_clients")[-1].arguments.sort == "added"


def test_what_is_created_says_where_it_is(house, doctor):
    made = doctor.ask("POST", "/clients", NEW)
    assert made.status_code == 201
    read = doctor.ask("GET", made.headers["location"].removeprefix("/api/v1"))
    assert (read.json["name"], read.headers["etag"]) == ("Clara Cole", made.headers["etag"])


def test_a_repetition_with_its_key_is_the_same_act(house, doctor):
    before = len(house.services.identity.clients)
    key = str(uuid.uuid4())
    first = doctor.ask("POST", "/clients", NEW, idempotency_key=key)
    again = doctor.ask("POST", "/clients", NEW, idempotency_key=f'"{key}"')
    assert (again.status_code, again.json) == (201, first.json)
    assert len(house.services.identity.clients) == before + 1
    other = doctor.ask("POST", "/clients", NEW | {"name": "D"}, idempotency_key=key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_without_a_key_each_request_is_its_own(house, doctor):
    first, second = (doctor.ask("POST", "/clients", NEW) for _ in range(2))
    assert first.json["id"] != second.json["id"]


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with spaces in between", "ü" * 20])
def test_a_key_of_another_shape_is_refused(doctor, key):
    answer = doctor.ask("POST", "/clients", NEW, idempotency_key=key.encode().decode("latin-1"))
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_invalid")


def test_an_edit_is_based_on_the_version_that_was_read(house, doctor):
    path = f"/clients/{house.anna.id}"
    tag = doctor.ask("GET", path).headers["etag"]
    fields = doctor.ask("GET", path).json | {"name": "Anna B"}
    missing = doctor.ask("PUT", path, fields)
    assert (missing.status_code, missing.json["code"]) == (428, "if_match_missing")
    done = doctor.ask("PUT", path, fields, if_match=tag)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    stale = doctor.ask("PUT", path, fields, if_match=tag)
    assert (stale.status_code, stale.json["code"]) == (412, "stale_version")
    assert house.anna.fields.name == "Anna B"


@pytest.mark.parametrize(
    ("tag", "status"), [("*", 400), ('"1", "2"', 400), ("1", 400), ('"x"', 412), ('W/"1"', 412)]
)
def test_if_match_holds_one_version(house, doctor, tag, status):
    answer = doctor.ask("PUT", f"/clients/{house.anna.id}", NEW, if_match=tag)
    assert answer.status_code == status
    assert not house.services.calls("identity_links.edit_client")


def test_what_has_no_version_is_not_sent_twice(house, doctor):
    first = doctor.ask("GET", "/clients")
    again = doctor.ask("GET", "/clients", if_none_match=f'"x", W/{first.headers["etag"]}')
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    doctor.ask("POST", "/clients", NEW)
    assert doctor.ask("GET", "/clients", if_none_match=first.headers["etag"]).status_code == 200


def test_what_leaves_nothing_to_say_is_204(house, doctor):
    link = house.services.add_link(house.anna, "lk_" + "L" * 43)
    answer = doctor.ask("DELETE", f"/links/{link.id}")
    assert (answer.status_code, answer.text) == (204, "")
    assert "content-type" not in answer.headers


def test_a_program_says_what_becomes_of_the_appointments_to_come(house, doctor):
    to_come = serve_appointments(house.services.answers)
    path = f"/clients/{house.anna.id}"
    refused = doctor.ask("PATCH", path, {"status": "archived"})
    assert (refused.status_code, refused.json["code"]) == (409, "appointments_to_come")
    assert house.anna.status is ClientStatus.ACTIVE
    assert doctor.ask("POST", f"{path}/archive", {}).status_code == 422
    assert doctor.ask("POST", f"{path}/archive", {"appointments": "cancel"}).status_code == 200
    assert to_come == []
    assert house.anna.status is ClientStatus.ARCHIVED


def test_a_program_may_keep_them(house, doctor):
    to_come = serve_appointments(house.services.answers)
    path = f"/clients/{house.anna.id}/archive"
    assert doctor.ask("POST", path, {"appointments": "keep"}).status_code == 200
    assert len(to_come) == 2
    assert house.anna.status is ClientStatus.ARCHIVED


def test_a_client_s_program_reads_the_sentence_that_pages_and_mails_say(house, anna):
    bound = Allowance(until=STARTS_AT, free_until=STARTS_AT - timedelta(days=1))
    own = msgspec.structs.replace(APPOINTMENT, cancel=bound)
    house.services.answers[GET_OWN_APPOINTMENT.address] = own
    house.services.answers[LIST_OWN_APPOINTMENTS.address] = OwnAppointments(
        upcoming=[own], cancelled=[]
    )
    house.services.scheduling.upcoming[house.anna.id] = [own]
    one = anna.ask("GET", f"/portal/appointments/{own.id}").json
    [listed] = anna.ask("GET", "/portal/appointments").json["upcoming"]
    [at_home] = anna.ask("GET", "/portal").json["schedule"]["upcoming"]
    for told in (one, listed, at_home):
        assert told["cancel"]["sentence"] == (
            "Free to cancel until Wed 2 Dec, 10:00 Berlin time; after that the session is charged."
        )


def test_a_status_is_patched(house, doctor):
    path = f"/clients/{house.anna.id}"
    assert doctor.ask("PATCH", path, {"status": "archived"}).status_code == 200
    assert doctor.ask("GET", path).json["status"] == "archived"


def test_head_and_options_say_what_there_is(house, doctor, stranger):
    path = f"/clients/{house.anna.id}"
    head = doctor.ask("HEAD", path)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["etag"] == doctor.ask("GET", path).headers["etag"]
    options = stranger.ask("OPTIONS", path)
    assert (options.status_code, options.headers["allow"]) == (200, "GET, HEAD, PATCH, PUT")
    wrong = doctor.ask("DELETE", path)
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert "PUT" in wrong.headers["allow"]


def test_a_service_is_asked_as_whoever_the_bearer_is_and_from_there(house, anna):
    house.services.answers["scheduling.confirm_hold"] = Booked(appointment_id=uuid.uuid4())
    hold = uuid.uuid4()
    made = anna.ask("POST", f"/portal/holds/{hold}/confirm", {"note": "Hello"})
    asked = house.services.calls("scheduling.confirm_hold")[-1]
    assert (asked.actor, asked.arguments.hold_id) == (house.anna.actor, hold)
    assert made.headers["location"].startswith("/api/v1/portal/appointments/")
    # Every member has a default: nothing has to be sent.
    assert anna.ask("POST", f"/portal/holds/{hold}/confirm").status_code == 201


def test_the_home_is_of_one_piece(house, anna):
    home = anna.ask("GET", "/portal").json
    assert home["practice"]["name"] == "Praxis Rivera"
    assert home.keys() >= {"schedule", "forms", "language", "timezone"}
    house.services.down.add("forms")
    assert anna.ask("GET", "/portal").status_code == 503


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (NotFound("not_found"), 404, None),
        (Conflict("slot_taken"), 409, None),
        (Forbidden("not_allowed"), 403, None),
        (Invalid("booking_invalid"), 422, None),
        (Forbidden("too_many_requests", retry_after_seconds=17), 429, "17"),
        (Unavailable("service_unavailable"), 503, "5"),
    ],
)
def test_a_refusal_of_a_service_is_a_problem(house, doctor, error, status, retry):
    house.services.answers["identity_links.list_clients"] = error
    answer = doctor.ask("GET", "/clients", accept="text/html")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == retry
    assert answer.json["type"] == f"http://localhost:8000/problems/{error.code}"
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["x-request-id"]


def test_a_failure_is_a_problem_without_words_of_its_own(house, doctor):
    def fail(_arguments, _actor):
        raise RuntimeError("canary")

    house.services.answers["identity_links.list_clients"] = fail
    answer = doctor.ask("GET", "/clients")
    assert (answer.status_code, answer.json["code"]) == (500, "failed")
    assert "canary" not in answer.text


def test_a_services_word_for_a_place_is_a_pointer(house, doctor, anna):
    places = {"name": "missing", "tags.0": "too_long"}
    house.services.answers["identity_links.add_client"] = Invalid("client_fields", fields=places)
    assert doctor.ask("POST", "/clients", NEW).json["fields"] == {
        "/name": "missing",
        "/tags/0": "too_long",
    }
    rule = Conflict("outside_rules", fields={"starts_at": "notice"})
    house.services.answers["scheduling.move_own_appointment"] = rule
    moved = {"starts_at": "2026-12-03T09:00:00Z"}
    answer = anna.ask("POST", f"/portal/appointments/{uuid.uuid4()}/move", moved)
    assert (answer.status_code, answer.json["fields"]) == (409, {"/starts_at": "notice"})
    wrong = Invalid("range_invalid", fields={"timezone": "unknown"})
    house.services.answers["scheduling.list_free_times"] = wrong
    query = f"service_id={uuid.uuid4()}&first_on=2026-12-01&last_on=2026-12-02&timezone=X"
    answer = doctor.ask("GET", f"/free-times?{query}")
    assert answer.json["fields"] == {"timezone": "unknown"}


def test_nothing_is_kept_by_caches_or_set_as_a_cookie(house, doctor, stranger):
    for answer in (doctor.ask("GET", "/clients"), stranger.ask("GET", "/clients")):
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


def test_an_unknown_path_is_a_problem_for_browsers_too(stranger):
    answer = stranger.ask("GET", "/nothing-here", accept="text/html")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_problem_is_in_the_language_that_is_asked_for(stranger):
    answer = stranger.ask("GET", "/clients", accept_language="de")
    assert answer.headers["content-language"] == "de"
