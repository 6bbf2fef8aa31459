"""Changing things: member by member by PATCH, as a whole by PUT; the answer is the thing."""

from uuid import uuid4

import msgspec
import pytest

from gateway.api.all_operations import OPERATIONS
from gateway.api.changing import Changing
from gateway.api.merge_patch import merged
from gateway.web.routing import Owner
from portal_contracts.changes import changed
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.forms.rpc.questions import FormDocument, Question, Scoring, Section
from portal_contracts.forms.rpc.templates import Template, TemplateChanged, TemplateRow
from portal_contracts.identity_links.rpc.clients import EDIT_CLIENT, GET_CLIENT
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.availability import (
    Availability,
    AvailabilityChanged,
    StoredAvailability,
    Window,
)
from portal_contracts.scheduling.rpc.services import (
    BookableService,
    ServiceChanged,
    ServiceFields,
)

ANNA = {
    "phone": "+49 30 1234567",
    "tags": ["evening"],
    "date_of_birth": "1985-03-27",
    "pronouns": "she/her",
}


class Kept:
    """A service, hours and a template in memory, changed as their services change them."""

    def __init__(self, house):
        self.house = house
        self.service = BookableService(
            id=uuid4(),
            version=1,
            practitioner_id=house.doctor.id,
            archived=False,
            fields=ServiceFields(
                title="Talk", price="90 €", max_horizon_days=None, policy="On time."
            ),
        )
        monday = [[Window(start="09:00", end="12:00")], *([] for _ in range(6))]
        self.hours = StoredAvailability(
            practitioner_id=house.doctor.id,
            version=1,
            availability=Availability(timezone="Europe/Berlin", weekly=monday),
        )
        row = TemplateRow(
            id=uuid4(), title="Mine", minutes=5, questions=1, language="en", published=None,
            changed=True, archived=False, sent=0,
        )  # fmt: skip
        question = Question(id="q", kind="scale", text="How?", minimum=0, maximum=3)
        self.template = Template(
            row=row,
            revision=1,
            document=FormDocument(
                title="Mine",
                intro="Hello.",
                sections=[Section(id="s", title="S", questions=[question])],
                scoring=Scoring(questions=["q"], bands=[], maximum=3),
            ),
        )
        house.services.answers |= {
            "scheduling.get_service": lambda *_: self.service,
            "scheduling.edit_service": self.edit_service,
            "scheduling.archive_service": self.archive_service,
            "scheduling.get_availability": lambda *_: self.hours,
            "scheduling.save_availability": self.save_availability,
            "forms.get_template": lambda *_: self.template,
            "forms.save_template": self.save_template,
        }

    def edit_service(self, command, _actor):
        self.service = self.next(self.service, command.version, fields=command.fields)
        return ServiceChanged(service_id=self.service.id, version=self.service.version)

    def archive_service(self, command, _actor):
        self.service = msgspec.structs.replace(self.service, archived=command.archived)
        return ServiceChanged(service_id=self.service.id, version=self.service.version)

    def save_availability(self, command, _actor):
        self.hours = self.next(self.hours, command.version, availability=command.availability)
        return AvailabilityChanged(version=self.hours.version)

    def save_template(self, command, _actor):
        document = changed(self.template.document, command.document)
        self.template = msgspec.structs.replace(self.template, document=document)
        return TemplateChanged(template_id=self.template.row.id, revision=1)

    @staticmethod
    def next(thing, version, **said):
        if thing.version != version:
            raise Conflict("stale_version")
        [(name, changes)] = said.items()
        new = changed(getattr(thing, name), changes)
        return msgspec.structs.replace(thing, version=version + 1, **{name: new})


@pytest.fixture
def kept(house):
    return Kept(house)


@pytest.fixture
def anna_path(house):
    house.anna.fields = msgspec.structs.replace(
        house.anna.fields,
        **{name: value for name, value in ANNA.items() if name != "date_of_birth"},
    )
    return f"/clients/{house.anna.id}"


@pytest.mark.parametrize("kind", ["application/merge-patch+json", "application/json"])
def test_a_patch_changes_what_it_names_and_nothing_else(doctor, anna_path, kind):
    before = doctor.ask("GET", anna_path)
    done = doctor.ask(
        "PATCH",
        anna_path,
        {"preferred_name": "Annie"},
        if_match=before.headers["etag"],
        content_type=kind,
    )
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert done.json == before.json | {"preferred_name": "Annie", "version": 2}


