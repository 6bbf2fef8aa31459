"""The pages of the API's documentation: the index, the longest group, schemas."""

from __future__ import annotations

from typing import Any

from scene import Scene

from gateway.api.docs_page import DOCS, prose, reference


def _documentation(name: str, template: str, address: str, **more: Any) -> Scene:
    context = {"reference": reference(), "prose": prose, "docs": DOCS, **more}
    return Scene(f"api-{name}", f"api/{template}.html", context, DOCS + address, practice=False)


_LONGEST = max(reference().groups.values(), key=lambda group: len(group.operations))

SCENES = [
    _documentation("index", "docs", ""),
    _documentation("group", "docs_group", f"/{_LONGEST.slug}", group=_LONGEST),
    *(
        _documentation(name, "docs_schema", f"/schemas/{name}", schema=reference().schemas[name])
        for name in ("ServiceFields", "WhyNot")
    ),
]
