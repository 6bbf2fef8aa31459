"""The points at which a test can make a service die, and the file by which it asks for that."""

from __future__ import annotations

from enum import StrEnum

FOLDER_VARIABLE = "PORTAL_CRASH_FOLDER"


class CrashPoint(StrEnum):
    """Where a process dies.

    A call goes through ``before_commit`` (nothing is written), ``before_reply``
    (committed, nobody knows) and ``before_ack`` (answered, and it will come
    again). An event that is published goes through ``before_publish`` and
    ``before_mark`` (the broker has it, the outbox does not know); one that is
    taken through ``before_commit`` and ``before_ack``. A mail goes through
    ``before_handing_in``, noted and not sent, and ``after_acceptance``: the server has said 250,
    and we have not noted it.
    """

    BEFORE_COMMIT = "before_commit"
    BEFORE_REPLY = "before_reply"
    BEFORE_ACK = "before_ack"
    BEFORE_PUBLISH = "before_publish"
    BEFORE_MARK = "before_mark"
    BEFORE_HANDING_IN = "before_handing_in"
    AFTER_ACCEPTANCE = "after_acceptance"


def file_name(service: str, point: CrashPoint, what: str) -> str:
    """The file that asks for it.

    Args:
        service: its package's name.
        point: where the process is to die.
        what: of a call its method's name, of an event its type or, before a
            commit, its handler's name; of a job its method's name; of a mail
            ``mail`` before it is handed in, and ``accepted`` after it.
    """
    return f"{service}.{point}.{what}"
