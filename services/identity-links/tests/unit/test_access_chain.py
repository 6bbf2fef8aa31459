"""The hash chain of the access log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from identity_links.domain.access import (
    NOBODYS_CHAIN,
    Access,
    Outcome,
    done_by,
    note,
    refused,
)
from identity_links.domain.access_chain import (
    CHAIN_START,
    ChainFault,
    chained,
    row_hash,
    verify_chain,
)
from identity_links.domain.attribution import Attribution
from portal_contracts.actor import NOBODY, Actor, ActorKind

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PRACTICE = UUID(int=7)
ACTOR = Actor(kind=ActorKind.CLIENT, id=UUID(int=1), practice_id=PRACTICE)


def a_chain(length=5):
    rows, head = [], CHAIN_START
    for seq in range(1, length + 1):
        access = Access(
            practice_id=PRACTICE,
            actor=ACTOR,
            act="link.shared",
            occurred_at=NOW + timedelta(seconds=seq),
            client_id=UUID(int=seq),
        )
        row = chained(access, seq)
        head = row_hash(head, row)
        rows.append((row, head))
    return rows, head


def test_an_untouched_chain_is_good():
    rows, head = a_chain()
    report = verify_chain(rows, head_seq=5, head=head)
    assert (report.fault, report.rows, report.head) == (None, 5, head)


def test_a_row_of_before_there_were_revealed_links_keeps_its_hash():
    row = chained(Access(practice_id=PRACTICE, actor=ACTOR, act="link.shared", occurred_at=NOW), 1)
    before = "ba52d24f6dd6ea1f68e1cf0fa5c04566547076aeb34d325d0e03932484262c03"
    assert row_hash(CHAIN_START, row).hex() == before


def test_by_which_shown_link_a_device_came_in_is_part_of_the_hash():
    access = Access(practice_id=PRACTICE, actor=ACTOR, act="summary.opened", occurred_at=NOW)
    shown = replace(access, actor=structs.replace(ACTOR, revealed_link=UUID(int=9)))
    hashes = {row_hash(CHAIN_START, chained(one, 1)) for one in (access, shown)}
    assert len(hashes) == 2


def test_an_empty_chain_is_good():
    assert verify_chain([], head_seq=0, head=CHAIN_START).fault is None


CHANGES = [
    {"act": "client.added"},
    {"outcome": "denied"},
    {"actor_id": None},
    {"actor_kind": "nobody"},
    {"actor_service": "notifications"},
    {"actor_token_id": UUID(int=4)},
    {"client_id": None},
    {"subject_id": UUID(int=3)},
    {"address": "192.0.2.1"},
    {"reason": "x"},
    {"detail": "x"},
    {"request_id": "x"},
    {"chain_id": NOBODYS_CHAIN},
    {"occurred_at": NOW},
]


@given(at=st.integers(0, 4), change=st.sampled_from(CHANGES))
def test_a_change_of_any_column_is_found(at, change):
    rows, head = a_chain()
    rows[at] = (replace(rows[at][0], **change), rows[at][1])
    report = verify_chain(rows, head_seq=5, head=head)
    assert (report.fault, report.fault_seq) == (ChainFault.ALTERED, at + 1)


@given(at=st.integers(0, 4))
def test_a_missing_row_is_found(at):
    rows, head = a_chain()
    del rows[at]
    report = verify_chain(rows, head_seq=5, head=head)
    assert (report.fault, report.fault_seq) == (ChainFault.MISSING, at + 1)


def test_a_row_behind_the_head_is_found():
    rows, _ = a_chain(5)
    report = verify_chain(rows, head_seq=4, head=rows[3][1])
    assert report.fault is ChainFault.HEAD_DIFFERS


def test_neighbouring_columns_cannot_be_shifted_into_each_other():
    access = note(Attribution(ACTOR, "b", ""), "act", PRACTICE, NOW)
    one = chained(refused(access, "ab", "c"), 1)
    other = chained(refused(access, "a", "bc"), 1)
    assert row_hash(CHAIN_START, one) != row_hash(CHAIN_START, other)


def test_the_zone_an_instant_is_written_in_does_not_matter():
    row = chained(Access(practice_id=PRACTICE, actor=ACTOR, act="x", occurred_at=NOW), 1)
    elsewhere = replace(row, occurred_at=NOW.astimezone(tz=None))
    assert row_hash(CHAIN_START, row) == row_hash(CHAIN_START, elsewhere)


def test_a_row_that_names_no_token_has_the_hash_that_it_had_before_rows_could():
    row = chained(Access(practice_id=PRACTICE, actor=ACTOR, act="link.shared", occurred_at=NOW), 1)
    assert row_hash(CHAIN_START, row).hex() == (
        "ba52d24f6dd6ea1f68e1cf0fa5c04566547076aeb34d325d0e03932484262c03"
    )


def test_a_token_that_is_taken_out_of_a_row_is_found():
    program = structs.replace(ACTOR, kind=ActorKind.PRACTITIONER, token_id=UUID(int=9))
    row = chained(Access(practice_id=PRACTICE, actor=program, act="x", occurred_at=NOW), 1)
    head = row_hash(CHAIN_START, row)
    for forged in (replace(row, actor_token_id=None), replace(row, actor_token_id=UUID(int=8))):
        report = verify_chain([(forged, head)], head_seq=1, head=head)
        assert report.fault is ChainFault.ALTERED


def test_without_a_practice_a_row_goes_to_nobody_s_chain():
    assert note(Attribution(NOBODY), "act", None, NOW).chain_id == NOBODYS_CHAIN


def test_what_comes_from_outside_is_made_printable():
    caller = Attribution(NOBODY, "req\x00\n1", "not an address")
    access = refused(note(caller, "a\x1bct", None, NOW), "r" * 100, "GET /\x00x")
    assert (access.request_id, access.address, access.act) == ("req 1", "", "act")
    assert (len(access.reason), access.detail) == (60, "GET /x")
    assert access.outcome == Outcome.DENIED
    assert done_by(access, ACTOR).actor == ACTOR
