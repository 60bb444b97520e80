"""What no format may show: terminal escapes, control characters, and characters that reorder or hide text.

Characters that deceive are made visible as `⟨U+202E⟩` rather than dropped: a reviewer should see the attempt.
Reordering of source text by bidirectional controls: CVE-2021-42574 (https://trojansource.codes).
"""

from __future__ import annotations

import re

ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?"  # OSC: titles, hyperlinks
    r"|[\x1b\x9b][\[\]()#;?]{0,3}[0-9;?:<=>!\"'$ ]{0,60}[@-~]?"  # CSI and short escapes
)
DECEIVING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and newline
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible or reordering
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"  # no characters at all, and invisible tags
)
SPACES = re.compile(r"\s+")


def clean(text: object) -> str:
    """`text` without terminal escapes, its line ends as `\\n`, and every deceiving character made visible."""
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    plain = ESCAPES.sub("", plain).replace("\r\n", "\n").replace("\r", "\n")
    return DECEIVING.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", plain)


def one_line(text: object) -> str:
    """`clean`, with every run of white space, line ends included, as one space."""
    return SPACES.sub(" ", clean(text)).strip()
