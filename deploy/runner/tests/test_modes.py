"""The settings that each way of running fixes, and what it refuses."""

import pytest

from portal_chassis.variables import SettingsError
from portal_runner.data_folder import DataFolder
from portal_runner.modes import (
    REQUIRED_TO_SERVE,
    load_portal_settings,
    serve_variables,
    stack_variables,
    try_variables,
)


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "var")
    folder.prepare()
    return folder


@pytest.fixture
def environment(monkeypatch):
    """An environment in which changes are undone."""
    import os

    monkeypatch.setattr(os, "environ", dict(os.environ))
    for variable in [*REAL, "GATEWAY_DEV_MAIL_FOLDER", "NOTIFICATIONS_MAIL_TRANSPORT"]:
        os.environ.pop(variable, None)
    return os.environ


REAL = {
    "PORTAL_PUBLIC_URL": "https://portal.example.org",
    "NOTIFICATIONS_SMTP_HOST": "mail.example.org",
    "NOTIFICATIONS_SENDER_ADDRESS": "practice@example.org",
}


def test_serving_names_each_missing_variable_in_a_sentence(folder, environment):
    with pytest.raises(SettingsError) as caught:
        serve_variables(folder)
    lines = str(caught.value).splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == list(REQUIRED_TO_SERVE)
    assert all(line.endswith(".") for line in lines)


def test_without_a_mail_server_each_practice_sets_its_own(folder, environment):
    environment["PORTAL_PUBLIC_URL"] = REAL["PORTAL_PUBLIC_URL"]
    assert serve_variables(folder)["NOTIFICATIONS_MAIL_TRANSPORT"] == "practice"
    load_portal_settings(serve_variables(folder))
    environment.update(REAL)
    assert serve_variables(folder)["NOTIFICATIONS_MAIL_TRANSPORT"] == "smtp"


@pytest.mark.parametrize("missing", ["PORTAL_PUBLIC_URL", "NOTIFICATIONS_SENDER_ADDRESS"])
def test_one_missing_variable_is_enough_to_refuse(folder, environment, missing):
    environment.update({name: value for name, value in REAL.items() if name != missing})
    with pytest.raises(SettingsError, match=missing):
        serve_variables(folder)


def test_serving_has_no_mailbox_page_even_where_the_environment_names_one(folder, environment):
    environment.update(REAL | {"GATEWAY_DEV_MAIL_FOLDER": "/somewhere"})
    settings = load_portal_settings(serve_variables(folder))
    assert settings.gateway.dev_mail_folder is None
    assert settings.gateway.public_url == "https://portal.example.org"


def test_serving_by_plain_http_is_refused(folder, environment):
    environment.update(REAL | {"PORTAL_PUBLIC_URL": "http://portal.example.org"})
    with pytest.raises(SettingsError, match=r"PORTAL_PUBLIC_URL.*https"):
        load_portal_settings(serve_variables(folder))


def test_trying_out_stays_on_this_machine_and_writes_mails_to_the_folder(folder, environment):
    environment.update({"PORTAL_PUBLIC_URL": "https://portal.example.org"})
    settings = load_portal_settings(try_variables(folder, 8123))
    assert settings.gateway.public_url == "http://127.0.0.1:8123"
    assert settings.gateway.dev_mail_folder == folder.mail
    assert settings.services["notifications"].amqp_uri == "memory://"


def test_every_wrong_variable_is_named_at_once(folder, environment):
    environment.update(
        {
            "IDENTITY_LINKS_POOL_SIZE": "many",
            "GATEWAY_RPC_SECONDS": "soon",
            "FORMS_MAX_WORKERS": "0",
        }
    )
    with pytest.raises(SettingsError) as caught:
        load_portal_settings(try_variables(folder, 8123))
    named = {line.split(":", 1)[0] for line in str(caught.value).splitlines()}
    assert named == {"IDENTITY_LINKS_POOL_SIZE", "GATEWAY_RPC_SECONDS", "FORMS_MAX_WORKERS"}


def test_a_stack_can_send_its_mails_to_a_server(folder, environment):
    variables = stack_variables(folder, 8123, "127.0.0.1:1025")
    assert variables["NOTIFICATIONS_SMTP_PORT"] == "1025"
    assert "GATEWAY_DEV_MAIL_FOLDER" not in variables


@pytest.mark.parametrize("wrong", ["1025", "mail.example.org", "mail.example.org:smtp"])
def test_a_mail_server_without_a_port_is_refused_in_words(folder, environment, wrong):
    with pytest.raises(SettingsError, match="host:port"):
        stack_variables(folder, 8123, wrong)
