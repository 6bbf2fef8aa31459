"""``forms-admin``: look after the forms database, its templates and what was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from forms.admin_export import export
from forms.config import Settings
from forms.domain.documents import check_document
from forms.domain.order import cycle
from forms.domain.requests import FormRequest
from forms.migrations import APPEND_ONLY
from forms.operations import inspection, templates
from forms.operations.editing import LARGEST_DOCUMENT
from forms.storage.request_lists import RequestFilter
from portal_chassis.admin.app import admin_app
from portal_chassis.admin.parts import ApplyOption, JsonOption, fail, open_database, show, would
from portal_chassis.authority.ownership import Practitioner
from portal_chassis.clock import Clock
from portal_contracts.cleaning import decode_cleaned
from portal_contracts.errors import NotFound
from portal_contracts.forms.rpc.questions import FormDocument, RequestState
from portal_contracts.forms.rpc.templates import AddFromLibrary

app = admin_app("forms", Settings, "forms.migrations", append_only=APPEND_ONLY)
library_commands = typer.Typer(no_args_is_help=True, help="Forms that ship.")
template_commands = typer.Typer(no_args_is_help=True, help="Templates of a practice.")
request_commands = typer.Typer(no_args_is_help=True, help="Form requests: ids, days and states.")
app.command("export")(export)
app.add_typer(library_commands, name="library")
app.add_typer(template_commands, name="templates")
app.add_typer(request_commands, name="requests")

PracticeOption = Annotated[UUID, typer.Option("--practice", help="The practice's id.")]
AuthorOption = Annotated[
    UUID, typer.Option("--by", help="The practitioner in whose name it is published.")
]
FileArgument = Annotated[
    Path, typer.Argument(help="A form as JSON.", exists=True, dir_okay=False, readable=True)
]


@library_commands.command("list")
def library_list(as_json: JsonOption = False) -> None:
    """List the forms that ship."""
    show(
        [
            {"key": key, "title": document.title, "language": document.language}
            for key, document in templates.shipped().items()
        ],
        as_json=as_json,
    )


@library_commands.command("add")
def library_add(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="The form's key; `library list` shows them.")],
    practice: PracticeOption,
    by: AuthorOption,
    apply: ApplyOption = False,
) -> None:
    """Copy a form of the library into a practice and publish it."""
    if key not in templates.shipped():
        raise fail(f"The library has no form {key!r}; `library list` shows them.")
    would(f"add {key} to practice {practice}", apply=apply)
    if not apply:
        return
    author = Practitioner(id=by, practice_id=practice)
    with open_database(ctx) as database, database.transaction() as tx:
        added = templates.add_from_library(tx, AddFromLibrary(key=key), author, now=Clock().now())
    show([{"template_id": added.template_id, "number": added.number}], as_json=False)


@template_commands.command("list")
def templates_list(
    ctx: typer.Context, practice: PracticeOption, as_json: JsonOption = False
) -> None:
    """List a practice's templates, archived ones too."""
    with open_database(ctx) as database, database.transaction() as tx:
        found = templates.list_templates(tx, practice, with_archived=True)
    rows = [msgspec.to_builtins(row, builtin_types=(UUID,)) for row in found.items]
    show(rows, as_json=as_json, empty="No templates.")


@template_commands.command("check")
def templates_check(file: FileArgument) -> None:
    """Check a form: every problem with its place; exit 1 when there is one."""
    _sound_document(file)
    typer.echo("The form is sound.")


@template_commands.command("import")
def templates_import(
    ctx: typer.Context,
    file: FileArgument,
    practice: PracticeOption,
    by: AuthorOption,
    apply: ApplyOption = False,
) -> None:
    """Add a form to a practice as a template, and publish it."""
    document = _sound_document(file)
    would(f"add the form to practice {practice}", apply=apply)
    if not apply:
        return
    author = Practitioner(id=by, practice_id=practice)
    with open_database(ctx) as database, database.transaction() as tx:
        added = templates.import_template(tx, document, author, now=Clock().now())
    show([{"template_id": added.template_id, "number": added.number}], as_json=False)


@request_commands.command("list")
def requests_list(
    ctx: typer.Context,
    *,
    practice: Annotated[UUID | None, typer.Option(help="Only this practice's.")] = None,
    client: Annotated[UUID | None, typer.Option(help="Only this client's.")] = None,
    state: Annotated[RequestState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List form requests, the latest sent first."""
    which = RequestFilter(practice_id=practice, client_id=client, state=state)
    with open_database(ctx) as database, database.transaction() as tx:
        found = inspection.list_requests(tx, which, limit=limit)
    show([_row(one) for one in found], as_json=as_json, empty="No form requests.")


@request_commands.command("show")
def requests_show(
    ctx: typer.Context,
    request: Annotated[UUID, typer.Argument(help="The request's id.")],
    as_json: JsonOption = False,
) -> None:
    """Show one form request: its states, times and revision, never its answers."""
    with open_database(ctx) as database, database.transaction() as tx:
        try:
            found = inspection.inspect_request(tx, request)
        except NotFound:
            raise fail("There is no such form request.") from None
    one = found.request
    times = (
        "opened_at",
        "submitted_at",
        "reviewed_at",
        "withdrawn_at",
        "alert_at",
        "alert_reviewed_at",
    )
    row = _row(one) | {
        "practice_id": one.practice_id,
        "template_id": one.template_id,
        "sent_by": one.sent_by,
        **{name: (at := getattr(one, name)) and at.isoformat() for name in times},
        "revision": found.revision,
    }
    if as_json:
        show([row], as_json=True)
    else:
        show([{"what": key, "is": value} for key, value in row.items()], as_json=False)


def _sound_document(file: Path) -> FormDocument:
    if file.stat().st_size > LARGEST_DOCUMENT:
        raise fail(f"{file.name}: a form has at most {LARGEST_DOCUMENT:,} bytes.")
    try:
        document = decode_cleaned(FormDocument, file.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise fail(f"{file.name}: this is no form. {error}") from None
    except RecursionError:
        raise fail(f"{file.name}: this is no form. It is nested too deeply.") from None
    wrong = check_document(document)
    for place, code in sorted(wrong.items()):
        typer.echo(f"{place}: {code}")
    if circle := cycle(document):
        typer.echo(f"Each of these follows from the next: {' → '.join(circle)}")
    if wrong:
        raise typer.Exit(1)
    return document


def _row(one: FormRequest) -> dict[str, Any]:
    """Without the title: what a client is asked about stays out of a terminal's history."""
    return {
        "id": one.id,
        "client_id": one.client_id,
        "state": one.state.value,
        "percent": one.percent,
        "due_on": one.due_on and one.due_on.isoformat(),
        "sent_at": one.sent_at.isoformat(),
    }


def main() -> None:
    """The console script."""
    app()
