"""A page's styles written into its elements once, for all mails that are made from it.

Programs that show mails drop style sheets. Written into each finished mail, its styles cost more
than its words (bench/PROFILE.md), and what belongs to whom is the same in all of them.
"""

from __future__ import annotations

import re
from pathlib import Path

from css_inline import CSSInliner

_INCLUDED = re.compile(r'{% include "([a-z.]+)" %}')
_TAG = re.compile(r"{%.*?%}")
_SLOT = re.compile(r"{{.*?}}")
_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
_LEFT_OUT = re.compile(r"<!--left-(\d+)-left-->|left-(\d+)-left")


def with_styles_inlined(path: Path) -> str:
    """The template at `path`, its styles in its elements; what it includes stands in it.

    The page is parsed, and parsed pages know no templates. So each tag of Jinja's is a comment
    meanwhile, which may stand between any two elements, and each slot a word, which may stand in
    a text, an attribute or a declaration.
    """
    page = _INCLUDED.sub(lambda found: (path.parent / found[1]).read_text(), path.read_text())
    left_out: list[str] = []

    def leave_out(found: re.Match[str], stands_there: str) -> str:
        left_out.append(found[0])
        return stands_there % (len(left_out) - 1)

    page = _COMMENT.sub("", page)
    page = _TAG.sub(lambda found: leave_out(found, "<!--left-%d-left-->"), page)
    page = _SLOT.sub(lambda found: leave_out(found, "left-%d-left"), page)
    inlined = CSSInliner(load_remote_stylesheets=False).inline(page)
    return _LEFT_OUT.sub(lambda found: left_out[int(found[1] or found[2])], inlined)
