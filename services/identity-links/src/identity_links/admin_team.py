"""``identity-links-admin practitioner …``: who is in a practice's team, and as what."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import typer

from identity_links.admin_parts import transaction
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.practice_fields import PractitionerFields
from identity_links.operations import handing_over, inspection, invitations, team
from portal_chassis.admin.parts import ApplyOption, fail, would
from portal_chassis.clock import Clock
from portal_contracts.actor import Role
from portal_contracts.identity_links.rpc.handing_over import HandOver

EmailArgument = Annotated[str, typer.Argument(help="What the practitioner signs in with.")]
InviteArgument = Annotated[str, typer.Argument(help="Where the invitation goes.")]
NameArgument = Annotated[str, typer.Argument(help="As clients and colleagues read it.")]
NameOption = Annotated[str, typer.Option("--name", help="As clients and colleagues read it.")]
PracticeOption = Annotated[UUID, typer.Option("--practice", help="The practice's id.")]
LanguageOption = Annotated[str, typer.Option(help="Of the mail. Without it: the practice's.")]
ForOption = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="EMAIL", help="May be repeated. Without it: all of them."),
]


def add_commands(group: typer.Typer) -> None:
    """Add the commands to the group of practitioners."""
    for name, command in (
        ("invite", invite),
        ("rename", rename),
        ("set-role", set_role),
        ("works-for", works_for),
        ("deactivate", deactivate),
        ("reactivate", reactivate),
        ("hand-over", hand_over),
    ):
        group.command(name)(command)


def invite(
    ctx: typer.Context,
    email: InviteArgument,
    practice_id: PracticeOption,
    name: NameOption,
    role: Role = Role.PRACTITIONER,
    language: LanguageOption = "",
    *,
    apply: ApplyOption = False,
) -> None:
    """Invite somebody by e-mail, who chooses the password; the address works for seven days."""
    fields = PractitionerFields(name=name, email=email, role=role, language=language)
    with transaction(ctx, apply=apply) as tx:
        invitations.invite(tx, practice_id, fields, BY_ADMIN, now=Clock().now())
    would(f"invite {email} into {practice_id} as {role.value}", apply=apply)


def rename(
    ctx: typer.Context, email: EmailArgument, name: NameArgument, *, apply: ApplyOption = False
) -> None:
    """Call a practitioner otherwise, everywhere and at once."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        said = replace(member.said, name=name)
        team.change_member(tx, member, said, BY_ADMIN, now=Clock().now())
    would(f"rename {member.id}", apply=apply)


def set_role(
    ctx: typer.Context, email: EmailArgument, role: Role, *, apply: ApplyOption = False
) -> None:
    """Give a practitioner another role."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        said = replace(member.said, role=role)
        team.change_member(tx, member, said, BY_ADMIN, now=Clock().now())
    would(f"make {member.id} {role.value}", apply=apply)


def works_for(
    ctx: typer.Context,
    email: EmailArgument,
    practitioners: ForOption = None,
    *,
    apply: ApplyOption = False,
) -> None:
    """Say for which practitioners an assistant works."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        if member.role is not Role.ASSISTANT:
            raise fail(f"{email} is {member.role.value}; only an assistant works for others.")
        chosen = tuple(inspection.find_practitioner(tx, one) for one in practitioners or [])
        said = replace(member.said, works_for=chosen or None)
        team.change_member(tx, member, said, BY_ADMIN, now=Clock().now())
    whom = f"{len(chosen)} practitioner(s)" if chosen else "all practitioners"
    would(f"have {member.id} work for {whom}", apply=apply)


def deactivate(ctx: typer.Context, email: EmailArgument, *, apply: ApplyOption = False) -> None:
    """End all that lets a practitioner in; the name stays on what the practitioner wrote."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        team.deactivate(tx, member, BY_ADMIN, now=Clock().now())
    would(f"deactivate {member.id}", apply=apply)


def reactivate(ctx: typer.Context, email: EmailArgument, *, apply: ApplyOption = False) -> None:
    """Let a practitioner in again who was deactivated, by the password of then."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        team.reactivate(tx, member, BY_ADMIN, now=Clock().now())
    would(f"reactivate {member.id}", apply=apply)


def hand_over(
    ctx: typer.Context,
    email: EmailArgument,
    to: Annotated[str, typer.Option("--to", help="Who takes over, by e-mail address.")],
    *,
    apply: ApplyOption = False,
) -> None:
    """Hand clients, appointments to come and open forms over; what fits no calendar stays."""
    with transaction(ctx, apply=apply) as tx:
        member = team.locked_anywhere(tx, email)
        taker = inspection.find_practitioner(tx, to)
        command = HandOver(from_practitioner_id=member.id, to_practitioner_id=taker)
        handing_over.hand_over_in(tx, member.practice_id, command, BY_ADMIN, now=Clock().now())
    would(f"hand over from {member.id} to {taker}", apply=apply)
