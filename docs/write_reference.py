"""Write docs/reference from the code: messages, mails, settings, their sections and error codes.

``make reference`` runs it; a test compares the files with what it would write now.
"""

from __future__ import annotations

import ast
import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from gateway.api.openapi import document
from gateway.console.settings.sections import SECTIONS
from notifications.mails.all_mails import MAILS
from notifications.mails.mail import Mail
from portal_chassis.metrics import BUCKETS, DECLARED
from portal_chassis.settings import PlatformSettings, ServiceSettings
from portal_chassis.variables import EnvironmentSettings, Secret, Setting, settings_in
from portal_contracts import reference
from portal_contracts.actor import Role
from portal_contracts.catalogue import SERVICES
from portal_contracts.errors import ERRORS
from portal_contracts.notifications.mail_kinds import MAIL_KINDS
from portal_contracts.notifications.rpc import Recipient
from portal_contracts.permissions import ROLE_PERMISSIONS, Permission
from portal_runner.backup_schedule import BackupSettings

ROOT = Path(__file__).resolve().parents[1]
API_REFUSAL = "ApiRefusal"
SOURCES = ("libs/*/src", "services/*/src", "gateway/src", "deploy/runner/src")

SETTINGS_INTRODUCTION = """\
# Settings

Written by `make reference` from the settings classes; do not edit.

Settings are environment variables. Every one has a default that works for
`make run`; what has to be set for real use is listed in the deployment
guides. A wrong value stops the process at once, with a sentence that names
the variable.
"""

ERRORS_INTRODUCTION = """\
# Error codes

Written by `make reference` from the code that raises them; do not edit.
How errors travel and who turns them into words: [errors](../errors.md).
"""

MAILS_INTRODUCTION = """\
# Mails

Written by `make reference` from `notifications/mails`; do not edit. What each
says and when it is wanted stands in its module, and `notifications-admin preview`
shows it. What a practitioner did and may take back is mailed after the undo time.
"""

SECTIONS_INTRODUCTION = """\
# Sections of the settings

Written by `make reference` from `gateway/console/settings/sections.py`, which routes and
navigation come from too; do not edit. The service that keeps a setting checks again.
"""

METRICS_INTRODUCTION = f"""\
# Metrics

Written by `make reference` from the code that measures; do not edit. Where to
scrape them, and which of them deserve an alert: [operations](../operations.md).

Every process answers in Prometheus' text format. Histograms are in seconds,
with buckets that end at
{", ".join(f"{bucket:g}" for bucket in BUCKETS)};
each has the suffixes `_bucket`, `_sum` and `_count`. Labels are names from the code:
no id, no address, no name of a person.
"""


# --- settings ----------------------------------------------------------------


def settings() -> str:
    """The document about settings."""
    parts = [SETTINGS_INTRODUCTION]
    shared = set(settings_in(PlatformSettings))
    parts.append("## Every process\n\n" + _table(PlatformSettings, shared))
    common = set(settings_in(ServiceSettings)) - shared
    parts.append(
        "## Every service\n\nWhere a name begins with `<SERVICE>_`, each service has its own: "
        "`IDENTITY_LINKS_HEALTH_PORT`.\n\n" + _table(ServiceSettings, common, "<SERVICE>_")
    )
    for name in SERVICES:
        cls = importlib.import_module(f"{name}.config").Settings
        own = {
            field
            for field in settings_in(cls)
            if field not in settings_in(ServiceSettings) or field.endswith("database_url")
        }
        parts.append(f"## {name.replace('_', '-')}\n\n" + _table(cls, own))
    gateway = importlib.import_module("gateway.config").GatewaySettings
    own = set(settings_in(gateway)) - shared
    parts.append("## gateway\n\n" + _table(gateway, own))
    backups = set(settings_in(BackupSettings))
    parts.append("## Backups of a data folder\n\n" + _table(BackupSettings, backups))
    return "\n".join(parts)


def _table(cls: type[EnvironmentSettings], names: set[str], prefix: str = "") -> str:
    lines = ["| variable | default | what it is |", "|---|---|---|"]
    for name, one in settings_in(cls).items():
        if name in names:
            variable = one.variable
            if not variable.startswith("PORTAL_"):
                variable = f"{prefix}{variable}"
            lines.append(f"| `{variable}` | {_default(one)} | {one.meta.description or ''} |")
    return "\n".join(lines) + "\n"


