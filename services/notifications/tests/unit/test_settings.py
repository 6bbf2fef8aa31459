"""Wrong settings are named before anything starts."""

from __future__ import annotations

import pytest

from notifications.config import Settings
from portal_chassis.variables import SettingsError, load_settings


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"NOTIFICATIONS_MAIL_TRANSPORT": "smtp"}, "NOTIFICATIONS_SMTP_HOST"),
        ({"NOTIFICATIONS_MAIL_TRANSPORT": "pigeon"}, "NOTIFICATIONS_MAIL_TRANSPORT"),
        ({"NOTIFICATIONS_SENDER_ADDRESS": "nobody"}, "NOTIFICATIONS_SENDER_ADDRESS"),
        ({"NOTIFICATIONS_SMTP_PORT": "0"}, "NOTIFICATIONS_SMTP_PORT"),
        (
            {"NOTIFICATIONS_SMTP_USER": "u", "NOTIFICATIONS_SMTP_SECURITY": "none"},
            "NOTIFICATIONS_SMTP_SECURITY",
        ),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=named):
        load_settings(Settings)


def test_the_message_ids_domain_comes_from_the_public_address() -> None:
    assert (
        load_settings(Settings, public_url="https://p.example.org").mail_domain == "p.example.org"
    )
    assert load_settings(Settings, message_id_domain="mail.example.org").mail_domain == (
        "mail.example.org"
    )
