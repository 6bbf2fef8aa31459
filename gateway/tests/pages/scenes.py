"""Every page of the gateway in every state worth a look."""

from __future__ import annotations

from typing import Any

import account_scenes
import api_scenes
import builder_scenes
import caseload_scenes
import console_form_scenes
import console_schedule_scenes
import first_run_scenes
import fixtures as made
import portal_form_scenes
import portal_schedule_scenes
import segno
import settings_scenes
import team_scenes
import today_scenes
from console_form_scenes import OVERDUE, READ, STARTED
from console_schedule_made import ALERTS, SUBMITTED
from msgspec.structs import replace
from scene import Scene, console, done, failed, home, home_context, portal, settings

from gateway.console.clients import client_fields
from gateway.console.clients.client import LatestForm
from gateway.console.clients.client_list import Columns
from gateway.console.settings import sections
from gateway.console.settings.sections import SETTINGS
from gateway.words.scopes import scope_groups
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.permissions import Permission
from portal_contracts.zones import zones_to_choose

LINK = "https://portal.example.org/p/lk_9sXvT3mK0aQhF7yLw2BdN5rJpC8uEoIzGtVxMkRnSbA"
ZONES = zones_to_choose()
FORM = {
    "name": "Anna Bergmann",
    "email": "anna.bergmann@example.org",
    "timezone": "Europe/Berlin",
    "language": "de",
    "tags": "Thursday, insurance",
}
CLIENT_FORM: dict[str, Any] = {
    "seen": (),
    "parts": client_fields.FORM,
    "order": client_fields.NAMES,
    "timezones": ZONES,
    "languages": ["en", "de"],
    "end_devices": True,
}
ENTRY = {"standing": made.standing(), "action": "/p/lk_token", "errors": {}, "fields": {}}
CHECKED = {"standing": made.STANDING_BEFORE_CHECK, "action": "/p/lk_token", "errors": {}}
CODE = {
    **CHECKED,
    "code_action": "/p/lk_token/code",
    "sent": False,
    "switch": False,
    "retry_after": None,
}
CLIENT = {"client": made.CLIENT, "cursor": None}
BASE = f"/console/clients/{made.CLIENT.id}"
TOKENS = sections.API_TOKENS.address
NEW_TOKEN = {
    "groups": scope_groups(Permission),
    "lifetimes": (7, 30, 90, 180, 365),
    "called": "",
    "chosen": [],
    "days": 90,
    "error": None,
    "errors": {},
}
QUERY = {"search": "", "status": "active", "sort": "name", "cursor": None}


def dead(state: LinkState) -> Scene:
    context = {"standing": made.standing(state), "renew_action": "/p/lk_token/renew"}
    return Scene(f"link-{state}", "portal/link_dead.html", context)


ENTERING = [
    Scene("front", "portal/front.html", {"email": "", "errors": {}}, practice=False),
    Scene(
        "front-behind",
        "portal/front.html",
        {
            "email": "",
            "errors": {},
            "about": "appointment",
            "to": "/appointments/01900000-0000-7000-8000-00000000000a",
            "ended": True,
        },
        practice=False,
    ),
    Scene(
        "front-wrong",
        "portal/front.html",
        {"email": "anna@", "errors": {"email": "email_invalid"}},
        practice=False,
    ),
    Scene("enter-button", "portal/enter_button.html", ENTRY),
    Scene("enter-other", "portal/enter_other_client.html", {**ENTRY, "other_first_name": "Ben"}),
    Scene("enter-birth", "portal/enter_date_of_birth.html", {**ENTRY, "switch": False}),
    Scene(
        "enter-birth-wrong",
        "portal/enter_date_of_birth.html",
        {
            **ENTRY,
            "switch": False,
            "errors": {"date_of_birth": "wrong_date_of_birth"},
            "fields": {"day": "27", "month": "3", "year": "1991"},
        },
    ),
    Scene("enter-button-unknown", "portal/enter_button.html", CHECKED),
    Scene(
        "enter-other-unknown",
        "portal/enter_other_client.html",
        {**CHECKED, "other_first_name": "Ben"},
    ),
    Scene("enter-code", "portal/enter_code.html", CODE),
    Scene("enter-code-sent", "portal/enter_code.html", {**CODE, "sent": True, "retry_after": 60}),
    Scene(
        "enter-code-wrong",
        "portal/enter_code.html",
        {**CODE, "sent": True, "errors": {"code": "wrong_code"}},
    ),
    Scene(
        "enter-code-ended",
        "portal/enter_code.html",
        {**CODE, "errors": {"code": "code_ended"}, "switch": True},
    ),
    Scene("enter-locked", "portal/enter_locked.html", {**CHECKED, "retry_after": 3_540}),
    Scene("enter-locked-long", "portal/enter_locked.html", {**CHECKED, "retry_after": 86_400}),
    Scene("enter-unchecked", "portal/enter_unchecked.html", CHECKED),
    *team_scenes.JOINING,
    dead(LinkState.EXPIRED),
    dead(LinkState.REVOKED),
    dead(LinkState.USED),
    Scene("link-unknown", "portal/link_unknown.html", {"email": "", "errors": {}}, practice=False),
    Scene(
        "link-requested",
        "portal/link_requested.html",
        {"retry_after_seconds": 60, "by_link": True},
    ),
    Scene("signed-out", "portal/signed_out.html", {"ended": False}),
    Scene("signed-out-idle", "portal/signed_out.html", {"ended": True}, practice=False),
]

