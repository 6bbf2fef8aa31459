"""The page an act was begun on, to which it leads back."""

from __future__ import annotations

import re
from typing import Final

from gateway.web.submitted import Submitted

TODAY: Final = "/console"

_PAGES: Final = re.compile(r"/console(/calendar\?[a-z0-9=&-]*)?")
"""Today and the calendar: pages of many appointments, where the next act is."""


def way_back(sent: Submitted) -> str:
    """The page that `sent` names in ``back``; empty where it names none that is led back to.

    No address of elsewhere ever comes out of it.
    """
    back = sent.raw("back")
    return back if _PAGES.fullmatch(back) else ""
