"""Which of a pull request's files have code owners.

A change to the checks themselves is only stopped by a review of code owners, so every file that can influence a check
must have one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Owned:
    """A line of CODEOWNERS: a pattern, and whether the line names owners. Without any, its files have no owner."""

    pattern: str
    owned: bool


def read_owned(codeowners: str) -> tuple[Owned, ...]:
    """The lines of CODEOWNERS in order, without comments."""
    lines = (line.split("#")[0].split() for line in codeowners.splitlines())
    return tuple(Owned(words[0], len(words) > 1) for words in lines if words)


def find_deciding(name: str, lines: Iterable[Owned]) -> str:
    """The pattern that gives a file its owners; empty if it has none. The last matching line counts:
    https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

    A path with wildcards is not evaluated. To be safe, one with owners matches every file, one without none.
    """
    deciding = ""
    for line in lines:
        if fits(line.pattern, name, unknown=line.owned):
            deciding = line.pattern if line.owned else ""
    return deciding


def fits(pattern: str, name: str, *, unknown: bool) -> bool:
    """Whether a pattern matches a file or a folder around it: a single name at any depth, a path from the root."""
    place, parts = pattern.strip("/"), name.split("/")
    if "/" not in pattern.rstrip("/"):
        return any(fnmatchcase(part, place) for part in (parts[:-1] if pattern.endswith("/") else parts))
    if set(place) & set("*?["):
        return unknown
    return name == place or name.startswith(f"{place}/")


def touched_places(files: Iterable[Mapping[str, Any]], lines: Iterable[Owned]) -> dict[str, str]:
    """The top-level files and folders with code owners that a pull request changes, each with the matching pattern. A
    renamed file counts under both names."""
    lines = tuple(lines)
    names = {str(file.get(key) or "") for file in files for key in ("filename", "previous_filename")} - {""}
    deciding = {name: find_deciding(name, lines) for name in sorted(names)}
    return {top(name): pattern for name, pattern in deciding.items() if pattern}


def top(name: str) -> str:
    folder, separator, _ = name.partition("/")
    return folder + separator


def unowned_patterns(faults: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The patterns whose owners GitHub does not know, so that it requests no review:
    https://docs.github.com/en/rest/repos/repos#list-codeowners-errors"""
    lines = read_owned("\n".join(str(fault.get("source") or "").strip() for fault in faults))
    return frozenset(line.pattern for line in lines)
