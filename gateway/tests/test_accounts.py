"""A practitioner's account in the browser: the second step, forgotten passwords, the own page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.console.settings.sections import ACCOUNT
from gateway.web.cookies import Cookie
from gateway.web.tokens import new_secret, sha256
from portal_contracts.actor import NOBODY
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, Invalid, NotFound
from portal_contracts.identity_links.rpc.accounts import RecoveryCodes
from portal_contracts.identity_links.rpc.clients import GetClient
from portal_contracts.identity_links.rpc.devices import ResolveDevice
from portal_contracts.identity_links.rpc.emergency import EmergencyAccess
from portal_contracts.identity_links.rpc.password_resets import PasswordResetStanding
from portal_contracts.identity_links.rpc.team import Team, TeamMember
from portal_contracts.portal_addresses import RESET_PATH, SECOND_FACTOR_PATH

SIGN_IN, CODE, FORGOTTEN = "/console/sign-in", "/console/sign-in/code", "/console/sign-in/forgotten"
EMAIL, PASSWORD = "dr@practice.example", "correct horse battery"
TOKEN = "lk_" + "A" * 43
RESET = f"{RESET_PATH}/{TOKEN}"


def console_device(house):
    """The doctor's device, as the service would answer."""
    secret = new_secret()
    house.services.add_device(house.doctor, secret)
    return house.services.identity.resolve_console_device(
        ResolveDevice(device_hash=sha256(secret)), NOBODY
    )


@pytest.fixture
def doctor(house):
    return house.as_practitioner(house.doctor)


@pytest.fixture
def asked(house):
    """The arguments with which a method was asked last."""

    def last(name):
        return next(
            one.arguments
            for one in reversed(house.services.asked)
            if one.address == f"identity_links.{name}"
        )

    return last


def answer(house, **answers):
    house.services.answers |= {f"identity_links.{name}": one for name, one in answers.items()}


# --- the second step -----------------------------------------------------------------


def password(house, browser, to=""):
    answer(house, sign_in=Conflict("second_step_needed"))
    page = browser.open(f"{SIGN_IN}?to={to}" if to else SIGN_IN)
    return browser.submit(page, SIGN_IN, {"email": EMAIL, "password": PASSWORD})


def test_a_code_is_asked_for_and_no_device_is_there_before(house, asked):
    browser = house.browser()
    page = password(house, browser, "/console/clients")
    assert page.headers["location"] == f"{CODE}?to=/console/clients"
    assert house.name(Cookie.CONSOLE_DEVICE) not in browser.cookies
    step = sha256(browser.cookies[house.name(Cookie.CONSOLE_STEP)])
    assert asked("sign_in").step_hash == step
    form = browser.follow(page)
    empty = browser.submit(form, CODE, {"code": " "})
    assert (empty.status, "Error:" in empty.html) == (422, True)
    answer(house, finish_sign_in=Forbidden("second_step_failed"))
    wrong = browser.submit(empty, CODE, {"code": "123456"})
    assert (wrong.status, "123456" in wrong.html) == (403, False)
    assert "was used before" in wrong.html
    device = replace(console_device(house), must_set_up=False)
    answer(house, finish_sign_in=device)
    entered = browser.submit(wrong, CODE, {"code": " 654 321 "})
    assert entered.headers["location"] == "/console/clients"
    assert asked("finish_sign_in").step_hash == step
    assert asked("finish_sign_in").device_hash == sha256(
        browser.cookies[house.name(Cookie.CONSOLE_DEVICE)]
    )
    assert not browser.cookies.get(house.name(Cookie.CONSOLE_STEP))


def test_a_step_that_is_over_begins_again(house):
    browser = house.browser()
    form = browser.follow(password(house, browser))
    answer(house, finish_sign_in=NotFound("sign_in_ended"))
    page = browser.submit(form, CODE, {"code": "123456"})
    assert page.headers["location"] == SIGN_IN
    assert "took too long" in browser.follow(page).html
    assert browser.open(CODE).headers["location"] == SIGN_IN


# --- a forgotten password ---------------------------------------------------------------


@pytest.mark.parametrize("email", [EMAIL, "nobody@practice.example", "no address"])
def test_every_address_is_answered_alike(house, email):
    browser = house.browser()
    assert FORGOTTEN in browser.open(SIGN_IN).links
    page = browser.submit(browser.open(FORGOTTEN), FORGOTTEN, {"email": email})
    told = browser.follow(page)
    assert (page.status, told.status) == (303, 200)
    assert "Look into your mailbox" in told.html
    assert email not in told.html


