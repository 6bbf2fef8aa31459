"""identity-links in memory: what is set of a practice."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import asdict, replace

from identity_links.domain.access import Act
from identity_links.domain.pictures import made_anew, name_of
from identity_links.domain.practice_changes import changed_sections, read_detail, written
from identity_links.domain.practice_fields import check_practice_fields
from identity_links.operations.authority import require_in_person
from portal_chassis.authority.ownership import own_id, own_practice
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.calls import Nothing
from portal_contracts.changes import held
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.identity_links.rpc.pictures import (
    Picture,
    PictureOf,
    PictureSet,
    ReadPicture,
    SetPicture,
)
from portal_contracts.identity_links.rpc.practice import (
    EditPractice,
    ListPracticeChanges,
    PracticeChange,
    PracticeChanged,
    PracticeDetails,
    PracticeHistory,
    PracticeReach,
)
from portal_contracts.identity_links.rpc.targets import LinkState
from portal_contracts.permissions import Permission, require_kind, require_permission
from tests.kit.gateway.fake_clients import FakeClients
from tests.kit.gateway.state import FakeClient


@dataclass
class FakePracticeSettings(FakeClients):
    """Read, change, measure, and who changed it; pictures by name."""

    pictures: dict[str, bytes] = field(default_factory=dict)

    def read_practice(self, _command: Nothing, actor: Actor) -> PracticeDetails:
        """For everybody who works there."""
        require_kind(actor, ActorKind.PRACTITIONER)
        practice = self.practices[own_practice(actor)]
        return PracticeDetails(version=practice.version, **asdict(practice.fields))

    def edit_practice(self, command: EditPractice, actor: Actor) -> PracticeChanged:
        """Changed, unless someone was quicker."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        practice = self.practices[own_practice(actor)]
        said = replace(practice.fields, **held(command.fields))
        fields = check_practice_fields(said, practice.fields, now=self.clock.now())
        if command.version != practice.version:
            raise Conflict("stale_version")
        for section, names in changed_sections(practice.fields, fields).items():
            self.note(actor, Act.PRACTICE_CHANGED)
            self.log[-1].detail = written(section, names, fields)
            practice.version += practice.fields != fields
            practice.fields = fields
        return PracticeChanged(version=practice.version)

    def set_picture(self, command: SetPicture, actor: Actor) -> PictureSet:
        """A logo, or the portrait of whoever asks."""
        if command.of is PictureOf.LOGO:
            require_permission(actor, Permission.PRACTICE_WRITE)
        else:
            require_in_person(actor)
        made = None if command.content is None else made_anew(command.content)
        name = "" if made is None else name_of(made)
        self.pictures |= {} if made is None else {name: made}
        if command.of is PictureOf.PORTRAIT:
            self.practitioners[own_id(actor)].picture = name
        elif self.practices[own_practice(actor)].logo != name:
            practice = self.practices[own_practice(actor)]
            practice.logo = name
            practice.version += 1
            self.note(actor, Act.PRACTICE_CHANGED)
            self.log[-1].detail = "face: logo"
        return PictureSet(name=name)

    def read_picture(self, command: ReadPicture, _actor: Actor) -> Picture:
        """For anybody."""
        if command.name not in self.pictures:
            raise NotFound("not_found")
        return Picture(content=self.pictures[command.name])

    def measure_practice(self, _command: Nothing, actor: Actor) -> PracticeReach:
        """Counted."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        now, here = self.clock.now(), actor.practice_id
        own = [one for one in self.clients.values() if one.practice.id == here and one.active]
        links = [one for one in self.links.values() if one.client.practice.id == here]
        devices = [one for one in self.devices.values() if isinstance(one.owner, FakeClient)]
        return PracticeReach(
            clients=len(own),
            live_links=sum(one.standing(now) is LinkState.LIVE for one in links),
            client_devices=sum(one.owner.practice.id == here for one in devices),
            without_date_of_birth=sum(one.born is None for one in own),
            without_check=sum(one.born is None and not one.fields.email for one in own),
        )

    def list_practice_changes(self, command: ListPracticeChanges, actor: Actor) -> PracticeHistory:
        """Of one section, newest first."""
        require_permission(actor, Permission.PRACTICE_WRITE)
        rows = [
            PracticeChange(
                at=one.occurred_at,
                by=self.name_of(one.actor),
                fields=read_detail(one.detail),
            )
            for one in reversed(self.log)
            if one.practice_id == actor.practice_id
            and one.detail.startswith(f"{command.section}: ")
        ]
        return PracticeHistory(items=rows[: command.limit])
