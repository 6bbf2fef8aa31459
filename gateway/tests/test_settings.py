"""The settings in sections: one table says what there is, and who may see and change it."""

import falcon
import pytest

from gateway.console.settings.sections import SECTIONS, SETTINGS, Section
from gateway.routes import ROUTES
from gateway.web.resource import Resource
from portal_contracts.permissions import Permission


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.name)
def test_every_section_is_listed_and_opens_with_the_way_to_the_others(house, section):
    owner = house.as_practitioner(house.doctor)
    assert section.address in owner.open(SETTINGS).links
    page = owner.open(section.address)
    assert page.status == 200
    assert {one.address for one in SECTIONS} <= set(page.links)


def test_a_section_says_who_may_do_what_at_its_address():
    class Page(Resource):
        def on_get(self, req: falcon.Request, resp: falcon.Response) -> None: ...

        def on_post(self, req: falcon.Request, resp: falcon.Response) -> None: ...

    section = Section(
        name="fees",
        title="Fees",
        text="What it costs.",
        icon="tag",
        see=Permission.CLIENTS_READ,
        change=Permission.PRACTICE_WRITE,
    )
    page, adding = section.page(Page), section.page(Page, "/new", changes=True)
    assert page.permission_for("HEAD") == page.permission_for("GET") == Permission.CLIENTS_READ
    assert page.permission_for("POST") == Permission.PRACTICE_WRITE
    assert adding.permission_for("GET") == Permission.PRACTICE_WRITE


def test_every_page_of_the_settings_is_of_a_section():
    addresses = tuple(one.address for one in SECTIONS)
    below = [one.pattern for one in ROUTES if one.pattern.startswith(f"{SETTINGS}/")]
    assert [one for one in below if not one.startswith(addresses)] == []
