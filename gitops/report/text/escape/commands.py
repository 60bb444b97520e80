"""Text inside GitHub's workflow commands, and text printed to a log that a runner reads for such commands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from gitops.report.text.escape.text import clean

JOINER = "\u2060"


def data(text: object) -> str:
    """The message of a command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: object) -> str:
    """A property of a command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def printable(text: object) -> str:
    """Text for a log: `::error::` and `##[group]` inside it mean nothing to the runner."""
    return clean(text).replace("::", f":{JOINER}:").replace("##[", f"#{JOINER}#[")
