"""The machine that was measured on, in one line."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

KILOBYTES_PER_GIGABYTE = 1024 * 1024
PACKAGES = ("nameko", "falcon", "gunicorn", "kombu", "amqp", "SQLAlchemy", "psycopg")


def describe() -> dict[str, str]:
    """What it is and what runs on it, by name."""
    kilobytes = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": f"{os.cpu_count()} × {_field('/proc/cpuinfo', 'model name') or 'unknown'}",
        "memory": f"{kilobytes / KILOBYTES_PER_GIGABYTE:.0f} GB",
        "system": f"{_system()}, Linux {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def sentence(machine: dict[str, str], servers: str) -> str:
    """The same, for the README."""
    return (
        f"{machine['processor']}, {machine['memory']} of memory, {machine['system']}, "
        f"Python {machine['python']}, {servers}, {machine['packages']}."
    )


def load_average() -> str:
    """How many processes wanted a core in the last one, five and fifteen minutes."""
    return ", ".join(f"{number:.2f}" for number in os.getloadavg())


def _field(path: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.+)$", Path(path).read_text(), re.MULTILINE)
    return found[1].strip() if found else ""


def _system() -> str:
    found = re.search(
        r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release").read_text(), re.MULTILINE
    )
    return found[1] if found else platform.system()
