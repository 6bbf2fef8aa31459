"""Who sees a client, and whose clients the practice shows, in every state worth a look."""

from __future__ import annotations

from datetime import timedelta

import fixtures as made
from scene import console, settings

from gateway.console.settings.sections import VISIBILITY
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.access import PractitionerCard
from portal_contracts.identity_links.rpc.caseload import (
    CaseloadKind,
    ClientCaseload,
    SeenBy,
    SightOf,
)
from portal_contracts.identity_links.rpc.caseload import (
    Visibility as Shown,
)
from portal_contracts.identity_links.rpc.targets import ClientVisibility

MIRIAM, JONAS, SAM = made.number(2), made.number(3), made.number(4)
CLIENT = made.number(11)


def _seen(who, name, kind, added_by="") -> SeenBy:
    return SeenBy(
        practitioner_id=who,
        name=name,
        role=Role.PRACTITIONER,
        kind=kind,
        since=made.NOW - timedelta(days=40),
        added_by=added_by,
    )


SEEN = [
    _seen(MIRIAM, "Dr. Miriam Rivera", CaseloadKind.OWN, "Dr. Miriam Rivera"),
    _seen(JONAS, "Jonas Feld", CaseloadKind.SHARED, "Dr. Miriam Rivera"),
]
COLLEAGUE = PractitionerCard(id=made.number(5), name="Vera Lindt", role=Role.PRACTITIONER)


def _caseload(name, items, *, everyone=False, may_change=True, errors=None):
    caseload = ClientCaseload(
        client_id=CLIENT, items=items, everyone=everyone, may_change=may_change
    )
    return console(
        name,
        "caseload",
        f"/console/clients/{CLIENT}/caseload",
        client_id=CLIENT,
        client_name="Anna Schmidt",
        caseload=caseload,
        to_share=[COLLEAGUE],
        to_hand_over=[COLLEAGUE],
        errors=errors or {},
    )


def _sight(who, name, role, contacts, clinical) -> SightOf:
    return SightOf(practitioner_id=who, name=name, role=role, contacts=contacts, clinical=clinical)


def _shown(visibility, unassigned=0) -> Shown:
    return Shown(
        visibility=visibility,
        clients=48,
        unassigned=unassigned,
        sights=[
            _sight(MIRIAM, "Dr. Miriam Rivera", Role.OWNER, 48, 30),
            _sight(JONAS, "Jonas Feld", Role.PRACTITIONER, 1, 1),
            _sight(SAM, "Sam Weber", Role.ASSISTANT, 48, 0),
        ],
    )


CASELOAD_PAGES = [
    _caseload("caseload", SEEN),
    _caseload("caseload-everyone", SEEN[:1], everyone=True, errors={"share_with": "missing"}),
    _caseload("caseload-nobody", [], may_change=False),
    settings(
        "visibility",
        "visibility",
        VISIBILITY.address,
        found=_shown(ClientVisibility.EVERYONE, unassigned=3),
        errors={},
    ),
    settings(
        "visibility-own",
        "visibility",
        VISIBILITY.address,
        found=_shown(ClientVisibility.OWN),
        errors={"password": "not_confirmed"},
    ),
]
