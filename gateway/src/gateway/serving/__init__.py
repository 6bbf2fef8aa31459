"""How the gateway is served. What gunicorn is told: ``--config=python:gateway.serving``.

Read by gunicorn's first process, which imports nothing else of the gateway but the worker's
class.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

worker_class = "gateway.serving.worker.WholeRequestWorker"
control_socket_disable = True
# A process may usually open 1,024 files, of which it needs some for itself.
worker_connections = 800
# Seconds that a connection may rest; a proxy's own rest for less (deploy/proxy).
keepalive = 5


def on_starting(_server: Any) -> None:
    """Forget what former workers have counted.

    A container that is started anew may find its folders as they were. Its
    workers' process ids come again, and would go on with the files of others.
    """
    folder = os.environ.get(METRICS_FOLDER)
    for file in Path(folder).glob("*.db") if folder else ():
        file.unlink(missing_ok=True)
