"""The commands of the API's description work as they are written."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal_runner.testing.api_practice import ApiClient, ApiPractice

pytestmark = pytest.mark.timeout(240)

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    """The blocks of that language, in order."""
    return [text for found, text in BLOCK.findall(DOCUMENT.read_text("utf-8")) if found == kind]


def without_what_is_new_each_time(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem document without the request's id, and its type without the portal's address."""
    return problem | {"request_id": "", "type": problem["type"].partition("/problems/")[2]}


def test_the_commands_work_and_answer_what_is_shown(
    api_practice: ApiPractice, anna: ApiClient
) -> None:
    commands = blocks("sh")
    assert commands
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
    [shown] = blocks("json")
    answered = json.loads(done.stdout.splitlines()[-1])
    assert without_what_is_new_each_time(answered) == without_what_is_new_each_time(
        json.loads(shown)
    )
    [clara] = api_practice.program.get("/clients?search=clara")["items"]
    assert clara["preferred_name"] == "Clara"
