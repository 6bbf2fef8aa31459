"""What is set of a practice: everybody reads and changes it, two owners at once."""

from base64 import b64decode
from datetime import date

from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc import pictures, practice
from tests.kit.contract.scenario import scenario

PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)
"""The smallest PNG."""


@scenario()
def everybody_reads_and_changes_the_practice(scene):
    scene.ask_as_everybody(practice.READ_PRACTICE, Nothing())
    edit = practice.EditPractice(version=1, fields=practice.PracticeChanges(accent="#AA3300"))
    scene.ask_as_everybody(practice.EDIT_PRACTICE, edit)
    face = practice.ListPracticeChanges(section=practice.PracticeSection.FACE)
    scene.ask_as_everybody(practice.LIST_PRACTICE_CHANGES, face)
    scene.add_link(scene.anna, "token")
    scene.add_device(scene.anna, "cookie")
    scene.ask_as_everybody(practice.MEASURE_PRACTICE, Nothing())


@scenario()
def everybody_shows_a_picture(scene):
    logo = pictures.SetPicture(of=pictures.PictureOf.LOGO, content=PIXEL)
    scene.ask_as_everybody(pictures.SET_PICTURE, logo)
    shown = scene.ask(pictures.SET_PICTURE, logo, scene.owner)
    portrait = pictures.SetPicture(of=pictures.PictureOf.PORTRAIT, content=PIXEL)
    scene.ask_as_everybody(pictures.SET_PICTURE, portrait)
    scene.ask_as_everybody(pictures.READ_PICTURE, pictures.ReadPicture(name=shown.name))
    unknown = pictures.ReadPicture(name=f"{'0' * 64}.webp")
    scene.ask(pictures.READ_PICTURE, unknown)
    page = pictures.SetPicture(of=pictures.PictureOf.LOGO, content=b"<html></html>")
    scene.ask(pictures.SET_PICTURE, page, scene.owner)
    none = pictures.SetPicture(of=pictures.PictureOf.LOGO, content=None)
    scene.ask(pictures.SET_PICTURE, none, scene.owner)


@scenario()
def a_practice_is_set(scene):
    contact = practice.CrisisContact(
        name="Helpline", number="116 123", source="https://h.example", checked_on=date(2026, 1, 1)
    )
    changes = practice.PracticeChanges(
        timezone="US/Pacific", country="us", crisis_contacts=[contact], link_days=14
    )
    edit = practice.EditPractice(version=1, fields=changes)
    scene.ask(practice.EDIT_PRACTICE, edit, scene.owner)
    scene.ask(practice.READ_PRACTICE, Nothing(), scene.owner)
    scene.ask(practice.EDIT_PRACTICE, edit, scene.owner)
    again = practice.EditPractice(version=2, fields=changes)
    scene.ask(practice.EDIT_PRACTICE, again, scene.owner)
    wrong = practice.PracticeChanges(name="", timezone="Nowhere", accent="red", link_days=91)
    scene.ask(practice.EDIT_PRACTICE, practice.EditPractice(version=2, fields=wrong), scene.owner)
    for section in practice.PracticeSection:
        changes_of = practice.ListPracticeChanges(section=section)
        scene.ask(practice.LIST_PRACTICE_CHANGES, changes_of, scene.owner)
