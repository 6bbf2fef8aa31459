"""Logos and portraits: set, taken away, read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from identity_links.domain.access import Act, detailed, note
from identity_links.domain.pictures import name_of
from identity_links.operations.authority import not_found, require_in_person, require_practice
from identity_links.storage import access_log, pictures, practices
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.actor import Caller
from portal_contracts.identity_links.rpc.pictures import (
    Picture,
    PictureOf,
    PictureSet,
    ReadPicture,
    SetPicture,
)
from portal_contracts.identity_links.rpc.practice import PracticeSection
from portal_contracts.permissions import Permission

Make = Callable[[bytes], bytes]
"""See `identity_links.domain.pictures.made_anew`, which takes a core for a moment."""


def set_picture(
    database: Database, command: SetPicture, caller: Caller, *, make: Make, now: datetime
) -> PictureSet:
    """Show another picture, or none. The former one is forgotten unless somebody shows it.

    It is made before the transaction. A logo is logged as ``practice.changed``, a portrait as
    ``practitioner.changed``; what is there already is no change.

    Raises:
        Forbidden: ``not_allowed``: a logo needs ``practice.write``, a portrait its practitioner
            in person.
        Invalid: ``picture_refused``.
    """
    if command.of is PictureOf.LOGO:
        require_practice(caller.actor, Permission.PRACTICE_WRITE)
    else:
        require_in_person(caller.actor)
    made = None if command.content is None else make(command.content)
    name = "" if made is None else name_of(made)
    show = _show_logo if command.of is PictureOf.LOGO else _show_portrait
    with database.transaction() as tx:
        if made is not None:
            pictures.keep(tx, name, made, now)
        former = show(tx, name, caller, now)
        if former not in {"", name}:
            pictures.drop_unless_shown(tx, former)
    return PictureSet(name=name)


def read_picture(tx: Transaction, command: ReadPicture) -> Picture:
    """A picture that is shown somewhere, for anybody who knows its name.

    Raises:
        NotFound: ``not_found``.
    """
    content = pictures.find(tx, command.name)
    if content is None:
        raise not_found()
    return Picture(content=content)


def _show_logo(tx: Transaction, name: str, caller: Caller, now: datetime) -> str:
    """Show it, and say what was shown before."""
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    practice = practices.find(tx, practice_id, lock=True)
    if practice is None:
        raise not_found()
    if practice.logo != name:
        pictures.show_logo(tx, practice_id, name, version=practice.version + 1)
        changed = note(caller, Act.PRACTICE_CHANGED, practice_id, now)
        access_log.append(tx, detailed(changed, f"{PracticeSection.FACE}: logo"))
    return practice.logo


def _show_portrait(tx: Transaction, name: str, caller: Caller, now: datetime) -> str:
    """Show it, and say what was shown before."""
    practitioner = practices.practitioner_by_id(tx, require_in_person(caller.actor))
    if practitioner is None:
        raise not_found()
    if practitioner.picture != name:
        pictures.show_portrait(tx, practitioner.id, name)
        act, practice_id = Act.PRACTITIONER_CHANGED, practitioner.practice_id
        access_log.append(tx, note(caller, act, practice_id, now, subject_id=practitioner.id))
    return practitioner.picture
