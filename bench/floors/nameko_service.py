"""A stock nameko service: ``python -m bench.floors.nameko_service URI NAME BYTES``."""

# ruff: noqa: E402 - the process is patched before anything else is imported

import warnings

warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()

import sys
from typing import Any

from nameko.rpc import rpc  # noqa: TID251 - it is what is measured
from nameko.runners import ServiceRunner


def main(amqp_uri: str, name: str, size: int) -> None:
    """Answer until the process is ended."""
    answer = "x" * size

    class Service:
        """Its one method does nothing but answer."""

        @rpc
        def ask(self, _body: str) -> str:
            """So many characters."""
            return answer

    service: Any = Service
    service.name = name
    runner = ServiceRunner({"AMQP_URI": amqp_uri})
    runner.add_service(service)
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
