"""Pages of a practitioner's own account, and of signing in with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import fixtures as made
import segno
from msgspec.structs import replace
from scene import Scene, console, settings

from gateway.console.new_password import FORGOTTEN_PATH
from gateway.console.settings.sections import ACCOUNT, TEAM
from gateway.console.sign_in_code import CODE_PATH
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.accounts import Account, SetupKey
from portal_contracts.identity_links.rpc.password_resets import PasswordResetStanding
from portal_contracts.identity_links.rpc.team import TeamMember
from portal_contracts.portal_addresses import RESET_PATH, SECOND_FACTOR_PATH

OFF = Account(
    name=made.CONSOLE_DEVICE.name,
    email=made.CONSOLE_DEVICE.email,
    language="en",
    role=Role.OWNER,
    second_factor_since=None,
    recovery_codes_left=0,
    required_from=None,
)
FROM = (made.NOW + timedelta(days=9)).date()
ON = replace(
    OFF,
    second_factor_since=made.NOW - timedelta(days=30),
    recovery_codes_left=7,
    required_from=FROM,
)
SETUP = SetupKey(
    key="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    address="otpauth://totp/Praxis:rivera?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
)
SETTING_UP: dict[str, Any] = {
    "account": OFF,
    "setup": SETUP,
    "qr_svg_data": segno.make(SETUP.address).svg_data_uri(scale=5, light="#fff"),
    "errors": {},
    "sent": "",
}
MEMBER = TeamMember(
    id=made.number(2),
    version=1,
    name="Kim Desk",
    email="kim@seeblick.example",
    role=Role.ASSISTANT,
    language="en",
    works_for=None,
    created_at=made.NOW,
    last_seen_at=None,
    deactivated_at=None,
    second_factor=True,
)
PAGE: dict[str, Any] = {
    "said": {"name": OFF.name, "language": "en"},
    "languages": ["en", "de"],
    "devices": made.OWN_DEVICES,
    "errors": {},
}
WANTED = replace(made.CONSOLE_DEVICE, second_factor_from=FROM)
WRONG = {"code": "second_step_failed"}


def alone(name: str, template: str, path: str, **context: Any) -> Scene:
    return Scene(name, f"console/{template}.html", context, path, practice=False)


SCENES = [
    settings("account", "account", ACCOUNT.address, account=OFF, **PAGE, device=WANTED),
    settings(
        "account-wrong",
        "account",
        ACCOUNT.address,
        **PAGE
        | {"account": ON, "errors": {"password": "password_common", "present": "not_confirmed"}},
    ),
    settings("factor", "second_factor", SECOND_FACTOR_PATH, **SETTING_UP),
    settings(
        "factor-on",
        "second_factor",
        SECOND_FACTOR_PATH,
        **SETTING_UP | {"account": ON, "setup": None, "errors": WRONG, "sent": "off"},
    ),
    settings(
        "factor-first",
        "second_factor_first",
        SECOND_FACTOR_PATH,
        **SETTING_UP | {"errors": WRONG, "sent": "on"},
        device=replace(WANTED, must_set_up=True),
    ),
    settings(
        "recovery-codes",
        "recovery_codes",
        SECOND_FACTOR_PATH,
        codes=[f"7k2m-x9qd-4t8{one}" for one in "abcdefghjk"],
    ),
    settings(
        "factor-reset",
        "second_factor_reset",
        f"{TEAM.address}/{made.number(2)}/second-factor",
        member=MEMBER,
        errors={"password": "not_confirmed"},
    ),
    console(
        "emergency",
        "emergency",
        f"/console/clients/{made.CLIENT.id}/emergency",
        client_id=made.CLIENT.id,
        client_name=made.CLIENT.name,
        reason="She called.",
        minutes=60,
        errors={"reason": "reason_too_short"},
    ),
    alone("console-sign-in-code", "sign_in_code", CODE_PATH, to="", errors=WRONG),
    alone(
        "console-forgotten", "forgotten_password", FORGOTTEN_PATH, sent=False, email="", errors={}
    ),
    alone(
        "console-forgotten-sent",
        "forgotten_password",
        FORGOTTEN_PATH,
        sent=True,
        email="",
        errors={},
    ),
    alone(
        "console-new-password",
        "new_password",
        RESET_PATH,
        standing=PasswordResetStanding(works=True, needs_code=True),
        errors={"password": "password_too_short"},
        action=f"{RESET_PATH}/lk_token",
    ),
    alone(
        "console-new-password-over",
        "new_password",
        RESET_PATH,
        standing=PasswordResetStanding(works=False),
        errors={},
        action=f"{RESET_PATH}/lk_token",
    ),
]
