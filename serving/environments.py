"""Serving's own Python environments, one per runtime, installed from a hash-locked file when that file changed.

They are apart from the project's `.venv` because each mirrors a place where the model runs (container, Lambda,
Azure ML), and because Azure's server pins an opentelemetry that Pulumi cannot live with.

    python -m serving.environments           # install all of them
    python -m serving.environments --lock    # resolve serving/requirements/*.in again into locks/
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "serving" / "requirements"
ENVIRONMENTS = (ROOT / ".venv-serving").resolve()
"""Where it really is: its scripts name their Python, and a copy of the checkout that links to it goes away."""
RESOLUTION = ("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate")


@dataclass(frozen=True)
class Environment:
    """One runtime: `requirements` is what it is resolved from, `lock` what is installed, `folder` where."""

    name: str
    lock: Path

    @property
    def requirements(self) -> Path:
        return REQUIREMENTS / f"{self.name}.in"

    @property
    def folder(self) -> Path:
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


APP = Environment("app", ROOT / "locks" / "serving.txt")
LAMBDA = Environment("lambda", ROOT / "locks" / "serving-lambda.txt")
TRAIN = Environment("train", ROOT / "locks" / "serving-train.txt")
AZUREML = Environment("azureml", ROOT / "locks" / "azureml.txt")
LINT = Environment("lint", ROOT / "locks" / "serving-lint.txt")
MODEL = Environment("model", ROOT / "locks" / "serving-model.txt")
INSTALLED = (APP, LAMBDA, TRAIN, AZUREML, LINT)
LOCKED = (*INSTALLED, MODEL)  # MODEL is only ever unpacked into the Lambda layer


def ensure(environment: Environment) -> Path:
    """Install `environment` unless its lock is the one installed; return its Python.

    Safe to call from several processes at once: they wait for each other on a lock file. Raises RuntimeError with uv's
    message where it could not install.
    """
    wanted = hashlib.sha256(environment.lock.read_bytes()).hexdigest()
    installed = environment.folder / "installed-lock.sha256"
    ENVIRONMENTS.mkdir(exist_ok=True)
    with _exclusive(environment.folder.with_suffix(".lock")):
        if not (installed.is_file() and installed.read_text() == wanted):
            uv("venv", "--quiet", "--clear", "--python", sys.executable, str(environment.folder))
            uv("pip", "sync", "--quiet", "--require-hashes", "--python", str(environment.python), str(environment.lock))
            installed.write_text(wanted)
    return environment.python


def lock(environment: Environment) -> None:
    """Resolve the environment's requirements into its lock file, keeping versions that are locked already."""
    with tempfile.TemporaryDirectory(dir=ROOT / "locks") as scratch:
        resolved = Path(scratch) / environment.lock.name
        if environment.lock.exists():
            resolved.write_bytes(environment.lock.read_bytes())
        uv("pip", "compile", *RESOLUTION, str(environment.requirements), "-o", str(resolved))
        os.replace(resolved, environment.lock)


def uv(*arguments: str) -> None:
    """Runs the environment's own uv, which reads the system's root certificates as pip does: a network that inspects
    TLS has its own there. Raises RuntimeError with what it says.
    """
    beside = Path(sys.executable).with_name("uv")
    command = [str(beside) if beside.exists() else "uv", *arguments]
    variables = {"UV_SYSTEM_CERTS": "1", **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=variables)
    if done.returncode != 0:
        raise RuntimeError(f"uv {' '.join(arguments)} exited with {done.returncode}:\n{done.stderr}")


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m serving.environments", description="Install or resolve serving's environments."
    )
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(e.name for e in INSTALLED)}; none means all")
    parser.add_argument("--lock", action="store_true", help="resolve the requirements again instead of installing")
    arguments = parser.parse_args()
    known = {environment.name: environment for environment in LOCKED}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"unknown environment {unknown[0]!r}; expected one of {', '.join(known)}")
    chosen = [known[name] for name in arguments.names] or (LOCKED if arguments.lock else INSTALLED)
    for environment in chosen:
        if arguments.lock:
            lock(environment)
        else:
            ensure(environment)
        print(f"{environment.name}: {environment.lock.relative_to(ROOT) if arguments.lock else environment.folder}")


if __name__ == "__main__":
    main()
