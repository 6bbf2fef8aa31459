"""Whether a device was let in by a link that the practice saw, and who had it shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, ScalarSelect, func, select

from identity_links.storage.tables import device, portal_link, practitioner
from portal_contracts.identity_links.rpc.targets import REVEALED

REVEALED_LINK: ScalarSelect[Any] = (
    select(portal_link.c.id)
    .where(portal_link.c.id == device.c.link_id, portal_link.c.cause.in_(REVEALED))
    .correlate(device)
    .scalar_subquery()
)
"""Of a device: the link that the practice saw and that let it in; null for all others."""


def revealed_by(link_id: Column[Any]) -> ColumnElement[str]:
    """Of a row that names a link: the name of whoever had it shown, or "" where that is unknown.

    A link that was mailed was shown to nobody.
    """
    name = (
        select(practitioner.c.name)
        .join_from(portal_link, practitioner, practitioner.c.id == portal_link.c.made_by)
        .where(portal_link.c.id == link_id)
        .correlate(link_id.table)
        .scalar_subquery()
    )
    return func.coalesce(name, "")
