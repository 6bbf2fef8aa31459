"""The settings in a backup, which were those of another place."""

import json

from portal_chassis.embedded.running_portal import settings_in_use
from portal_runner.backup.restoring import adopt_settings


def test_what_named_a_place_on_the_former_machine_is_left_out(tmp_path):
    kept = {
        "folder": "/elsewhere/var",
        "variables": {
            "NOTIFICATIONS_UNDO_SECONDS": "5",
            "PORTAL_MASTER_KEY_FILE": "/elsewhere/key",
            "PORTAL_FORMER_MASTER_KEYS_FILE": "/elsewhere/keys",
            "PORTAL_BACKUP_FOLDER": "/elsewhere/backups",
            "IDENTITY_LINKS_ERASURE_LEDGERS": "/elsewhere/var",
        },
        "secrets": ["PORTAL_MASTER_KEY"],
    }
    (tmp_path / "settings.json").write_text(json.dumps(kept))
    assert "NOTIFICATIONS_UNDO_SECONDS" not in settings_in_use(tmp_path).variables
    adopt_settings(tmp_path, tmp_path)
    found = settings_in_use(tmp_path)
    assert dict(found.variables) == {"NOTIFICATIONS_UNDO_SECONDS": "5"}
    assert found.secrets == {"PORTAL_MASTER_KEY"}


def test_a_folder_without_settings_stays_without(tmp_path):
    adopt_settings(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []
