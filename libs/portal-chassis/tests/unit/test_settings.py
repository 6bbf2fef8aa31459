"""What a person is told when a setting is wrong."""

import base64
from pathlib import Path
from typing import Annotated

import pytest

from portal_chassis.process.runtime import build_runtime
from portal_chassis.settings import MailIdentity, ServiceSettings
from portal_chassis.variables import Secret, SettingsError, load_settings, setting

KEY = base64.b64encode(bytes(range(32))).decode()


class Settings(ServiceSettings, prefix="TOY_"):
    share: Annotated[float, setting("A part.", gt=0, le=1)] = 0.5
    loud: Annotated[bool, setting("Whether it is.")] = False
    seconds: Annotated[float, setting("How long.", ge=0)] = 1.0
    folder: Annotated[Path | None, setting("Where.")] = None


@pytest.fixture(autouse=True)
def no_variables_of_this_machine(monkeypatch):
    for name in ("PORTAL_AMQP_URI", "PORTAL_MASTER_KEY", "PORTAL_MASTER_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_shared_variables_and_the_services_own_are_read(monkeypatch):
    monkeypatch.setenv("PORTAL_AMQP_URI", "amqp://a;amqp://b")
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://portal.example.org/")
    monkeypatch.setenv("TOY_MAX_WORKERS", "3")
    settings = load_settings(Settings)
    assert settings.amqp_uri == "amqp://a;amqp://b"
    assert settings.public_url == "https://portal.example.org"
    assert settings.max_workers == 3
    assert load_settings(Settings, max_workers=4).max_workers == 4


def test_an_empty_variable_counts_as_unset(monkeypatch):
    for name in ("TOY_MAX_WORKERS", "PORTAL_MASTER_KEY_FILE", "PORTAL_LOG_LEVEL"):
        monkeypatch.setenv(name, "")
    settings = load_settings(Settings)
    assert (settings.max_workers, settings.log_level) == (10, "INFO")
    assert settings.master_key_bytes() is None


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TOY_MAX_WORKERS", "many", "must be a whole number of at least 1 and at most 200."),
        ("TOY_MAX_WORKERS", "0", "must be a whole number of at least 1 and at most 200."),
        ("TOY_MAX_WORKERS", "1.5", "must be a whole number of at least 1 and at most 200."),
        ("TOY_HEALTH_PORT", "70000", "must be a whole number of at least 0 and at most 65535."),
        ("TOY_SHARE", "0", "must be a number of more than 0 and at most 1."),
        ("TOY_SHARE", "nan", "must be a number of more than 0 and at most 1."),
        ("TOY_SECONDS", "inf", "must be a number of at least 0."),
        ("TOY_SECONDS", "-Infinity", "must be a number of at least 0."),
        ("TOY_LOUD", "perhaps", "must be true or false."),
        ("PORTAL_LOG_LEVEL", "LOUD", "must be one of DEBUG, INFO, WARNING, ERROR."),
        ("PORTAL_AMQP_URI", "http://toy:secret@broker", "must be an address like"),
        ("PORTAL_AMQP_URI", "amqp://toy:secret@[broker", "must be an address like"),
        ("PORTAL_AMQP_URI", "amqp://toy@broker;toy:secret@broker", "must be an address like"),
        ("PORTAL_AMQP_URI", "amqp://toy@broker:secret", "must be an address like"),
        ("PORTAL_BROKER_USERS", "latchkey", "must contain {process}."),
        ("PORTAL_PUBLIC_URL", "portal.example.org", "must be an address like"),
        ("PORTAL_PUBLIC_URL", "https://a.example/x", "must be an address like"),
        ("TOY_DATABASE_URL", "sqlite://", "must be an address like"),
        ("TOY_DATABASE_URL", "postgres://a:secret@b/c", "must be an address"),
    ],
)
def test_a_wrong_variable_is_named_in_a_sentence(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        load_settings(Settings)
    text = str(error.value)
    assert text.startswith(f"{variable}: {sentence}")
    assert text.endswith(".")
    assert "secret" not in text


@pytest.mark.parametrize(
    ("text", "loud"),
    [("true", True), ("1", True), ("Yes", True), ("on", True), ("false", False), ("no ", False)],
)
def test_a_yes_or_no_may_be_written_as_people_write_it(monkeypatch, text, loud):
    monkeypatch.setenv("TOY_LOUD", text)
    assert load_settings(Settings).loud is loud


def test_what_is_given_wins_and_only_settings_can_be_given(monkeypatch, tmp_path):
    monkeypatch.setenv("TOY_FOLDER", "/elsewhere")
    assert load_settings(Settings).folder == Path("/elsewhere")
    assert load_settings(Settings, folder=tmp_path, share="1").folder == tmp_path
    with pytest.raises(TypeError, match="has no words"):
        load_settings(Settings, words="some")


def test_a_secret_shows_itself_nowhere(monkeypatch):
    monkeypatch.setenv("PORTAL_MASTER_KEY", KEY)
    monkeypatch.setenv("PORTAL_AMQP_URI", "amqp://toy:geheim@broker//")
    monkeypatch.setenv("TOY_DATABASE_URL", "postgresql+psycopg://toy:geheim@db/toy")
    settings = load_settings(Settings)
    assert KEY not in f"{settings} {settings!r} {settings.master_key}"
    assert "geheim" not in f"{settings} {settings!r}"
    assert "geheim" in settings.amqp_uri
    assert "geheim" in settings.database_url
    assert "max_workers=10" in repr(settings)
    assert settings.master_key is not None
    assert settings.master_key.text == KEY
    assert not Secret()


def test_every_wrong_variable_has_its_own_line(monkeypatch):
    monkeypatch.setenv("TOY_MAX_WORKERS", "many")
    monkeypatch.setenv("PORTAL_LOG_FORMAT", "xml")
    with pytest.raises(SettingsError) as error:
        load_settings(Settings)
    lines = str(error.value).splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == [
        "PORTAL_LOG_FORMAT",
        "TOY_MAX_WORKERS",
    ]


def test_the_master_key_comes_from_a_variable_or_a_file(monkeypatch, tmp_path):
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    monkeypatch.setenv("PORTAL_MASTER_KEY_FILE", str(path))
    assert load_settings(Settings).master_key_bytes() == bytes(range(32))
    other = base64.b64encode(bytes(32)).decode()
    monkeypatch.setenv("PORTAL_MASTER_KEY", other)
    assert load_settings(Settings).master_key_bytes() == bytes(32)
    assert other not in repr(load_settings(Settings))


@pytest.mark.parametrize("key", ["short", KEY[:-4], "ä" * 44, KEY * 2, f"{KEY} {KEY}"])
def test_a_wrong_master_key_is_told_without_showing_it(key):
    with pytest.raises(SettingsError) as error:
        load_settings(Settings, master_key=key).master_key_bytes()
    assert str(error.value).startswith("PORTAL_MASTER_KEY: must be base64 of 32 bytes")
    assert key not in str(error.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b""])
