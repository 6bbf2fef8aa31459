"""The `portal` command, whose processes are told by the environment which library's way to go."""

from typing import Any

from bench.liberties import VARIABLE
from portal_runner import cli, stack

_stack: Any = stack
_stack.INHERITED = (*_stack.INHERITED, "PYTHONPATH", VARIABLE)

if __name__ == "__main__":
    cli.main()
