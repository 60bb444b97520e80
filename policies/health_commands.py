"""The command with which a container's health is asked for: whether it can fail at all."""

from __future__ import annotations

import re

# a last step that succeeds by itself, alone or after one whose failure it hides
SUCCEEDS = re.compile(r"(^|\|\||;)\s*(true|:|exit 0|/(usr/)?bin/true|echo\b[^&|;<>$`()]*)$")
# what ends the shell with a failure before its last step
FAILS = re.compile(r"\bexit\s+[^0\s]|\bset -\w*e|\bkill\b|\bexec\b|\bif\b|\bwhile\b|\buntil\b")
SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash")


def cannot_fail(command: list[str]) -> bool:
    """Whether a command succeeds whatever the server does. One that is not plain may fail."""
    kind, *words = command or [""]
    if kind == "CMD" and words[:1] and words[0] in SHELLS and words[1:2] == ["-c"]:
        kind, words = "CMD-SHELL", words[2:]
    text = " ".join(words).strip(" ;\n")
    if kind == "CMD":
        return bool(re.fullmatch(r"(/(usr/)?bin/)?true|(/(usr/)?bin/)?echo\b.*", text))
    return kind == "CMD-SHELL" and bool(SUCCEEDS.search(text)) and not FAILS.search(text)
