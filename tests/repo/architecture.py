"""Draws the rooms and who imports whom into docs/architecture.md: `python -m tests.repo.architecture` (`make docs`).

Packages are read with grimp, import-linter's own graph; a stack is no package, so its files are read one by one.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import grimp

from tests.repo import ROOT

PACKAGES = ("gitops", "rehearsal", "shared", "policies", "serving")
SPLIT = ("gitops", "rehearsal")
"""Rooms large enough that a reader wants to see their folders too."""
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by `make docs` -->", "<!-- end of what is drawn -->"


def count_imports(root: Path = ROOT) -> Counter[tuple[str, str]]:
    """How many modules of one part import from another part, by (importer, imported)."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = Counter(
        (part_of(importer), part_of(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if part_of(importer) != part_of(imported)
    )
    stacks = {room for file in root.glob("stacks/*/**/*.py") for room in rooms_imported(file)}
    return imports + Counter({("stacks", room): 1 for room in stacks})


def part_of(module: str) -> str:
    """`gitops.report.html` → `gitops/report`; a module at a room's root belongs to the room itself."""
    room, *inner = module.split(".")
    folder = ROOT.joinpath(room, *inner[:1])
    return f"{room}/{inner[0]}" if room in SPLIT and inner and folder.is_dir() else room


def rooms_imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names & set(PACKAGES)


def draw(imports: Counter[tuple[str, str]]) -> str:
    """A Mermaid flowchart: a box a part, the parts of one room together, an arrow an import direction."""
    parts = sorted({part for pair in imports for part in pair} | {*PACKAGES, "stacks"})
    lines = ["```mermaid", "flowchart TD"]
    for room in sorted({part.split("/")[0] for part in parts}):
        inner = [part for part in parts if part.split("/")[0] == room]
        if len(inner) == 1:
            lines.append(f'  {identifier(room)}["{room}/"]')
            continue
        lines += [f'  subgraph {identifier(room)}_room["{room}/"]']
        lines += [f'    {identifier(part)}["{label(part)}"]' for part in inner]
        lines += ["  end"]
    lines += [f"  {identifier(importer)} --> {identifier(imported)}" for importer, imported in sorted(imports)]
    lines += [
        "  gitops_engine -. starts as a command .-> rehearsal",
        "  gitops_engine -. names to the engine .-> policies",
    ]
    return "\n".join([*lines, "```"])


def identifier(part: str) -> str:
    return part.replace("/", "_")


def label(part: str) -> str:
    return part.split("/")[1] + "/" if "/" in part else "its own modules"


def insert(page: str, drawing: str) -> str:
    """The page with the drawing between its two marks. Raises ValueError where a mark is missing."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{PAGE}: found no {BEGIN!r} followed by {END!r}, expected both")
    return f"{before}{BEGIN}\n{drawing}\n{END}{after}"


def main() -> None:
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8"), draw(count_imports())), encoding="utf-8")


if __name__ == "__main__":
    main()
