"""The second check by a mailed code: from the link to the portal, with real mails."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.timeout(180)

CODE = re.compile(r"Code: ([0-9]{6})")


@contextmanager
def second_check(portal):
    """All practices of the portal ask new devices for it meanwhile."""
    with portal.connect("identity_links") as connection:
        connection.execute("UPDATE practice SET second_check = 'date_of_birth'")
    try:
        yield
    finally:
        with portal.connect("identity_links") as connection:
            connection.execute("UPDATE practice SET second_check = 'none'")


def test_a_client_without_a_date_of_birth_enters_by_a_mailed_code(portal):
    address = f"cora.{uuid.uuid4().hex[:8]}@example.org"
    practitioner = portal.practitioner()
    practitioner.open("/console/clients/new")
    with second_check(portal):
        practitioner.press("Add client", name="Cora Castell", email=address)
        practitioner.follow("Share link")
        practitioner.press("Share link")
        [mail] = portal.wait_for_mails(address)
        client = portal.visitor()
        page = client.open(portal.portal_link_in(mail))
        assert page.heading == "Is it you?"
        assert "Cora" not in page.html
        assert address not in page.html
        page = client.press("E-mail me a code")
        assert page.heading == "Enter the code from your e-mail"
        _, with_code = portal.wait_for_mails(address, count=2)
        code = CODE.search(with_code.get_body(("plain",)).get_content())[1]
        assert code not in str(with_code["Subject"])
        page = client.press("Continue", code=f"{code[:3]} {code[3:]}")
        assert (page.path, page.heading) == ("/home", "Hello Cora")
    assert all(code not in text for text in portal.logs().values())
