"""What of a pull request decides: the files that CODEOWNERS names owners of.

A review by code owners is what lets a change of the judge in, so what has no owner must not decide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Owned:
    """A line of CODEOWNERS: a pattern, and whether it names owners; without any, what it fits has none."""

    pattern: str
    owned: bool


def read_owned(codeowners: str) -> tuple[Owned, ...]:
    """The lines of CODEOWNERS in their order."""
    lines = (line.split("#")[0].split() for line in codeowners.splitlines())
    return tuple(Owned(words[0], len(words) > 1) for words in lines if words)


def find_deciding(name: str, lines: Iterable[Owned]) -> str:
    """The pattern by which a file has owners, empty if nobody owns it. The last line that fits counts:
    https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

    A path with an asterisk in it is not understood; what it gives an owner is then everything, and what it takes one
    from is nothing.
    """
    deciding = ""
    for line in lines:
        if fits(line.pattern, name, unknown=line.owned):
            deciding = line.pattern if line.owned else ""
    return deciding


def fits(pattern: str, name: str, *, unknown: bool) -> bool:
    """Whether a file is, or lies in, what a pattern names: one word anywhere, a path from the top."""
    place, parts = pattern.strip("/"), name.split("/")
    if "/" not in pattern.rstrip("/"):
        return any(fnmatchcase(part, place) for part in (parts[:-1] if pattern.endswith("/") else parts))
    if set(place) & set("*?["):
        return unknown
    return name == place or name.startswith(f"{place}/")


def touched_places(files: Iterable[Mapping[str, Any]], lines: Iterable[Owned]) -> dict[str, str]:
    """The files and folders at the top that decide and that a pull request touches, also by the name that a file had
    before, each with the pattern by which it has owners."""
    lines = tuple(lines)
    names = {str(file.get(key) or "") for file in files for key in ("filename", "previous_filename")} - {""}
    deciding = {name: find_deciding(name, lines) for name in sorted(names)}
    return {top(name): pattern for name, pattern in deciding.items() if pattern}


def top(name: str) -> str:
    folder, separator, _ = name.partition("/")
    return folder + separator


def unowned_patterns(faults: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The patterns whose owners GitHub does not know, so that nobody is asked:
    https://docs.github.com/en/rest/repos/repos#list-codeowners-errors"""
    lines = read_owned("\n".join(str(fault.get("source") or "").strip() for fault in faults))
    return frozenset(line.pattern for line in lines)
