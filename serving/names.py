"""A name given on the command line: one that is known, or an error with the nearest one."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from difflib import get_close_matches


def one_of(kind: str, known: Iterable[str]) -> Callable[[str], str]:
    """An argument's `type` for argparse."""
    names = sorted(known)

    def parse(name: str) -> str:
        if name in names:
            return name
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names) or 'none'}."
        raise ArgumentTypeError(f"no {kind} is called '{name}'\n  {hint}")

    return parse
