"""Text inside a Mermaid label: everything but letters, digits and a few harmless marks becomes an entity code."""

from __future__ import annotations

import re

from gitops.report.text.escape.text import one_line
from gitops.report.text.words import shorten

UNSAFE = re.compile(r"[^\w ,./×+±~−–…-]")


def label(text: object, limit: int = 40) -> str:
    """`text` for the inside of a double-quoted label. Codes are decimal: `#60;` for `<`."""
    return UNSAFE.sub(lambda match: f"#{ord(match.group())};", shorten(one_line(text), limit))
