"""Reads the Dockerfiles: what each image is told to hold and to start."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from portal_contracts.catalogue import SERVICES
from tests.kit import ROOT

DOCKERFILES = {
    **{
        name.replace("_", "-"): f"services/{name.replace('_', '-')}/Dockerfile" for name in SERVICES
    },
    "gateway": "gateway/Dockerfile",
    "portal": "deploy/runner/Dockerfile",
}
"""Image, as in ``latchkey/<image>``, to the file that makes it."""


@dataclass(frozen=True)
class Instruction:
    """One line of a Dockerfile, continued lines joined."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """What follows, also where it is written as a list."""
        start = self.rest.find("[")
        return _list(self.rest[start:]) if start >= 0 else self.rest.split()


@dataclass(frozen=True)
class Image:
    """One Dockerfile.

    Attributes:
        name: of the image.
        stages: its stages, each a list of instructions that begins with FROM.
    """

    name: str
    stages: list[list[Instruction]]

    @property
    def final(self) -> list[Instruction]:
        """The stage that becomes the image."""
        return self.stages[-1]

    def one(self, word: str) -> Instruction:
        """The one instruction `word` of the last stage."""
        found = [instruction for instruction in self.final if instruction.word == word]
        assert len(found) == 1, f"{self.name}: {word}"
        return found[0]

    @property
    def command(self) -> list[str]:
        """What it starts."""
        return self.one("CMD").words

    @property
    def health(self) -> list[str]:
        """What asks for its health; nothing for an image that runs to its end."""
        rest = self.one("HEALTHCHECK").rest
        return [] if rest == "NONE" else _list(rest[rest.index("[") :])

    @property
    def environment(self) -> dict[str, str]:
        """The variables it sets."""
        pairs = re.findall(r'(\w+)=("[^"]*"|\S+)', self.one("ENV").rest)
        return {name: value.strip('"') for name, value in pairs}

    @property
    def distributions(self) -> set[str]:
        """The folders of ours that it installs."""
        text = " ".join(one.rest for one in self.stages[1] if one.word == "RUN")
        return set(re.findall(r"\./([\w/-]+)", text))


def image(name: str) -> Image:
    """The image `name`, read from its file."""
    text = (ROOT / DOCKERFILES[name]).read_text("utf-8")
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    stages: list[list[Instruction]] = []
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append(Instruction(word, rest.strip()))
    return Image(name, stages)


def _list(text: str) -> list[str]:
    words: list[str] = json.loads(text)
    return words
