"""Structured logs that hold no secret and no personal text.

What is logged are ids, codes and counts. The redaction here is the second
net: it masks link tokens, e-mail addresses and fields with telling names in
whatever a library may write.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"lk_[A-Za-z0-9_-]{8,}")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}")
_SECRET_NAMES = frozenset(
    {"password", "token", "cookie", "authorization", "secret", "body", "email", "name", "text"}
)
_MASK = "•••"

_QUIET = ("kombu", "amqp", "nameko", "urllib3", "alembic", "eventlet", "fontTools")


def redact(text: str) -> str:
    """`text` with link tokens and e-mail addresses masked."""
    return _EMAIL.sub(_MASK, _TOKEN.sub(f"lk_{_MASK}", text))


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key in _SECRET_NAMES:
            event[key] = _MASK
        elif isinstance(value, str):
            event[key] = redact(value)
    return event


def configure_logging(service: str, level: str = "INFO", log_format: str = "json") -> None:
    """Send structlog's and the standard library's logs to stderr, redacted.

    Args:
        service: written into every line.
        level: the least severe line that is written.
        log_format: ``json`` (one object per line) or ``console``.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_service(service),
        _redact_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _drop_exception,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # nameko logs every exception of a method with its text; ours are logged by the entry points.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)


def _add_service(service: str) -> Any:
    def add(
        _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    return add


def _drop_exception(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an exception by where it arose: its text may hold personal data."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    event.pop("exception", None)
    error = (
        info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    )
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = origin(error)
    return event


def origin(error: BaseException, frames: int = 6) -> str:
    """Where `error` arose: its innermost frames as ``file:line function``, without values."""
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-frames:]))