PORTAL_PAGES = [
    home("home", made.SCHEDULE),
    home("home-quiet", made.NO_SCHEDULE, forms=made.NO_FORMS),
    home("home-down", None),
    portal("forms", "/forms", forms=made.FORMS),
    portal("forms-none", "/forms", template="forms", forms=made.NO_FORMS),
    portal(
        "contact",
        "/contact",
        people=portal_schedule_scenes.PEOPLE,
        places=[portal_schedule_scenes.ADDRESS.text],
        devices=made.DEVICES,
        access=made.ACCESS_BY_OTHERS,
        cursor=None,
        visits=made.VISITS,
        flash=done("The device is signed out."),
    ),
    portal(
        "contact-down",
        "/contact",
        template="contact",
        people=[],
        places=[],
        devices=None,
        access=None,
        cursor=None,
        visits=None,
    ),
]

CONSOLE_PAGES = [
    Scene(
        "console-sign-in",
        "console/sign_in.html",
        {"email": "rivera@seeblick.example", "errors": {}, "retry_after": None},
        "/console/sign-in",
        practice=False,
        flash=failed("E-mail address or password is not right. Please try again."),
    ),
    console("clients", "clients", "/console/clients", page=made.CLIENTS, query=QUERY),
    console(
        "clients-team",
        "clients",
        "/console/clients",
        page=made.TEAM_CLIENTS,
        query=QUERY,
        names_practitioner=True,
    ),
    console(
        "clients-down",
        "clients",
        "/console/clients",
        page=made.CLIENTS,
        query=QUERY,
        columns=Columns(None, None),
    ),
    console(
        "clients-nobody",
        "clients",
        "/console/clients",
        page=made.NO_CLIENTS,
        query={**QUERY, "search": "zza"},
    ),
    console("clients-first", "clients", "/console/clients", page=made.NO_CLIENTS, query=QUERY),
    console(
        "client-new",
        "client_form",
        "/console/clients/new",
        fields={"timezone": "Europe/Berlin", "language": "de"},
        errors={},
        client=None,
        version=None,
        whose=[caseload_scenes.COLLEAGUE, replace(caseload_scenes.COLLEAGUE, id=made.number(6))],
        main=made.number(6),
        **CLIENT_FORM,
    ),
    console(
        "client-new-duplicates",
        "client_form",
        "/console/clients/new",
        fields=FORM,
        errors={},
        client=None,
        version=None,
        duplicates=made.DUPLICATES.items,
        whose=[],
        **CLIENT_FORM,
    ),
    console(
        "client-edit-wrong",
        "client_form",
        f"{BASE}/edit",
        fields={**FORM, "name": "", "email": "anna@"},
        errors={"email": "email_invalid", "name": "name_missing"},
        client=made.CLIENT,
        version=3,
        whose=[],
        **CLIENT_FORM,
    ),
    console(
        "client",
        "client",
        BASE,
        **CLIENT,
        forms=[
            LatestForm(SUBMITTED.items[0], None),
            LatestForm(OVERDUE, SUBMITTED.items[1]),
            LatestForm(STARTED, READ),
        ],
        tab="overview",
        upcoming=console_schedule_scenes.UPCOMING,
        duplicates=made.DUPLICATES,
        latest=console_schedule_scenes.LATEST,
        links=made.LINKS,
        link_mails=made.LINK_MAILS,
        devices=made.DEVICES,
        flash=done("The portal link is on its way by e-mail."),
    ),
    console(
        "client-waiting",
        "client",
        BASE,
        client=made.WAITING,
        cursor=None,
        tab="overview",
        upcoming=console_schedule_scenes.UPCOMING,
        latest=console_schedule_scenes.LATEST,
        links=made.LINKS,
        link_mails=made.LINK_MAILS,
        devices=made.DEVICES,
    ),
    console(
        "client-locked",
        "client",
        BASE,
        **CLIENT,
        tab="overview",
        upcoming=None,
        latest=None,
        links=made.LOCKED_LINKS,
        link_mails=made.LINK_MAILS,
        devices=None,
    ),
    console(
        "client-mails",
        "client",
        f"{BASE}/mails",
        **CLIENT,
        alerts=ALERTS,
        names=made.NAMES,
        tab="mails",
        links=made.LINKS,
        link_mails=made.LINK_MAILS,
        devices=made.DEVICES,
        mails=made.MAILS,
    ),
    console(
        "client-access",
        "client",
        f"{BASE}/access",
        **CLIENT,
        tab="access",
        links=None,
        link_mails=None,
        devices=None,
        alerts=made.ALERTS_DOWN,
        access=made.ACCESS,
    ),
    console(
        "client-archived",
        "client",
        BASE,
        client=made.archived(ClientStatus.ARCHIVED),
        cursor=None,
        tab="overview",
        upcoming=console_schedule_scenes.NO_APPOINTMENTS,
        latest=console_schedule_scenes.NO_SESSIONS,
        links=made.NO_LINKS,
        link_mails={},
        devices=made.NO_DEVICES,
    ),
    console(
        "share-link",
        "share_link",
        f"{BASE}/share",
        **CLIENT,
        subject="Ihr Link von Praxis Seeblick",
    ),
    console("share-link-waiting", "share_link", f"{BASE}/share", client=made.WAITING, subject=None),
    console(
        "link-copy",
        "link_copy",
        f"{BASE}/links/copy",
        **CLIENT,
        link=LINK,
        expires_at=made.ahead(days=30),
    ),
    console(
        "link-qr",
        "link_qr",
        f"{BASE}/links/qr",
        **CLIENT,
        link=LINK,
        qr_svg_data=segno.make(LINK).svg_data_uri(scale=4),
        expires_at=made.ahead(days=30),
    ),
    console(
        "preview",
        "preview",
        f"{BASE}/preview",
        **CLIENT,
        **home_context(made.SCHEDULE),
    ),
    console(
        "mails",
        "mails",
        "/console/mails",
        mails=made.MAILS,
        names=made.NAMES,
        state=None,
        people=made.COLLEAGUES,
        practitioner=str(made.COLLEAGUES[0].id),
    ),
    console(
        "mails-none",
        "mails",
        "/console/mails",
        mails=made.NO_MAILS,
        names={},
        state="failed",
        people=[],
        practitioner=None,
    ),
    console("mail", "mail", "/console/mails/1", mail=made.MAIL, client_name="Anna Bergmann"),
    console(
        "confirm",
        "confirm",
        f"{BASE}/links/revoke-all",
        title="Revoke all links of Anna Bergmann?",
        text="Every link stops working at once, and both devices are signed out. "
        "Anna Bergmann needs a new link to come back.",
        action=f"{BASE}/links/revoke-all",
        button="Revoke all links",
        cancel=BASE,
    ),
    settings("settings", "overview", SETTINGS),
    *settings_scenes.SCENES,
    *caseload_scenes.CASELOAD_PAGES,
    *team_scenes.TEAM_PAGES,
    settings("tokens", "api_tokens", TOKENS, tokens=made.TOKENS, colleagues=made.COLLEAGUES_TOKENS),
    settings("tokens-none", "api_tokens", TOKENS, tokens=made.NO_TOKENS, colleagues=[]),
    settings("token-new", "api_token_form", f"{TOKENS}/new", **NEW_TOKEN),
    settings(
        "token-wrong",
        "api_token_form",
        f"{TOKENS}/new",
        **(
            NEW_TOKEN
            | {
                "chosen": ["notes.read"],
                "errors": {"name": "name_missing", "scopes": "scopes_not_granted"},
            }
        ),
    ),
    settings(
        "token-made",
        "api_token_made",
        f"{TOKENS}/new",
        called="Night backup",
        value="lk_api_9sXvT3mK0aQhF7yLw2BdN5rJpC8uEoIzGtVxMkRnSbA",
        expires_at=made.TOKENS.items[0].expires_at,
    ),
]

