"""Whatever arrives, the answer is a problem in words, never a failure."""

import uuid
from urllib.parse import quote

import falcon.testing
import pytest

NEW = {"name": "Clara Cole", "email": "clara@mail.example"}
FORM = {"title": "T", "sections": []}


def refused(answer, status, code):
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json.get("fields", {})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1,",
        b"NaN",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"name":' * 10_000,
        b"name=Clara",
    ],
    ids=lambda body: ascii(body)[:24],
)
def test_what_is_no_json_is_400(doctor, body):
    refused(doctor.ask("POST", "/clients", body), 400, "malformed_json")


def test_a_body_that_is_missing_or_ends_early_is_400(house, doctor):
    refused(doctor.ask("POST", "/clients"), 400, "body_missing")
    environ = falcon.testing.create_environ(
        "/api/v1/clients",
        method="POST",
        body='{"name": "C"}',
        headers={"Authorization": f"Bearer {doctor.bearer}", "Content-Type": "application/json"},
    )
    environ["CONTENT_LENGTH"] = "99"
    answered = falcon.testing.StartResponseMock()
    house.app(environ, answered)
    assert answered.status.startswith("400")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "", "x"])
def test_only_json_is_read(doctor, kind):
    refused(doctor.ask("POST", "/clients", NEW, content_type=kind), 415, "wrong_type")


def test_json_with_a_charset_is_json(doctor):
    kind = "Application/JSON; charset=utf-8"
    assert doctor.ask("POST", "/clients", NEW, content_type=kind).status_code == 201


def test_a_body_over_the_limit_is_not_read(doctor):
    refused(doctor.ask("POST", "/clients", b" " * (2 * 1024 * 1024 + 1)), 413, "too_large")


@pytest.mark.parametrize("body", [[], [["status", "archived"]], "x", 1, None, True])
def test_a_body_that_is_no_object_does_not_fit(house, doctor, body):
    body = b"null" if body is None else body
    for http, path in (("POST", "/clients"), ("PATCH", f"/clients/{house.anna.id}")):
        fields = refused(doctor.ask(http, path, body), 422, "invalid_request")
        assert fields == {"": "wrong_type"}


def test_every_unknown_and_missing_member_is_named_at_once(doctor):
    body = {"nam": "C", "a/b~": 1, "phone": 5, "language": [], "date_of_birth": "soon"}
    fields = refused(doctor.ask("POST", "/clients", body), 422, "invalid_request")
    assert fields == {
        "/nam": "unknown_member",
        "/a~1b~0": "unknown_member",
        "/name": "missing",
        "/email": "missing",
        "/phone": "wrong_type",
        "/date_of_birth": "wrong_format",
    }


def test_unknown_members_are_found_wherever_they_stand(doctor):
    question = {"id": "q", "kind": "text", "text": "Q", "wrong": 1}
    section = {"id": "s", "title": "S", "questions": [question], "more": 1}
    body = FORM | {"sections": [section], "scoring": {"questions": [], "bands": [{}]}}
    fields = refused(doctor.ask("POST", "/form-templates", body), 422, "invalid_request")
    assert fields["/sections/0/questions/0/wrong"] == "unknown_member"
    assert fields["/sections/0/more"] == "unknown_member"
    assert fields["/scoring/bands/0/minimum"] == "missing"


@pytest.mark.parametrize(
    ("path", "body", "place", "code"),
    [
        ("/clients", NEW | {"name": 5}, "/name", "wrong_type"),
        ("/clients", NEW | {"tags": ["a", 5]}, "/tags/1", "wrong_type"),
        ("/clients", NEW | {"date_of_birth": "soon"}, "/date_of_birth", "wrong_format"),
        ("/clients", NEW | {"date_of_birth": "0001-01-01"}, "/date_of_birth", "out_of_range"),
        ("/services", {"title": "x" * 201}, "/title", "wrong_length"),
        ("/services", {"title": "x", "minutes": 2**60}, "/minutes", "out_of_range"),
        ("/services", {"title": "x", "minutes": 10**400}, "/minutes", "out_of_range"),
        ("/services", {"title": "x", "minutes": 1.5}, "/minutes", "wrong_type"),
        ("/services", {"title": "x", "place_kind": "moon"}, "/place_kind", "unknown_choice"),
        ("/form-templates", FORM | {"minutes": True}, "/minutes", "wrong_type"),
    ],
)
def test_a_value_that_does_not_fit_is_named_at_its_place(house, doctor, path, body, place, code):
    answer = doctor.ask("POST", path, body)
    assert refused(answer, 422, "invalid_request") == {place: code}


