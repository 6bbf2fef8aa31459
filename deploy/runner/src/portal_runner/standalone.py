"""The whole portal in one process: ``python -m portal_runner.standalone``.

It patches before anything else is imported: four services, their background
work and the web server share one thread of the operating system.
"""

import os
import warnings

# Before psycopg is imported: its C wait would block every greenthread of the process.
os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"

# The notice of its retirement is for whoever develops, not for who runs it.
warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()

import sys

from portal_runner.one_process import run

if __name__ == "__main__":
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that never ends by itself (a driver's) must not keep a stopped portal alive.
    os._exit(code)
