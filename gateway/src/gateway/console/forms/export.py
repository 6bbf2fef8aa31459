"""A template's answers as a file, streamed: what is asked for, and the download."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final
from uuid import UUID

import falcon

from gateway.console.client_names import names_of_clients
from gateway.web.backend import Backend
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.resource import Resource
from gateway.web.streams import begin_stream
from portal_contracts.errors import Invalid
from portal_contracts.forms.export_files import CONTENT_TYPES, FileKind, file_chunks
from portal_contracts.forms.rpc.exports import (
    BEGIN_EXPORT,
    EXPORT_ANSWERS,
    BeginExport,
    ExportAnswers,
    ExportedPage,
)

_NO_FILE_NAME: Final = re.compile(r"[^\w-]+")


class ExportPage(Resource):
    """``/console/forms/templates/<template_id>/export``."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """How many answers there are, and what the file may be."""
        backend = context_of(req).backend
        begun = backend.ask(BEGIN_EXPORT, BeginExport(template_id=template_id))
        self.show(req, resp, "console/export.html", device=practitioner_of(req), begun=begun)

    def on_post(self, req: falcon.Request, resp: falcon.Response, template_id: UUID) -> None:
        """The file, a page at a time; each client in it is written to the access log.

        What is refused is refused before the first byte. What fails later ends the download
        before its end, which browsers say.

        Where others are written, nothing is logged yet, and its page offers to try again.

        Raises:
            Invalid: ``invalid_input``: no such kind of file.
            Unavailable: as many files are being written as may be at once.
        """
        context = context_of(req)
        begun = context.backend.ask(BEGIN_EXPORT, BeginExport(template_id=template_id))
        kind = _kind(context.form.text("kind"))
        names = partial(_names, context.backend) if context.form.text("names") else None

        def chunks() -> Iterator[bytes]:
            first = context.backend.ask(EXPORT_ANSWERS, ExportAnswers(template_id=template_id))
            pages = _pages(context.backend, template_id, first)
            return file_chunks(kind, begun, pages, names)

        resp.stream = begin_stream(chunks)
        resp.content_type = CONTENT_TYPES[kind]
        resp.downloadable_as = f"{_file_name(begun.title)}.{kind}"


def _pages(backend: Backend, template_id: UUID, first: ExportedPage) -> Iterator[ExportedPage]:
    page = first
    yield page
    while page.next_cursor is not None:
        command = ExportAnswers(template_id=template_id, cursor=page.next_cursor)
        page = backend.renewed().ask(EXPORT_ANSWERS, command)
        yield page


def _names(backend: Backend, page: ExportedPage) -> Mapping[UUID, str]:
    found = names_of_clients(backend.renewed(), (one.client_id for one in page.items))
    return {UUID(client_id): name for client_id, name in found.items()}


def _kind(text: str) -> FileKind:
    try:
        return FileKind(text)
    except ValueError:
        raise Invalid("invalid_input", "No such kind.", fields={"kind": "invalid"}) from None


def _file_name(title: str) -> str:
    return _NO_FILE_NAME.sub("-", title).strip("-") or "answers"
