"""Text inside GitHub's Markdown: no formatting, no HTML, no table cell, no mention and no link may come from data."""

from __future__ import annotations

import re
from urllib.parse import quote

from markupsafe import escape

from gitops.report.text.escape.text import clean, one_line
from gitops.report.text.words import shorten

PUNCTUATION = re.compile(
    r"([\\`*\[\]<>|~&$#]"  # marks that format anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore inside a word is only a letter
    r"|:(?=[\w+-]{1,40}:)"  # :emoji:
    r"|^[-+=]|^\d+(?=[.)]))"  # what would start a list or a heading
)
BREAK = "\u200b"
"""Zero-width space. Put inside `@name`, `#12` and `https://` it keeps GitHub from notifying or linking."""
TRIGGERS = re.compile(r"@(?=\S)|#(?=\d)|(?<=\bGH)-(?=\d)|:(?=//)|(?<=\bwww)\.|(?<=\bmailto):", re.IGNORECASE)
LONGEST_URL = 2_000
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def prose(text: object, limit: int = 600) -> str:
    """`text` as plain words in a paragraph, list item or table cell, at most `limit` characters of it."""
    plain = shorten(one_line(text), limit)
    broken = TRIGGERS.sub(lambda match: f"{match.group()}{BREAK}", plain)
    return PUNCTUATION.sub(harmless, broken)


def harmless(match: re.Match[str]) -> str:
    mark = match.group()
    if mark.isdigit():
        return f"{BREAK}{mark}"
    return ENTITIES.get(mark, f"\\{mark}")


def code(text: object, limit: int = 120) -> str:
    """`text` as HTML code: unlike a code span it can hold pipes and backticks inside a table as well."""
    plain = shorten(one_line(text), limit)
    return f"<code>{prose(plain, limit)}</code>" if plain else ""


def raw(text: object, limit: int = 200) -> str:
    """`text` inside an HTML block (a `<summary>`), where Markdown's own escapes would be shown."""
    broken = TRIGGERS.sub(lambda match: f"{match.group()}{BREAK}", shorten(one_line(text), limit))
    return str(escape(broken))


def fence(body: str, language: str) -> str:
    """`body`, already clean, in a fence that nothing inside can close."""
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{body}\n{marks}"


def fence_line(text: object) -> str:
    """`text` as one line of a fenced block, without the comment marks by which the report finds itself again."""
    return clean(text).replace("\n", " ⏎ ").replace("\t", "    ").replace("<!--", f"<{BREAK}!--")


def link(label: str, url: str) -> str:
    """A link whose `label` is Markdown already; the label alone for an address that is not plain https or http."""
    safe = safe_url(url)
    return f"[{label}]({safe})" if safe else label


def safe_url(url: str) -> str:
    """The address with everything quoted that could end it, empty if it is no http address or an endless one."""
    if not re.match(r"https?://[\w.-]+(:\d+)?(/|$)", url):
        return ""
    quoted = quote(url, safe="/:?&=%#~+,;@!$-._", encoding="utf-8", errors="replace")
    return quoted if len(quoted) <= LONGEST_URL else ""
