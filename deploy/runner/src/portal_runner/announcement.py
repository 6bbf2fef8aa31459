"""What a person reads at the terminal when the portal is up."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from portal_runner.demo.practice import DemoPractice

WIDTH = 20


def announce(url: str, folder: Path, demo: DemoPractice | None, *, mails: str = "") -> None:
    """Print where the portal answers, and how to enter the demo practice.

    Args:
        url: of the portal.
        folder: of its data.
        demo: the demo practice, if there is one.
        mails: where mails go; by default the mailbox page.
    """
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text("\nLatchkey is ready.\n", style="bold"))
    lines = {"Console": f"{url}/console"}
    if demo is not None:
        lines |= {"  sign in as": demo.email, "  with password": demo.password}
        if demo.link_token:
            lines["A client's portal"] = f"{url}/p/{demo.link_token}"
        lines["Mails it sends"] = mails or f"{url}/dev/mail"
    lines["Data"] = str(folder)
    for label, value in lines.items():
        console.print(Text(f"{label:<{WIDTH}}") + Text(value, style="bold"))
    console.print("\nPress Ctrl-C to stop. What you entered stays.")
    console.file.flush()


def keep_both(folder: Path, key: Path) -> str:
    """The sentence of the start that made the master key."""
    return (
        f"Keep two things, apart from each other: the data in {folder}, and their master key, "
        f"which was made just now: {key}. Nothing that was sealed opens again without it."
    )


def became_its_own(folder: Path, original: Path) -> str:
    """The sentence of a copy's first start."""
    return f"{folder} was a copy of {original}. From now on it is a portal of its own."


def answers_elsewhere(wanted: int, port: int) -> str:
    """The sentence of a portal whose port is taken at its first start."""
    return f"Port {wanted} is taken; the portal answers on {port} instead."
