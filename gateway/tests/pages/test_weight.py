"""What a browser that has nothing yet is sent for the console's first page."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

import pytest
from gallery import Gallery
from scenes import SCENES

MOST_BYTES = 40_000
LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
IMPORTED = re.compile(r'(?:from|import)\s*"(\./[^"]+)"')


def files_of(gallery: Gallery, page: str) -> dict[str, int]:
    """Each file that the page names, or a module of it imports, with its bytes as they are sent."""
    waiting, sizes = LINKED.findall(page), {}
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        file = gallery.static.find(address.split("/", 3)[3])
        sizes[address] = len(file.compressed or file.content)
        if address.endswith(".js"):
            waiting += [urljoin(address, one) for one in IMPORTED.findall(file.content.decode())]
    return sizes


@pytest.mark.parametrize("name", ["console-today-undone", "console-today-alerts"])
def test_the_first_visit_of_the_console_is_light(name):
    gallery = Gallery()
    page = gallery.render(SCENES[name])
    sizes = files_of(gallery, page) | {"the page": len(gzip.compress(page.encode(), 6))}
    assert len(sizes) > 8
    assert sum(sizes.values()) <= MOST_BYTES, sizes
