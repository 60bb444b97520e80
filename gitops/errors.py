"""The one exception that commands turn into a message and exit code 2: something the user can mend.

Every such error says where it was found, what was found, what was expected and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_NAMED = 30


class UserError(Exception):
    """A problem the user can mend.

    `where` is a file, key or command; `hint` the next step. Both may be empty.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    @property
    def located(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def __str__(self) -> str:
        return f"{self.located}\n  {self.hint}" if self.hint else self.located


class Refused(UserError):
    """A deployment that is not allowed. Nothing is broken, and nothing was touched. Exit code 1."""


def require_known(
    kind: str, name: str, known: Iterable[str], shown: Iterable[str] | None = None, *, where: str = "", more: str = ""
) -> str:
    """Returns the name if it is known, else raises `UserError` with the nearest known name.

    `kind` says what the name is of, `shown` which known names to list (default: all), `more` what else to do.
    """
    known = tuple(known)
    if name not in known:
        hint = f"{nearest(name, known, shown)} {more}".rstrip()
        raise UserError(f"no {kind} is called '{name}'", where=where, hint=hint)
    return name


def close_to(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'prod'?` for a misspelt name, empty where none is near."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else ""


def nearest(word: str, known: Iterable[str], shown: Iterable[str] | None = None) -> str:
    """As `close_to`; else the list of the known names, or of those that `shown` has."""
    known = sorted(known)
    if close := close_to(word, known):
        return close
    known = known if shown is None else list(shown)
    if len(known) > MOST_NAMED:
        return f"None of the {len(known)} known names is similar."
    return f"Known: {', '.join(known) or 'none'}."