def _default(one: Setting) -> str:
    value = one.default
    if value is None or value == "" or isinstance(value, Secret):
        return ""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`"


# --- errors ------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Raised:
    """One place that raises a refusal."""

    package: str
    code: str
    error: str
    detail: str


def errors() -> str:
    """The document about error codes."""
    found = sorted(set(raised()))
    parts = [ERRORS_INTRODUCTION]
    for package in sorted({one.package for one in found}):
        lines = [f"## {package.replace('_', '-')}", ""]
        lines += ["| code | error | in words, for logs |", "|---|---|---|"]
        codes: dict[tuple[str, str], set[str]] = {}
        for one in found:
            if one.package == package:
                codes.setdefault((one.code, one.error), set()).add(one.detail)
        for (code, error), details in codes.items():
            lines.append(f"| `{code}` | {error} | {' '.join(sorted(details - {''}))} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def raised() -> Iterator[Raised]:
    """Every refusal that is made with a literal code, in every package."""
    for pattern in SOURCES:
        for source in sorted(ROOT.glob(pattern)):
            for path in sorted(source.rglob("*.py")):
                yield from _raised_in(path, path.relative_to(source).parts[0])


def _raised_in(path: Path, package: str) -> Iterator[Raised]:
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        code = _text(node.args[0], constants)
        if (node.func.id in ERRORS or node.func.id == API_REFUSAL) and code:
            detail = _text(node.args[1], constants) if len(node.args) > 1 else ""
            yield Raised(package, code, node.func.id, detail)


def _text(node: ast.expr, constants: Mapping[str, object]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        value = constants.get(node.id, "")
        return value if isinstance(value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    return ""


# --- metrics -----------------------------------------------------------------


def metrics() -> str:
    """The document about metrics."""
    with warnings.catch_warnings():
        # eventlet announces its retirement at its first import.
        warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
        of_the_gateway = ("gateway.web.begin_request", "gateway.serving.rules")
        for name in (*(f"{service}.service" for service in SERVICES), *of_the_gateway):
            importlib.import_module(name)
    parts = [
        METRICS_INTRODUCTION,
        "| metric | kind | labels | what it tells |",
        "|---|---|---|---|",
    ]
    for name, one in sorted(DECLARED.items()):
        labels = ", ".join(f"`{label}`" for label in one.labels)
        parts.append(f"| `{name}` | {one.kind} | {labels} | {one.documentation} |")
    return "\n".join(parts) + "\n"


# --- sections of the settings ------------------------------------------------


def sections() -> str:
    """The document about who may see and change what in the settings."""
    lines = [SECTIONS_INTRODUCTION, "| section | address | who sees it | who changes it |"]
    lines += ["|---|---|---|---|"]
    for one in SECTIONS:
        of = ", one's own" if one.own else ""
        sees, changes = (_roles(needed) for needed in (one.see, one.change or one.see))
        lines.append(f"| {one.title} | `{one.address}` | {sees}{of} | {changes}{of} |")
    return "\n".join(lines) + "\n"


def _roles(needed: Permission | None) -> str:
    roles = [role for role in Role if needed is None or needed in ROLE_PERMISSIONS[role]]
    by = f" (`{needed}`)" if needed else ""
    return ("every role" if len(roles) == len(Role) else ", ".join(roles)) + by


# --- the API -----------------------------------------------------------------


def openapi() -> str:
    """The API's OpenAPI document."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


# --- mails -------------------------------------------------------------------


def mails() -> str:
    """The document about mails."""
    lines = [MAILS_INTRODUCTION, "| mail | in the log | to | planned by | opens |"]
    lines += ["|---|---|---|---|---|", *(_mail_row(mail) for mail in MAILS)]
    return "\n".join(lines) + "\n"


def _mail_row(mail: Mail[Any]) -> str:
    cause = f"`{mail.cause.event.TYPE}`" if mail.cause else "the time"
    opens = f"`{mail.page}`" if mail.to is Recipient.PRACTITIONER else mail.target or "the portal"
    called = MAIL_KINDS[mail.kind] + (", with an invitation" if mail.invitation else "")
    return f"| `{mail.kind}` | {called} | {mail.to} | {cause} | {opens} |"


DOCUMENTS = {
    "messages.md": reference.render,
    "mails.md": mails,
    "settings.md": settings,
    "errors.md": errors,
    "metrics.md": metrics,
    "sections.md": sections,
    "openapi.json": openapi,
}


def main(folder: Path) -> None:
    """Write every document into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in DOCUMENTS.items():
        (folder / name).write_text(render(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
