"""The Python that runs the portal: does its mail package have what was mended in it?"""

from __future__ import annotations

import platform
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from portal_runner.doctor.finding import Finding, note, ok

_BREAKS_A_LINE = "=?utf-8?q?=0ABcc=3A_a?="
_LONG_WITH_A_COMMA = "Annabella Wilhelmina von Hohenberg-Sonnenschein, Doctor of Philosophy and Law"


def check_python() -> Finding:
    """Judged by what it does: distributions mend a version and leave its number as it was."""
    subject, version = "Python", platform.python_version()
    faults = []
    if b"\nBcc" in _head_with_name(_BREAKS_A_LINE):
        faults.append("writes line breaks into heads (CVE-2024-6923)")
    if b'"' not in _head_with_name(_LONG_WITH_A_COMMA):
        faults.append("splits long names at commas (gh-80222)")
    if not faults:
        return ok(subject, version)
    return note(
        subject,
        f"The mail package of {version} {' and '.join(faults)}. The portal does not rely on it.",
        "Install the newest release of this Python: 3.11.12, 3.12.9 and 3.13.2 have both mended.",
    )


def _head_with_name(name: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(display_name=name, username="a", domain="example.org")
        return message.as_bytes()
    except ValueError:  # as it should be: what is wrong is refused
        return b'"'
