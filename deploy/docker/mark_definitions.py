"""Write into docker-compose.yml which definitions its RabbitMQ loads; ``make reference``.

Compose makes a container anew when what it says of it has changed, and does not look into files:
without the mark a broker that runs would keep the rights of the release before, by which the new
services may not take from their new queues.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DEFINITIONS = ROOT / "deploy" / "rabbitmq" / "definitions.json"
_MARK = re.compile(r"(?<=      latchkey\.definitions: )\S+")


def with_mark(text: str, definitions: bytes) -> str:
    """The file with the mark of these definitions; all else stays.

    Raises:
        LookupError: it has no place for one.
    """
    marked, places = _MARK.subn(f'"{hashlib.sha256(definitions).hexdigest()[:12]}"', text)
    if places != 1:
        message = f"{COMPOSE.name} has no label latchkey.definitions"
        raise LookupError(message)
    return marked


if __name__ == "__main__":
    text = with_mark(COMPOSE.read_text("utf-8"), DEFINITIONS.read_bytes())
    COMPOSE.write_text(text, "utf-8")
