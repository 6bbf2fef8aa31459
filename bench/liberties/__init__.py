"""What the portal does otherwise than a library's own way, and the library's own way instead.

`NAMES` says which; `bench.liberties.own_ways` puts each library's own way back, from outside and
in memory: nothing of this is in the product. A portal that is started with `environment` has
`site/sitecustomize.py` do that in each of its processes before anything else.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"
VARIABLE = "LATCHKEY_BENCH_OWN_WAYS"
NAMES = {
    "frames": "messages of calls and events are made and read past py-amqp and kombu "
    "(`broker/frames.py`)",
    "taken at once": "while a worker is free a call needs no greenthread of its own "
    "(nameko's `_worker_pool`)",
    "worker": "a worker without nameko's logs of each step (`PortalContainer._run_worker`)",
    "hub": "a query waits in eventlet's hub, not in psycopg's selector (`wait_in_hub`)",
    "driver": "statements that are put together once pass SQLAlchemy by (`prepared.run`); "
    "here those that read",
    "unused libraries": "rich, YAML and msgpack are kept from who looks for them (`sys.modules`)",
}


def environment(without: Collection[str]) -> dict[str, str]:
    """What lets a portal's processes go the libraries' own ways.

    Args:
        without: names of `NAMES`.
    """
    return {VARIABLE: ",".join(without), "PYTHONPATH": f"{SITE}:{ROOT}"}
