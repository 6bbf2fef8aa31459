"""Hands mails in over connections that are kept: one for each of the worker's threads."""

from __future__ import annotations

import smtplib
import threading

from django.core.mail import EmailMessage, get_connection

_kept = threading.local()


def send(message: EmailMessage) -> None:
    """Hand `message` in; once more over a new connection where the kept one has ended.

    Raises:
        SMTPException: the server does not take it.
    """
    if not hasattr(_kept, "connection"):
        _kept.connection = get_connection()
    message.connection = _kept.connection
    # A connection that is open before stays open after.
    _kept.connection.open()
    try:
        message.send()
    except smtplib.SMTPServerDisconnected:
        _kept.connection.close()
        _kept.connection.open()
        message.send()