def test_null_puts_a_member_back_and_is_refused_where_it_is_needed(doctor, anna_path):
    done = doctor.ask("PATCH", anna_path, {"phone": None, "tags": None}, if_match='"1"')
    assert (done.json["phone"], done.json["tags"]) == ("", [])
    assert done.json["pronouns"] == "she/her"
    refused = doctor.ask("PATCH", anna_path, {"name": None}, if_match='"2"')
    assert (refused.status_code, refused.json["fields"]) == (422, {"/name": "missing"})


def test_what_reading_gave_is_sent_back(doctor, kept, house, anna_path):
    service, template = f"/services/{kept.service.id}", f"/form-templates/{kept.template.row.id}"
    for path in (anna_path, service, "/availability", template):
        for http in ("PATCH", "PUT"):
            read = doctor.ask("GET", path)
            done = doctor.ask(http, path, read.json, if_match=read.headers["etag"])
            assert done.status_code == 200, (http, path, done.json)
            version = {"version", "revision"}
            assert {k: v for k, v in done.json.items() if k not in version} == {
                k: v for k, v in read.json.items() if k not in version
            }


def test_a_member_that_cannot_be_changed_is_refused_by_its_name(doctor, kept, anna_path):
    for http, more in (("PATCH", {}), ("PUT", doctor.ask("GET", anna_path).json)):
        sent = more | {"id": str(uuid4()), "created_at": "2020-01-01T00:00:00Z", "mail": "x"}
        refused = doctor.ask(http, anna_path, sent, if_match='"1"')
        assert (refused.status_code, refused.json["fields"]) == (
            422,
            {"/id": "read_only", "/created_at": "read_only", "/mail": "unknown_member"},
        )
    path = f"/services/{kept.service.id}"
    refused = doctor.ask("PATCH", path, {"fields": {"size": 1}, "version": 7}, if_match='"1"')
    assert refused.json["fields"] == {"/fields/size": "unknown_member", "/version": "read_only"}


@pytest.mark.parametrize("left_out", ["phone", "remark", "tags"])
def test_a_whole_with_something_left_out_is_refused_by_its_name(doctor, anna_path, left_out):
    whole = doctor.ask("GET", anna_path).json
    del whole[left_out]
    refused = doctor.ask("PUT", anna_path, whole, if_match='"1"')
    assert (refused.status_code, refused.json["fields"]) == (422, {f"/{left_out}": "missing"})


WHOLES = {
    "/clients/{client_id}": "name email preferred_name pronouns phone date_of_birth timezone "
    "language tags remark",
    "/services/{service_id}": "title description minutes price place_kind place "
    "buffer_before_minutes buffer_after_minutes increment_minutes min_notice_minutes "
    "max_horizon_days bookable_from bookable_until max_per_day max_per_week max_per_month "
    "alignment self_scheduling open_to chosen_client_ids clients_may_cancel "
    "cancel_notice_minutes late_cancel clients_may_move move_notice_minutes max_moves "
    "grace_minutes reason_asked policy",
    "/booking-limits": "max_open max_per_day",
    "/availability": "timezone weekly overrides time_off",
    "/practice": "name contact_email contact_phone postal_address language timezone country "
    "crisis_contacts accent link_days single_use entry second_check device_idle_minutes "
    "device_absolute_minutes second_factor_from",
    "/sessions/{session_id}/summary": "text",
    "/sessions/{session_id}/note": "text",
    "/form-templates/{template_id}": "title language intro minutes sections scoring alerts source",
}
"""What a whole named in the first release: a member that is added goes into `later`."""


def test_a_whole_never_needs_more_than_programs_of_the_first_release_send():
    needed = {
        one.path: {each.name for each in msgspec.structs.fields(one.body_type) if each.required}
        for one in OPERATIONS
        if one.http == "PUT"
    }
    assert needed == {path: set(names.split()) for path, names in WHOLES.items()}


def test_a_member_of_a_later_release_stays_where_a_whole_leaves_it_out():
    changing = Changing(
        ids=("client_id",),
        read=GET_CLIENT,
        edit=EDIT_CLIENT,
        body="fields",
        later=frozenset({"pronouns"}),
    )
    of_whole = {name for name, one in changing.members.items() if changing.is_of_whole(one)}
    assert of_whole == set(changing.members) - {"pronouns"}
    needed = {one.name for one in msgspec.structs.fields(changing.whole_type()) if one.required}
    assert needed == of_whole


