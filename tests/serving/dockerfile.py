"""Reads a Dockerfile into its instructions, and lays out its last stage in a folder, as far as that needs no engine."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    keyword: str
    arguments: str


def read(path: Path) -> list[list[Instruction]]:
    """The instructions of each stage, in order; continued lines joined, comments dropped."""
    text = re.sub(r"\\\n", " ", "\n".join(x for x in path.read_text().splitlines() if not x.lstrip().startswith("#")))
    stages: list[list[Instruction]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        keyword, _, arguments = line.partition(" ")
        if keyword == "FROM":
            stages.append([])
        stages[-1].append(Instruction(keyword, " ".join(arguments.split())))
    return stages


def values(stage: list[Instruction], keyword: str) -> list[str]:
    return [instruction.arguments for instruction in stage if instruction.keyword == keyword]


def command(stage: list[Instruction], keyword: str) -> list[str]:
    """The words of an ENTRYPOINT, CMD or HEALTHCHECK in its exec form."""
    return json.loads(values(stage, keyword)[-1].partition("[")[1] + values(stage, keyword)[-1].partition("[")[2])


def environment(stage: list[Instruction]) -> dict[str, str]:
    return dict(pair.split("=", 1) for line in values(stage, "ENV") for pair in line.split())


def copy_into(root: Path, context: Path, stage: list[Instruction]) -> None:
    """Do the stage's COPYs from the build context."""
    for arguments in values(stage, "COPY"):
        if arguments.startswith("--from"):
            continue
        *sources, target = arguments.split()
        found = [path for source in sources for path in context.glob(source)]
        assert found, f"COPY {arguments}: nothing to copy"
        folder = root / target.lstrip("/")
        for path in found:
            destination = folder / path.name if target.endswith("/") else folder
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, destination)
