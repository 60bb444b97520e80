"""Reading a deployed stack's outputs from its state, through the engine, without running its program."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gitops.checkout.targets import Target
from gitops.engine.environment import for_engine
from gitops.engine.secret_words import SHORTEST, SHORTEST_OF_MANY, parse, words_of
from gitops.errors import UserError
from gitops.records import Operation
from gitops.run import Run


def engine_command(run: Run, target: Target, *arguments: str, folder: Path | None = None) -> str:
    """The standard output of `pulumi ARGUMENTS --stack ENVIRONMENT` in the target's folder, or in the one given.

    Raises `UserError`.
    """
    # reading state asks no provider, so none is served
    job = replace(run, providers=run.providers or ("none:0" if run.sandbox else "")).job(target, Operation.PREVIEW)
    command = [str(run.engine.path), *arguments, "--non-interactive", "--stack", target.environment]
    environment = {**os.environ, **for_engine(job)}
    result = subprocess.run(command, cwd=folder or job.folder, env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        said = [line.strip() for line in (result.stderr + result.stdout).splitlines() if line.strip()]
        reason = next((line for line in said if line.startswith("error:")), said[0] if said else "failed")
        raise UserError(
            f"pulumi {' '.join(arguments)}: {reason}",
            where=str(target),
            hint="Deploy the target first, and check PULUMI_BACKEND_URL (or --rehearse).",
        )
    return result.stdout


def read(run: Run, target: Target) -> dict[str, Any]:
    """The outputs as plain values. Secrets stay hidden: the engine prints `[secret]`."""
    return json.loads(engine_command(run, target, "stack", "output", "--json"))


def read_secrets(run: Run, target: Target, exported: Mapping[str, Any]) -> set[str]:
    """The words that the target's config or outputs keep secret; `exported` are the outputs without them.

    A rehearsal has placeholders, and its config is not encrypted.
    """
    if run.sandbox:
        return set()
    config = json.loads(engine_command(run, target, "config", "--show-secrets", "--json"))
    plain = json.loads(engine_command(run, target, "stack", "output", "--show-secrets", "--json"))
    kept = [parse(entry.get("value")) for entry in config.values() if entry.get("secret")]
    kept += [value for name, value in plain.items() if exported.get(name) != value]
    return {
        word for value in kept for word in words_of(value, SHORTEST if isinstance(value, str) else SHORTEST_OF_MANY)
    }