def test_opening_the_mailed_address_sets_nothing_and_the_form_does(house, asked):
    answer(house, inspect_password_reset=PasswordResetStanding(works=True, needs_code=True))
    browser = house.browser()
    page = browser.open(RESET)
    assert page.status == 200
    assert not [one for one in house.services.asked if one.address.endswith("reset_password")]
    missing = browser.submit(page, RESET, {"password": "a fox asleep at noon"})
    assert (missing.status, "a fox asleep" in missing.html) == (422, False)
    answer(house, reset_password=Forbidden("second_step_failed"))
    fields = {"password": "a fox asleep at noon", "code": "123456"}
    assert browser.submit(missing, RESET, fields).status == 403
    common = Invalid("password", fields={"password": "password_common"})
    answer(house, reset_password=common)
    wrong = browser.submit(missing, RESET, fields)
    assert (wrong.status, "Many people use" in wrong.html) == (422, True)
    answer(house, reset_password=Done())
    done = browser.submit(wrong, RESET, fields)
    assert done.headers["location"] == SIGN_IN
    sent = asked("reset_password")
    assert (sent.token_hash, sent.code) == (sha256(TOKEN), "123456")
    assert "Your new password is set" in browser.follow(done).html


def test_an_address_that_is_over_says_what_to_do(house):
    page = house.browser().open(RESET)
    assert (page.status, FORGOTTEN in page.links) == (410, True)
    assert TOKEN not in page.html


# --- the own account -----------------------------------------------------------------------


def test_name_and_language_are_saved_by_themselves(house, doctor):
    page = doctor.open(ACCOUNT.address)
    action = f"{ACCOUNT.address}/profile"
    wrong = doctor.submit(page, action, {"name": " "})
    assert (wrong.status, "Enter a name." in wrong.html) == (422, True)
    saved = doctor.submit(wrong, action, {"name": "Dr Zoë Rivera", "language": "de"})
    assert saved.headers["location"] == ACCOUNT.address
    german = doctor.follow(saved)
    assert "Mein Konto" in german.html
    assert "Dr Zoë Rivera" in german.html


def test_another_password_takes_the_present_one_and_keeps_this_device(house, doctor):
    other = house.as_practitioner(house.doctor)
    action = f"{ACCOUNT.address}/password"
    page = doctor.open(ACCOUNT.address)
    fields = {"present": "guess", "password": "a fox asleep at noon"}
    wrong = doctor.submit(page, action, fields)
    assert (wrong.status, "asleep" in wrong.html) == (403, False)
    short = doctor.submit(page, action, {"present": PASSWORD, "password": "short"})
    assert (short.status, "at least 12" in short.html) == (422, True)
    done = doctor.submit(page, action, fields | {"present": PASSWORD})
    assert "is changed" in doctor.follow(done).html
    assert other.open(ACCOUNT.address).headers["location"].startswith(SIGN_IN)


# --- setting up the second factor ------------------------------------------------------------


def test_the_page_shows_what_an_app_needs_and_the_codes_once(house, doctor, asked):
    page = doctor.open(SECOND_FACTOR_PATH)
    assert "data:image/svg+xml" in page.html
    assert "A" * 32 in page.html
    answer(house, enable_second_factor=Forbidden("not_confirmed"))
    fields = {"password": "guess", "code": "123456"}
    wrong = doctor.submit(page, SECOND_FACTOR_PATH, fields)
    assert (wrong.status, "guess" in wrong.html, "123456" in wrong.html) == (403, False, False)
    answer(house, enable_second_factor=RecoveryCodes(items=["7k2m-x9qd-4t8n", "aaaa-bbbb-cccc"]))
    made = doctor.submit(wrong, SECOND_FACTOR_PATH, fields | {"password": PASSWORD})
    assert "7k2m-x9qd-4t8n" in made.html
    assert asked("enable_second_factor").code == "123456"


def test_once_it_is_on_codes_are_renewed_and_it_is_switched_off(house, doctor):
    account = house.services.identity.read_account(None, house.doctor.actor)
    on = replace(account, second_factor_since=datetime(2026, 11, 3, tzinfo=UTC))
    answer(house, read_account=replace(on, recovery_codes_left=7))
    assert "7 recovery codes are left" in doctor.open(ACCOUNT.address).html
    page = doctor.open(SECOND_FACTOR_PATH)
    renew, off = f"{SECOND_FACTOR_PATH}/recovery-codes", f"{SECOND_FACTOR_PATH}/off"
    answer(house, renew_recovery_codes=RecoveryCodes(items=["7k2m-x9qd-4t8n"]))
    assert "7k2m-x9qd-4t8n" in doctor.submit(page, renew, {"password": PASSWORD}).html
    assert doctor.open(renew).headers["location"] == SECOND_FACTOR_PATH
    answer(house, disable_second_factor=Forbidden("second_step_failed"))
    fields = {"password": PASSWORD, "code": "123456"}
    assert doctor.submit(page, off, fields).status == 403
    answer(house, disable_second_factor=Done())
    assert "is off" in doctor.follow(doctor.submit(page, off, fields)).html


