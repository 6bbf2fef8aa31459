"""How many rows a statement asks for."""

from __future__ import annotations

from sqlalchemy import BindParameter, Integer, bindparam


def limit_written_out(name: str) -> BindParameter[int | None]:
    """A LIMIT that is given when the statement is run and written into it; None is no limit.

    PostgreSQL keeps one plan of a prepared statement only where that looks no
    dearer than planning with the values at hand. Of a limit that it does not
    know it believes a tenth of all rows, so it would plan again each time,
    which takes longer than running it.
    """
    return bindparam(name, type_=Integer(), literal_execute=True)
