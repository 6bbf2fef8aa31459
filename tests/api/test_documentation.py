"""The commands of the API's description work as they are written."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.kit.portal.api_practice import ApiClient, ApiPractice

pytestmark = pytest.mark.timeout(240)

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str, text: str) -> list[str]:
    """The blocks of that language in `text`, in order."""
    return [block for found, block in BLOCK.findall(text) if found == kind]


def api_section() -> str:
    """What the repository's README says of the API."""
    return (ROOT / "README.md").read_text("utf-8").partition("## The API")[2].partition("\n## ")[0]


def without_what_is_new_each_time(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem document without the request's id, and its type without the portal's address."""
    return problem | {"request_id": "", "type": problem["type"].partition("/problems/")[2]}


def test_the_commands_work_and_answer_what_is_shown(
    api_practice: ApiPractice, anna: ApiClient
) -> None:
    document = DOCUMENT.read_text("utf-8")
    commands = blocks("sh", api_section()) + blocks("sh", document)
    assert len(commands) > len(blocks("sh", document)) > 0
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "\necho\n".join(commands)],
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PORTAL": api_practice.program.base_url,
            "TOKEN": str(api_practice.program.bearer),
            "LINK_TOKEN": anna.link_token,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    [shown] = blocks("json", document)
    answered = json.loads(done.stdout.splitlines()[-1])
    assert without_what_is_new_each_time(answered) == without_what_is_new_each_time(
        json.loads(shown)
    )
    [clara] = api_practice.program.get("/clients?search=clara")["items"]
    assert clara["preferred_name"] == "Clara"
