"""Moves what `make lock` cannot: the engine's version, in every file that names it, and the Go modules of both tools.

    python -m tests.tools.upgrade

The engine goes to the newest version whose module can be had: the proxy refuses some (docs/adr/0002). What cannot be
moved is said and left as it is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from gitops.engine.install import MODULE as ENGINE_MODULE
from tests.tools.install import MODULE as TOOLS_MODULE

ROOT = Path(__file__).parents[2]
SDK, ENGINE = "github.com/pulumi/pulumi/sdk/v3", "github.com/pulumi/pulumi/pkg/v3"
PIN = re.compile(r'"pulumi==([\d.]+)"')
NAMED_IN = ("pyproject.toml", "docs/workflows.md")
RELEASE = re.compile(r"v\d+\.\d+\.\d+")


def newer(versions: Sequence[str], current: str) -> list[str]:
    """The releases after `current` (`3.257.0`), newest first; `versions` are a Go module's (`v3.257.0`)."""
    releases = [version[1:] for version in versions if RELEASE.fullmatch(version)]
    return sorted((version for version in releases if order(version) > order(current)), key=order, reverse=True)


def order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def newest_to_be_had(versions: Sequence[str], current: str, available: Callable[[str], bool]) -> str:
    return next(filter(available, newer(versions, current)), current)


def go(folder: Path, *arguments: str) -> str:
    return subprocess.run(["go", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def can_be_had(version: str) -> bool:
    command = ["go", "mod", "download", f"{ENGINE}@v{version}"]
    return subprocess.run(command, cwd=ENGINE_MODULE, capture_output=True).returncode == 0


def move_engine() -> None:
    found = PIN.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert found, "pyproject.toml pins no pulumi"
    current = found[1]
    versions = json.loads(go(ENGINE_MODULE, "list", "-m", "-versions", "-json", SDK))["Versions"]
    version = newest_to_be_had(versions, current, can_be_had)
    print(f"engine: {current} -> {version}")
    if version == current:
        return
    go(ENGINE_MODULE, "get", f"{ENGINE}@v{version}")
    go(ENGINE_MODULE, "mod", "tidy")
    for name in NAMED_IN:
        file = ROOT / name
        file.write_text(file.read_text(encoding="utf-8").replace(current, version), encoding="utf-8")


def move_tools() -> None:
    go(TOOLS_MODULE, "get", "-u", "tool")
    go(TOOLS_MODULE, "mod", "tidy")
    print("tools: moved to their newest versions")


def main() -> None:
    for module, move in ((ENGINE_MODULE, move_engine), (TOOLS_MODULE, move_tools)):
        before = {name: (module / name).read_bytes() for name in ("go.mod", "go.sum")}
        try:
            move()
        except subprocess.CalledProcessError as error:
            for name, data in before.items():
                (module / name).write_bytes(data)
            print(f"{module.relative_to(ROOT)}: left as it is: {error.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    if not shutil.which("go"):
        raise SystemExit("go is not on PATH: install it, then run again")
    main()
