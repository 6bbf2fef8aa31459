"""No secret and no personal text reaches a log line."""

import json
import subprocess
import sys
import time

import pytest

from portal_chassis.logging import origin, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open /p/lk_abcDEF123-_xyz now", "open /p/lk_••• now"),
        (f"Bearer lk_api_{'aB3-_' * 8}xyz", "Bearer lk_•••"),
        (f"lk_portal_{'_-9zZ' * 8}xyz.", "lk_•••."),
        ("lk_short", "lk_short"),
        ("to anna.example@mail.example.org, please", "to •••, please"),
        ("<anna@пример.рф>", "<•••>"),
        ("anna@localhost", "anna@localhost"),
        ("amqp://guest:pass@127.0.0.1:5672//", "amqp://guest:•••@127.0.0.1:5672//"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_tokens_addresses_and_passwords_are_masked(text, expected):
    assert redact(text) == expected


def test_a_password_in_a_servers_address_never_stays():
    assert "s3cret" not in redact("postgresql+psycopg://role:s3cret@db.example.org/clients")


@pytest.mark.parametrize("text", ["a" * 200_000, "a@" * 100_000, "lk_" * 60_000, "://a:" * 40_000])
def test_masking_long_text_takes_no_time(text):
    began = time.monotonic()
    redact(text)
    assert time.monotonic() - began < 10


PROGRAM = """
import logging, structlog
from portal_chassis.logging import configure_logging
configure_logging("toy", "INFO", "FORMAT")
log = structlog.get_logger("toy.module")
structlog.contextvars.bind_contextvars(request_id="request-1")
log.info("token_made", link="lk_0123456789abcdef", password="hunter2", name="Anna Example",
         where=["anna@example.org", {"email": "anna@example.org", "token": "t", "count": 3}],
         count=3, error=ValueError("Anna Example"))
log.debug("too_quiet")
try:
    raise ValueError("Anna Example lives here")
except ValueError:
    log.exception("it_broke")
    logging.getLogger("some.library").exception("wrote to anna@example.org")
    logging.getLogger("nameko.containers").exception("error handling worker Anna Example")
    logging.getLogger("nameko.containers").critical("thread exited", exc_info=True)
logging.getLogger("kombu").info("Connected to amqp://guest:hunter2@broker//")
logging.getLogger("some.library").warning("%s and %s", "lk_0123456789abcdef", 7)
"""


ELSEWHERE = """
import io, sys, structlog
from portal_chassis.logging import configure_logging
configure_logging("toy")
log = structlog.get_logger("toy.module")
log.info("first")
sys.stderr.close()
sys.stderr = io.StringIO()
log.info("second")
assert "second" in sys.stderr.getvalue()
"""


def test_a_line_goes_where_errors_are_written_then():
    subprocess.run([sys.executable, "-c", ELSEWHERE], check=True)


def run(log_format):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("FORMAT", log_format)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    for secret in ("hunter2", "Anna Example", "anna@example.org", "lk_0123456789abcdef", "quiet"):
        assert secret not in done.stderr
    return done.stderr


def test_json_lines_tell_what_and_where_and_nothing_secret():
    lines = [json.loads(line) for line in run("json").splitlines()]
    made, broke, library, critical, formatted = lines
    assert made["event"] == "token_made"
    assert (made["service"], made["request_id"], made["level"]) == ("toy", "request-1", "info")
    assert made["logger"] == "toy.module"
    assert made["timestamp"].endswith("Z")
    assert made["where"] == ["•••", {"email": "•••", "token": "•••", "count": 3}]
    assert (made["count"], made["error"]) == (3, "ValueError")
    for line in (broke, library, critical):
        assert line["error"] == "ValueError"
        assert "<module>" in line["where"]
    assert library["event"] == "wrote to •••"
    assert formatted["event"] == "lk_••• and 7"


def test_lines_for_a_terminal_are_masked_as_well():
    assert "it_broke" in run("console")


def test_the_origin_of_an_error_names_places_without_values():
    def inner(secret):
        raise ValueError(secret)

    with pytest.raises(ValueError, match="Anna") as caught:
        inner("Anna Example")
    where = origin(caught.value)
    assert [place.split()[0].partition(":")[0] for place in where.split(" < ")] == [
        "test_logging.py",
        "test_logging.py",
    ]
    assert where.split(" < ")[0].endswith(" inner")
    assert origin(caught.value, 1) == where.split(" < ")[0]
    assert "Anna" not in where
