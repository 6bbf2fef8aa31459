"""Structured logs that hold no secret and no personal text.

What is logged are ids, codes and counts. The redaction here is the second
net: it masks link tokens, e-mail addresses and fields with telling names in
whatever a library may write.

Our own lines go to stderr as they are; those of libraries come by the standard library's
handlers and get the same form.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from portal_chassis import tracing

_TOKEN = re.compile(r"lk_[A-Za-z0-9_-]{8,}")
_EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,255}\.[^\W\d_]{2,}")
_PASSWORD_IN_ADDRESS = re.compile(r"(://[^:/\s@]*:)[^/\s]*@")
_SECRET_NAMES = frozenset(
    {"password", "token", "cookie", "authorization", "secret", "body", "email", "name", "text"}
)
_MASK = "•••"

_QUIET = ("kombu", "amqp", "nameko", "urllib3", "alembic", "eventlet", "fontTools")


def redact(text: str) -> str:
    """`text` with link tokens, passwords in addresses of servers and e-mail addresses masked."""
    text = _TOKEN.sub(f"lk_{_MASK}", text)
    if "@" in text:
        text = _PASSWORD_IN_ADDRESS.sub(rf"\1{_MASK}@", text)
        text = _EMAIL.sub(_MASK, text)
    return text


def _redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key != "exc_info":
            event[key] = _redact_value(key, value)
    return event


def _redact_value(key: str, value: Any) -> Any:
    if key in _SECRET_NAMES:
        return _MASK
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, Mapping):
        return {name: _redact_value(str(name), one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redact_value("", one) for one in value]
    return value


def configure_logging(service: str, level: str = "INFO", log_format: str = "json") -> None:
    """Send structlog's and the standard library's logs to stderr, redacted.

    Args:
        service: written into every line.
        level: the least severe line that is written.
        log_format: ``json`` (one object per line) or ``console``.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        _add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_service(service),
        _redact_event,
    ]
    renderer: Any = (
        _json_line
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, _drop_exception, renderer],
        logger_factory=_NamedLogger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
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


class _NamedLogger:
    """Writes lines to stderr as it is then, each in one piece; `name` is that of their module."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, message: str) -> None:
        """Write a line."""
        sys.stderr.write(message + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


def _add_logger_name(
    logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # The standard library's own lines stand in a record, whose logger is not handed on.
    record = event.get("_record")
    event["logger"] = logger.name if record is None else record.name
    return event


_ENCODER = json.JSONEncoder(default=repr)


def _json_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return _ENCODER.encode(event)


def _add_service(service: str) -> Any:
    def add(
        _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    return add


def _add_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    trace = tracing.current()
    if trace is not None:
        event["trace_id"], event["span_id"] = trace.trace_id, trace.span_id
        if trace.parent_id:
            event["parent_span_id"] = trace.parent_id
    return event


def _drop_exception(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an exception by where it arose: its text may hold personal data."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    event.pop("exception", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
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
