"""Python imports this first; see `bench.liberties`."""

import contextlib
import os
import sys
from types import ModuleType

_without = [name for name in os.environ.get("LATCHKEY_BENCH_OWN_WAYS", "").split(",") if name]
_service = "portal_chassis.launch" in sys.orig_argv
_gateway = any("gunicorn" in word for word in sys.orig_argv)
if _without and (_service or _gateway):
    if "unused libraries" in _without:
        _found = ModuleType("portal_chassis.unused_libraries")
        _found.not_found = lambda *_names: contextlib.nullcontext()  # type: ignore[attr-defined]
        sys.modules[_found.__name__] = _found
    if _service:
        import portal_chassis.process.patching  # noqa: F401 - before anything else
    from bench.liberties.own_ways import IN_SERVICES, OWN_WAYS

    for _name in _without:
        if _service or _name not in IN_SERVICES:
            OWN_WAYS[_name]()
