"""Text inside GitHub's workflow commands, and text printed to a log that a runner reads for such commands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re

from gitops.report.text.escape.text import clean

JOINER = "\u2060"
START = re.compile(r"^((?:\s|\x1b\[[0-9;]*m)*)::")
"""Two colons where a command would begin, behind spaces and colours."""


def data(text: object) -> str:
    """The message of a command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: object) -> str:
    """A property of a command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def disarm(line: str) -> str:
    """A whole line of a log that is no command. The runner reads `::` at the start of one only, `##[` anywhere
    (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs), so that URNs stay as they are.
    """
    return START.sub(f"\\1:{JOINER}:", line).replace("##[", f"#{JOINER}#[")