def test_texts_are_cleaned_before_they_are_judged(house, doctor):
    body = NEW | {
        "name": "\u2068Carla\u2069\nCramer\x00",
        "phone": "\u202a+49 30 123\u202c",
        "pronouns": "x" * 60 + "\u200b" * 9,
        "tags": ["new\u00ad"],
        "remark": "My story\x0bpasted\x7f",
    }
    answer = doctor.ask("POST", "/clients", body)
    assert answer.status_code == 201, answer.text
    fields = next(
        one.fields for one in house.services.identity.clients.values() if "Carla" in one.fields.name
    )
    assert (fields.name, fields.phone) == ("Carla Cramer", "+49 30 123")
    assert (fields.pronouns, fields.tags) == ("x" * 60, ["new"])
    title = {"title": "x" * 200 + "\u200b"}
    refusal = doctor.ask("POST", "/services", title).json
    assert refusal["code"] != "invalid_request"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limt=5", {"limt": "unknown_parameter"}),
        ("limit=x", {"limit": "wrong_type"}),
        ("limit=0", {"limit": "out_of_range"}),
        ("limit=201", {"limit": "out_of_range"}),
        ("limit=1&limit=2", {"limit": "repeated"}),
        ("status=gone", {"status": "unknown_choice"}),
        ("search=" + "x" * 201, {"search": "wrong_length"}),
        ("limit=" + "9" * 5000, {"limit": "wrong_type"}),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(doctor, query, fields):
    assert refused(doctor.ask("GET", f"/clients?{query}"), 422, "invalid_request") == fields


def test_every_missing_parameter_is_named(doctor):
    fields = refused(doctor.ask("GET", "/free-times"), 422, "invalid_request")
    assert fields == dict.fromkeys(("service_id", "first_on", "last_on", "timezone"), "missing")


JUNK = [
    "\x00",
    "\ud800",
    "\u202e",
    "😀" * 300,
    "' OR 1=1",
    "\r\nSet-Cookie: a=b",
    "NaN",
    "0x10",
    "٣",
]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:24])
def test_junk_in_every_place(house, doctor, junk):
    text = quote(junk.encode("utf-8", "surrogatepass"))
    for path in (
        f"/{text}",
        f"/clients/{text}",
        f"/clients?search={text}&cursor={text}&limit={text}",
        f"/clients?{text}={text}",
        f"/sessions/{uuid.uuid4()}/summary/versions/{text}",
        f"/calendar?starts_from={text}&starts_before={text}",
    ):
        assert doctor.ask("GET", path).status_code < 500, path
    assert doctor.ask("POST", f"/form-library/{text}/add").status_code < 500
    raw = junk.encode("utf-8", "surrogatepass").decode("latin-1").replace("\r\n", "")
    for name in ("authorization", "if_none_match", "idempotency_key", "if_match", "accept"):
        answer = doctor.ask("PUT", f"/clients/{house.anna.id}", NEW, **{name: raw})
        assert answer.status_code < 500, name


@pytest.mark.parametrize("version", ["-1", "0x1", "1" * 5000, "9" * 30])
def test_a_number_in_a_path_that_is_none_is_no_failure(doctor, version):
    path = f"/sessions/{uuid.uuid4()}/summary/versions/{version}"
    assert doctor.ask("GET", path).status_code in (404, 422)


@pytest.mark.parametrize("long", [1, 30, 5000])
def test_however_many_members_are_unknown_an_answer_names_some(doctor, long):
    members = {f"{number:05}{'x' * long}": 1 for number in range(120_000 // (long + 15))}
    answer = doctor.ask("POST", "/clients", members)
    assert answer.status_code == 422
    assert 0 < len(answer.json["fields"]) <= 200
    assert len(answer.content) < 20_000


def test_however_many_parameters_are_unknown_an_answer_names_some(doctor):
    query = "&".join(f"{'p' * 30}{number}=1" for number in range(190))
    answer = doctor.ask("GET", f"/clients?{query}")
    assert answer.status_code == 422
    assert len(answer.content) < 20_000


def test_however_deep_a_fault_lies_its_place_is_short(doctor):
    value = 1
    for _ in range(900):
        value = {"a" * 40: value}
    answer = doctor.ask("POST", "/clients", {"name": value})
    assert answer.status_code in (400, 422)
    assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b'{"name": "A", "email": "a@mail.example", "name": "B"}', ["/name"]),
        (b'{"name": "A", "na\\u006de": "B"}', ["/name"]),
        (b'{"tags": [{"a": {"x": 1, "x": 1}}]}', ["/tags/0/a/x"]),
        (b'{"a/b": 1, "a/b": 2, "c": 1, "c": 1, "c": 2}', ["/a~1b", "/c"]),
    ],
)
def test_a_member_that_is_named_twice_is_refused_by_its_place(house, doctor, body, places):
    answer = doctor.ask("POST", "/clients", body)
    assert (answer.status_code, answer.json["code"]) == (400, "duplicate_member")
    assert answer.json["fields"] == dict.fromkeys(places, "duplicate_member")
    assert not house.services.calls("identity_links.add_client")


def test_the_same_name_in_two_objects_is_no_repetition(doctor):
    hours = b'{"availability": {"weekly": [[{"start": "09:00"}, {"start": "10:00"}]]}}'
    answer = doctor.ask("PATCH", "/availability", hours, if_match='"1"')
    assert answer.json["code"] == "invalid_request"