def test_a_master_key_file_that_cannot_be_used_is_told(tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^PORTAL_MASTER_KEY_FILE: "):
        load_settings(Settings, master_key_file=path).master_key_bytes()


def test_a_folder_is_no_master_key_file(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(Settings, master_key_file=Path(tmp_path)).master_key_bytes()


def test_former_master_keys_are_read_one_a_line(tmp_path):
    path = tmp_path / "former"
    assert load_settings(Settings).former_master_keys() == ()
    path.write_text(f"{KEY}\n\n{KEY}\n")
    settings = load_settings(Settings, former_master_keys_file=path)
    assert settings.former_master_keys() == (settings.former_master_keys()[0],) * 2
    path.write_text(f"{KEY}\nnonsense\n")
    with pytest.raises(SettingsError, match=r"^PORTAL_FORMER_MASTER_KEYS_FILE: must be base64"):
        settings.former_master_keys()
    path.unlink()
    with pytest.raises(SettingsError, match=r"^PORTAL_FORMER_MASTER_KEYS_FILE: .* read"):
        settings.former_master_keys()


class Sealing:
    name = "toy"
    seals = True


class Plain:
    name = "toy"


DATABASE = "postgresql+psycopg://toy@127.0.0.1/toy"


def test_a_service_that_seals_needs_a_master_key():
    with pytest.raises(SettingsError, match=r"^PORTAL_MASTER_KEY_FILE: needed"):
        build_runtime(Sealing, load_settings(Settings, database_url=DATABASE))
    settings = load_settings(Settings, database_url=DATABASE, master_key=KEY)
    assert build_runtime(Sealing, settings).sealer is not None
    assert build_runtime(Plain, load_settings(Settings, database_url=DATABASE)).sealer is None


def test_a_service_needs_a_database():
    with pytest.raises(SettingsError, match=r"^TOY_DATABASE_URL: needed"):
        build_runtime(Plain, load_settings(Settings))


def test_each_process_has_a_holder_name_of_its_own():
    settings = load_settings(Settings, database_url=DATABASE)
    first, second = (build_runtime(Plain, settings).holder for _ in range(2))
    assert first != second
    assert len(first) <= 80


def test_every_process_that_writes_calendar_entries_reads_one_organiser_and_one_domain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTIFICATIONS_SENDER_ADDRESS", "hello@practice.example")
    monkeypatch.setenv("NOTIFICATIONS_MESSAGE_ID_DOMAIN", "mail.practice.example")

    class Gateway(MailIdentity, prefix="GATEWAY_"):
        """Read from ``GATEWAY_*``."""

    settings = load_settings(Gateway)
    assert settings.sender_address == "hello@practice.example"
    assert settings.mail_domain == "mail.practice.example"
    plain = load_settings(Gateway, message_id_domain="", public_url="https://portal.example:8443")
    assert plain.mail_domain == "portal.example"
