"""The pages behind the problem types, for whoever writes a program or is shown its log."""

from __future__ import annotations

import falcon

from gateway.web.request_context import context_of
from gateway.web.resource import Resource
from gateway.words.problems import CODES, KINDS, STATUS_OF, problem_sentence


class ProblemsPage(Resource):
    """``/problems``: every problem type."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """By status."""
        language, text = context_of(req).language, self.wiring.screens.problem_text
        groups = [
            (
                status,
                KINDS[status].title,
                [(code, text(language, code, status)) for code in codes],
            )
            for status, codes in CODES.items()
        ]
        self.show(req, resp, "api/problems.html", groups=groups)


class ProblemPage(Resource):
    """``/problems/<code>``: one of them."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, code: str) -> None:
        """What it means, and what to do.

        Raises:
            falcon.HTTPNotFound: there is no such type.
        """
        status = STATUS_OF.get(code)
        if status is None:
            raise falcon.HTTPNotFound
        self.show(
            req,
            resp,
            "api/problem.html",
            problem=code,
            of=status,
            kind=KINDS[status],
            exactly=self.wiring.screens.problem_text(context_of(req).language, code, status),
            more=problem_sentence(code, status) != KINDS[status].means,
        )