def test_every_whole_names_each_member_that_could_be_emptied():
    wholes = [one for one in OPERATIONS if one.http == "PUT"]
    assert {one.body for one in wholes} == {"change"}
    assert {one.path for one in wholes} <= {one.path for one in OPERATIONS if one.http == "PATCH"}


def test_a_service_is_patched_as_it_is_read_or_by_its_fields_alone(doctor, kept):
    path = f"/services/{kept.service.id}"
    done = doctor.ask("PATCH", path, {"fields": {"title": "Talks"}}, if_match='"1"')
    assert done.json["fields"]["title"] == "Talks"
    assert done.json["fields"]["price"] == "90 €"
    assert done.json["fields"]["max_horizon_days"] is None
    done = doctor.ask("PATCH", path, {"max_horizon_days": 30, "price": None}, if_match='"2"')
    assert (done.json["fields"]["max_horizon_days"], done.json["fields"]["price"]) == (30, "")
    done = doctor.ask("PATCH", path, {"archived": True})
    assert (done.status_code, done.json["archived"], done.json["version"]) == (200, True, 3)


def test_hours_are_patched_list_by_list(doctor, kept):
    off = [{"first_on": "2026-12-24", "last_on": "2026-12-31", "start": "12:00", "end": None}]
    sent = {"availability": {"time_off": off}}
    done = doctor.ask("PATCH", "/availability", sent, if_match='"1"')
    assert done.json["availability"]["time_off"] == off
    assert done.json["availability"]["weekly"][0] == [{"start": "09:00", "end": "12:00"}]
    wrong = {"availability": {"weekly": [[{"start": 9}]]}}
    refused = doctor.ask("PATCH", "/availability", wrong, if_match='"2"')
    assert refused.json["fields"] == {
        "/availability/weekly/0/0/start": "wrong_type",
        "/availability/weekly/0/0/end": "missing",
    }


def test_a_colleague_s_hours_are_changed_and_answered_as_theirs(house, doctor, kept):
    path = f"/availability?practitioner_id={uuid4()}"
    done = doctor.ask("PATCH", path, {"timezone": "Europe/Paris"}, if_match='"1"')
    assert done.status_code == 200
    assert done.headers["content-location"] == f"/api/v1{path}"
    asked = house.services.calls("scheduling.save_availability")[-1].arguments
    read = house.services.calls("scheduling.get_availability")[-1].arguments
    assert path.endswith(str(asked.practitioner_id))
    assert read.practitioner_id == asked.practitioner_id
    own = doctor.ask("PATCH", "/availability", {"timezone": "Europe/Rome"}, if_match='"2"')
    assert own.headers["content-location"] == "/api/v1/availability"


def test_an_object_inside_is_merged_too(doctor, kept):
    path = f"/form-templates/{kept.template.row.id}"
    sent = {"document": {"scoring": {"maximum": 9}, "intro": None}}
    done = doctor.ask("PATCH", path, sent, if_match='"1"')
    merged = done.json["document"]["scoring"]
    assert (merged["questions"], merged["bands"], merged["maximum"]) == (["q"], [], 9)
    assert done.json["document"]["intro"] == ""