# --- a practice that wants one -------------------------------------------------------------


def wanted(house, day, *, due):
    device = console_device(house)
    actor = replace(device.actor, scopes=()) if due else device.actor
    answer(
        house,
        resolve_console_device=replace(
            device, actor=actor, second_factor_from=day, must_set_up=due
        ),
    )


def test_until_the_day_a_band_says_how_long_there_is(house, doctor):
    today = house.services.clock.now().date()
    wanted(house, today + timedelta(days=7), due=False)
    page = doctor.open("/console")
    assert "In 7 days, your practice wants two-step sign-in" in page.html
    assert SECOND_FACTOR_PATH in page.links


def test_from_that_day_on_nothing_else_opens(house, doctor):
    page = doctor.open(ACCOUNT.address)
    wanted(house, date(2026, 1, 1), due=True)
    for path in ("/console", "/console/clients", ACCOUNT.address, "/console/settings/api-tokens"):
        assert doctor.open(path).headers["location"] == SECOND_FACTOR_PATH
    refused = doctor.submit(page, f"{ACCOUNT.address}/profile", {"name": "Dr Other"})
    assert refused.status == 403
    setup = doctor.open(SECOND_FACTOR_PATH)
    assert setup.status == 200
    answer(house, enable_second_factor=RecoveryCodes(items=["7k2m-x9qd-4t8n"]))
    fields = {"password": PASSWORD, "code": "123456"}
    made = doctor.submit(setup, SECOND_FACTOR_PATH, fields)
    assert "7k2m-x9qd-4t8n" in made.html
    assert "wants two-step sign-in" not in made.html
    assert {form.action for form in setup.forms} >= {SECOND_FACTOR_PATH, "/console/sign-out"}


# --- in an emergency --------------------------------------------------------------------------


def test_an_owner_opens_a_client_with_a_reason_and_a_proof_and_closes_it(house, doctor, asked):
    client = f"/console/clients/{house.anna.id}"
    until = house.services.clock.now() + timedelta(hours=1)
    details = house.services.identity.get_client(
        GetClient(client_id=house.anna.id), house.doctor.actor
    )
    answer(house, get_client=replace(details, clinical=False))
    assert f"{client}/emergency" in doctor.open(client).links
    page = doctor.open(f"{client}/emergency")
    refused = Invalid("emergency_fields", fields={"reason": "reason_too_short"})
    answer(house, open_in_emergency=refused)
    fields = {"reason": "crisis", "password": PASSWORD}
    wrong = doctor.submit(page, f"{client}/emergency", fields)
    assert (wrong.status, "crisis" in wrong.html, PASSWORD in wrong.html) == (422, True, False)
    answer(house, open_in_emergency=EmergencyAccess(id=house.anna.id, until=until))
    reason = "She called in a crisis."
    opened = doctor.submit(wrong, f"{client}/emergency", fields | {"reason": reason})
    assert opened.headers["location"] == client
    assert (asked("open_in_emergency").reason, asked("open_in_emergency").code) == (reason, None)
    answer(house, get_client=replace(details, emergency_until=until))
    shown = doctor.follow(opened)
    assert "Open in an emergency until" in shown.html
    answer(house, close_emergency=Done())
    closed = doctor.submit(shown, f"{client}/emergency/close", {})
    assert "It is closed again" in doctor.follow(closed).html


def test_nobody_but_an_owner_opens_the_page(house):
    page = house.as_practitioner(house.assistant()).open(
        f"/console/clients/{house.anna.id}/emergency"
    )
    assert page.status == 403


# --- a colleague's ------------------------------------------------------------------------------


def test_an_owner_resets_a_colleague_s_second_factor(house, doctor, asked):
    colleague = house.assistant()
    member = TeamMember(
        id=colleague.id,
        version=1,
        name="Kim Desk",
        email=colleague.email,
        role=colleague.role,
        language="en",
        works_for=None,
        created_at=house.services.clock.now(),
        last_seen_at=None,
        deactivated_at=None,
        second_factor=True,
    )
    answer(house, list_team=Team(items=[member]), get_team_member=member)
    path = f"/console/settings/team/{colleague.id}"
    assert f"{path}/second-factor" in doctor.open(path).links
    page = doctor.open(f"{path}/second-factor")
    answer(house, reset_second_factor=Forbidden("not_confirmed"))
    wrong = doctor.submit(page, f"{path}/second-factor", {"password": "guess"})
    assert (wrong.status, "guess" in wrong.html) == (403, False)
    answer(house, reset_second_factor=Done())
    done = doctor.submit(wrong, f"{path}/second-factor", {"password": PASSWORD})
    assert asked("reset_second_factor").practitioner_id == colleague.id
    assert "is reset" in doctor.follow(done).html
