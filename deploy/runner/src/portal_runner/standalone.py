"""The whole portal in one process: ``python -m portal_runner.standalone``.

It patches before anything else is imported: four services, their background
work and the web server share one thread of the operating system.
"""

import portal_chassis.process.patching  # isort: skip # noqa: F401 - before anything else

import os
import sys

from portal_runner.one_process import run

if __name__ == "__main__":
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that never ends by itself (a driver's) must not keep a stopped portal alive.
    os._exit(code)