OTHER_PAGES = [
    Scene("error-404", "error.html", {"status": 404, "request_id": "4f1c9a2e", "retry": None}),
    Scene(
        "error-403",
        "error.html",
        {
            "status": 403,
            "request_id": "4f1c9a2e",
            "retry": None,
            "code": "not_allowed",
            "desk": True,
        },
    ),
    Scene(
        "try-again",
        "try_again.html",
        {
            "status": 503,
            "request_id": "4f1c9a2e",
            "retry": None,
            "code": "service_unavailable",
            "posted": True,
            "signs_in": True,
            "fields": [("idempotency_key", "k" * 20), ("name", "Anna Bergmann")],
        },
    ),
    Scene(
        "error-503",
        "error.html",
        {"status": 503, "request_id": "4f1c9a2e", "retry": "/home"},
        practice=False,
    ),
    Scene(
        "dev-mail",
        "dev/mail.html",
        {"messages": made.MESSAGES, "zone": made.PRACTICE.timezone},
        "/dev/mail",
        practice=False,
    ),
    Scene(
        "dev-mail-message",
        "dev/mail_message.html",
        {"message": made.MESSAGES[0], "zone": made.PRACTICE.timezone},
        "/dev/mail/1",
        practice=False,
    ),
]

SCENES = {
    scene.name: scene
    for scene in [
        *ENTERING,
        *PORTAL_PAGES,
        *portal_schedule_scenes.SCENES,
        *portal_form_scenes.SCENES,
        *builder_scenes.SCENES,
        *CONSOLE_PAGES,
        *today_scenes.SCENES,
        *console_schedule_scenes.SCENES,
        *console_form_scenes.SCENES,
        *first_run_scenes.SCENES,
        *OTHER_PAGES,
        *account_scenes.SCENES,
        *api_scenes.SCENES,
    ]
}
