"""`python -m shared.document stacks/<name>`: writes the table of config keys in the stack's README from its types."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from shared.keys import keys
from shared.problem import InvalidConfig
from shared.settings import StackSettings
from shared.validate import load_settings

BEGIN, END = "<!-- config: begin (written by `python -m shared.document`) -->", "<!-- config: end -->"
EXPECTED = "expected these two lines in it, where the table belongs:"


def table(settings: type[StackSettings]) -> str:
    """The Markdown table of every key the settings declare."""
    rows = [f"| `{k.path}` | {k.type} | {k.default} | {k.description} |" for k in keys(settings)]
    return "\n".join(["| key | type | default | what it is |", "|---|---|---|---|", *rows])


def with_table(readme: str, settings: type[StackSettings]) -> str:
    """The README with the text between its two markers replaced.

    Raises ValueError when the markers are not there.
    """
    if BEGIN not in readme or END not in readme:
        raise ValueError(f"{EXPECTED}\n{BEGIN}\n{END}")
    between = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n{table(settings)}\n{END}", readme)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.document", description=__doc__)
    parser.add_argument("stack", type=Path, help="folder of the stack, such as stacks/ecs_service")
    folder = parser.parse_args(arguments).stack
    path = folder / "README.md"
    try:
        settings = load_settings(folder.resolve())
    except InvalidConfig as error:
        return refuse("\n".join(map(str, error.problems)))
    try:
        text = with_table(path.read_text(encoding="utf-8") if path.exists() else "", settings)
    except ValueError as error:
        return refuse(f"{path}: {error}" if path.exists() else f"{path}: no such file; {error}")
    temporary = path.with_suffix(".md.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return 0


def refuse(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
