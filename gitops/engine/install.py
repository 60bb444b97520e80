"""Finding the Pulumi engine at the pinned version, or installing it.

The order is: the `pulumi` on PATH, the user's cache, a build from Go modules. The cache is shared by every checkout of
the user, and a runner restores it from elsewhere, so its content is trusted by hash, not by the version that it prints.
A build has the same bytes on every machine: no C, no paths, one version of Go.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from gitops.engine.go import Say, go_build
from gitops.errors import UserError
from gitops.files import hold_lock, write_text

VERSION = version("pulumi")
"""The engine's version is the SDK's: they speak one protocol and are tested together."""

MODULE = Path(__file__).parent / "module"
HASHES = Path(__file__).parents[2] / "locks" / "engine.json"
"""SHA-256 of the engine that is built, by version and platform."""
GO = "go1.26.8"
"""The Go that builds it; another one fetches it, checked by Go's own sum database."""
REPRODUCIBLE = {
    "CGO_ENABLED": "0",
    "GOTOOLCHAIN": GO,
    "GOAMD64": "v1",
    "GOARM64": "v8.0",
    "GOEXPERIMENT": "",
    "GOFIPS140": "off",
}
PLATFORMS = {
    "linux-x86_64": {"GOOS": "linux", "GOARCH": "amd64"},
    "linux-aarch64": {"GOOS": "linux", "GOARCH": "arm64"},
    "darwin-arm64": {"GOOS": "darwin", "GOARCH": "arm64"},
    "darwin-x86_64": {"GOOS": "darwin", "GOARCH": "amd64"},
}
"""Go's words for the platforms whose hash is recorded. Any of them builds for all: without C and paths, nothing of the
host is left in what Go builds (https://go.dev/blog/rebuild)."""
PULUMI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


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
    """Whether a cached engine is alone in its folder: it would prefer a plugin beside it to any other one."""
    return [path.name for path in binary.parent.iterdir()] == [binary.name]


def is_engine(binary: Path) -> bool:
    """Whether a file is the pinned engine: by its hash, or by its own word on a platform that nobody recorded."""
    recorded = find_recorded_hash()
    return hash_file(binary) == recorded if recorded else engine_version(binary) == VERSION


def find_recorded_hash() -> str | None:
    return read_hashes().get(platform_name())


def read_hashes() -> dict[str, str]:
    """The hashes recorded for this version, by platform."""
    hashes = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
    return hashes.get(VERSION, {})


def platform_name() -> str:
    return f"{platform.system()}-{platform.machine()}".lower()


def hash_file(file: Path) -> str:
    """SHA-256 (hex) of a file, empty if there is none."""
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def record_hashes(say: Say) -> dict[str, str]:
    """Records the engine's hash for this platform and all `PLATFORMS`, and returns them. Used to upgrade the engine.

    The engines of other platforms are built here, some minutes each, unless this platform's recorded hash is unchanged.
    """
    recorded = read_hashes()
    own = hash_file(cached_binary()) or hash_build(platform_name(), say)
    if recorded.get(platform_name()) == own and recorded.keys() >= PLATFORMS.keys():
        return recorded
    others = {name: hash_build(name, say) for name in PLATFORMS if name != platform_name()}
    hashes = {platform_name(): own, **others}
    write_text(HASHES, json.dumps({VERSION: dict(sorted(hashes.items()))}, indent=1) + "\n")
    return hashes


def hash_build(platform_name: str, say: Say) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        say(f"building the engine {VERSION} for {platform_name}, for its hash")
        return hash_file(build_engine(platform_name, Path(scratch), say))


def cached_binary() -> Path:
    return cache_directory() / f"pulumi-{VERSION}" / "pulumi"


def ensure(say: Say) -> Engine:
    """The engine, installed if it is not here. Raises `UserError` naming every way that was tried."""
    engine = find()
    if engine:
        return engine
    with hold_lock(cache_directory() / f"pulumi-{VERSION}.lock"):
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
        f"the Pulumi engine {VERSION} is missing and could not be installed: " + "; ".join(tried),
        hint="Install Pulumi at that version and put it on PATH, or install Go and run again.",
    )


def describe_expected() -> str:
    """The hash of a build that is refused, and the expected one."""
    recorded = find_recorded_hash()
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
        say(f"building the engine {VERSION} from Go modules (once per user; about 3 minutes on two cores)")
        publish(build_engine(platform_name(), Path(scratch), say).parent, cached_binary().parent)


def build_engine(platform_name: str, folder: Path, say: Say) -> Path:
    """Builds the engine for a platform into `folder`; one that is not in `PLATFORMS` gets what Go builds by itself."""
    flags = f"-s -w -X {VERSION_VARIABLE}=v{VERSION}"
    go_build(MODULE, [PULUMI_PACKAGE], folder, flags, say, {**REPRODUCIBLE, **PLATFORMS.get(platform_name, {})})
    return folder / "pulumi"


def publish(folder: Path, destination: Path) -> None:
    """Moves a folder of binaries to its place in the cache in one step, so that nobody ever sees half of it."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=destination.parent))
    shutil.copytree(folder, staging, dirs_exist_ok=True)
    staging.chmod(0o755)
    if destination.exists():
        shutil.rmtree(destination)
    staging.rename(destination)
