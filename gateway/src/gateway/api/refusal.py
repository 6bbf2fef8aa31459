"""What the API refuses by itself, before any service is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus


class ApiRefusal(Exception):
    """HTTP, the bearer or the body is not what the operation needs.

    Args:
        code: stable snake_case word; a page of ``/problems`` tells what it means.
        detail: English sentence without personal data.
        status: of the answer.
        fields: a JSON pointer into the body, or a parameter's name, to a code of its own.
        headers: more of the answer's, such as ``WWW-Authenticate``.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: HTTPStatus,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = status
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})


def invalid_request(faults: Iterable[tuple[str, str]]) -> ApiRefusal:
    """422 with every place that does not fit, and its code."""
    return ApiRefusal(
        "invalid_request",
        "Something does not fit; `fields` names each place.",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields=dict(faults),
    )