def test_an_edit_needs_its_version_and_a_state_does_not(house, doctor, anna_path):
    missing = doctor.ask("PATCH", anna_path, {"name": "Anna B"})
    assert (missing.status_code, missing.json["code"]) == (428, "if_match_missing")
    stale = doctor.ask("PATCH", anna_path, {"name": "Anna B"}, if_match='"7"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale_version")
    assert doctor.ask("PATCH", anna_path, {"status": "archived"}, if_match='"7"').status_code == 412
    done = doctor.ask("PATCH", anna_path, {"status": "archived"})
    assert (done.status_code, done.json["status"]) == (200, "archived")
    assert not house.services.calls("identity_links.edit_client")[1:]


def test_a_repetition_with_its_key_changes_nothing_more(doctor, anna_path):
    sent, key = {"phone": "+49 30 99"}, str(uuid4())
    first = doctor.ask("PATCH", anna_path, sent, if_match='"1"', idempotency_key=key)
    doctor.ask("PATCH", anna_path, {"pronouns": "they"}, if_match='"2"')
    again = doctor.ask("PATCH", anna_path, sent, if_match='"1"', idempotency_key=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.json["version"], again.json["pronouns"]) == (3, "they")


def test_a_refusal_of_the_service_names_the_place_that_was_sent(house, doctor, kept):
    path = f"/services/{kept.service.id}"

    def refuse(_command, _actor):
        raise Invalid("service_fields", fields={"minutes": "out_of_range"})

    house.services.answers["scheduling.edit_service"] = refuse
    inside = doctor.ask("PATCH", path, {"fields": {"minutes": 0}}, if_match='"1"')
    assert inside.json["fields"] == {"/fields/minutes": "out_of_range"}
    flat = doctor.ask("PATCH", path, {"minutes": 0}, if_match='"1"')
    assert flat.json["fields"] == {"/minutes": "out_of_range"}


@pytest.mark.parametrize("body", [[], "x", None, {"fields": 5}, {"fields": None}])
def test_what_is_no_patch_is_refused(doctor, kept, body):
    sent = msgspec.json.encode(body)
    refused = doctor.ask("PATCH", f"/services/{kept.service.id}", sent, if_match='"1"')
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")


def test_another_media_type_is_told_which_ones_are_read(doctor, anna_path):
    refused = doctor.ask("PATCH", anna_path, b"[]", content_type="application/json-patch+json")
    assert refused.status_code == 415
    assert "application/merge-patch+json" in refused.headers["accept-patch"]


# RFC 7396, appendix A.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merging_is_the_standards(target, patch, result):
    assert merged(target, patch) == result


# --- the answer is the thing ------------------------------------------------------------


def test_every_change_answers_what_reading_the_thing_gives():
    without = {
        one.name for one in OPERATIONS if one.mutates and one.http != "DELETE" and one.thing is None
    }
    assert without == {
        "open_portal_session",
        "send_entry_code",
        "request_link",
        "copy_link",
        "book_series",
    }
    for one in OPERATIONS:
        if one.thing is not None:
            assert one.thing.is_read
            assert one.thing.owner is one.owner
            told = set(one.answer.__struct_fields__) - set(one.thing.result.__struct_fields__)
            assert told == set(one.tells)


def test_what_is_created_is_answered_as_it_is_read(doctor):
    made = doctor.ask("POST", "/clients", {"name": "Clara", "email": "clara@mail.example"})
    read = doctor.ask("GET", made.headers["location"].removeprefix("/api/v1"))
    told = {"possible_duplicates": []}
    assert made.json == read.json | told
    assert made.headers["content-location"] == made.headers["location"]
    assert made.headers["etag"] == read.headers["etag"]


def test_a_bearer_that_may_not_read_the_thing_is_told_that_it_is_done(house, bearers, anna_path):
    writer = bearers.program(house.doctor, Permission.CLIENTS_WRITE)
    done = writer.ask("PATCH", anna_path, {"name": "Anna B"}, if_match='"1"')
    assert (done.status_code, done.text) == (204, "")
    made = writer.ask("POST", "/clients", {"name": "Clara", "email": "clara@mail.example"})
    assert (made.status_code, made.text) == (201, "")
    assert "/clients/" in made.headers["location"]
    assert house.anna.fields.name == "Anna B"


def test_a_change_is_done_though_the_thing_cannot_be_read_now(house, doctor, anna_path):
    house.services.answers["identity_links.get_client"] = NotFound("not_found")
    assert doctor.ask("PATCH", anna_path, {"status": "archived"}).status_code == 204


def test_the_things_of_clients_are_read_by_clients():
    for one in OPERATIONS:
        if one.thing is not None and one.owner is Owner.CLIENT:
            assert one.thing.path.startswith("/portal/")


def test_a_link_that_is_mailed_is_answered_as_the_list_has_it(house, bearers, doctor):
    links = f"/clients/{house.anna.id}/links"
    made = doctor.ask("POST", f"{links}/mail")
    assert made.status_code == 201
    assert made.json in doctor.ask("GET", links).json["items"]
    path = made.headers["location"].removeprefix("/api/v1")
    assert doctor.ask("GET", path).json == made.json
    for missing in (f"{links}/{uuid4()}", f"/clients/{house.ben.id}/links/{made.json['id']}"):
        assert doctor.ask("GET", missing).json["code"] == "not_found"
    mailer = bearers.program(house.doctor, Permission.LINKS_MAIL)
    done = mailer.ask("POST", f"{links}/mail")
    assert (done.status_code, done.text) == (201, "")
