"""The environment variables of an engine run: its state and its clouds, and nothing that gives access to others."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from gitops.engine import state_file
from gitops.engine.install import cache_directory
from gitops.engine.job import Job
from gitops.engine.scratch import PASSPHRASE

ANALYZER = Path(__file__).parent / "analyzer"

FORK_SERVER = "GITOPS_FORK_SERVER"
"""Variable that tells a process where one is that has its imports (gitops.engine.forkserver): the engine's analyzer,
and every command that a test run starts."""

CREDENTIALS = (
    "AWS_",
    "AZURE_",
    "ARM_",
    "GOOGLE_",
    "GITHUB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "VAULT_",
    "GH_TOKEN",
)
"""Prefixes of variables that a rehearsal's program must never see: it may be a stranger's pull request."""

KEY_VARIABLE = "GITOPS_REVIEW_KEY"
"""Names the key that the job that previews and the job that deploys share: a secret of both GitHub Environments."""
ENDPOINTS = "GITOPS_ENDPOINTS"
"""Tells a rehearsal's program the address that answers for every endpoint of the rehearsal clouds."""
RUN_KEY_VARIABLE, RUN_KEY = "GITOPS_RUN_KEY", secrets.token_hex()
"""What the workers of this process hash secrets with where nobody gave a key: one run of the tool compares its own."""


def for_worker(job: Job, inherited: Mapping[str, str]) -> dict[str, str]:
    """The worker's own environment: the caller's; for a rehearsal without variables that give access to a cloud."""
    kept = {name: value for name, value in inherited.items() if name != ENDPOINTS}
    if job.rehearsal:
        kept = {name: value for name, value in kept.items() if not name.startswith(CREDENTIALS)}
        kept |= {"AWS_EC2_METADATA_DISABLED": "true", ENDPOINTS: job.endpoints}
    kept |= {"PYTHONHASHSEED": "0", RUN_KEY_VARIABLE: RUN_KEY}
    if job.project:
        # compiled modules are kept, the SDKs have hundreds, but never in somebody's folder
        kept["PYTHONPYCACHEPREFIX"] = str(cache_directory() / "bytecode")
    return with_bytecode(kept)


def for_fork_server(inherited: Mapping[str, str]) -> dict[str, str]:
    """The fork server's environment: no credentials, because a worker can read in /proc what its parent began with."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(CREDENTIALS)}
    return with_bytecode(kept | {"PYTHONHASHSEED": "0"})


def with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without a ban on .pyc files, which containers often set.

    A program imports some 600 modules of the provider SDKs; compiling them anew in every run took 10 of its 11 CPU
    seconds (measured 2026-11-21 with ecs_service).
    """
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def for_engine(job: Job) -> dict[str, str]:
    """The engine's own variables, in addition to the worker's environment."""
    path = [str(Path(job.engine).parent), str(ANALYZER), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    variables = {"PATH": os.pathsep.join(path), "PULUMI_SKIP_UPDATE_CHECK": "1"}
    if job.backend:
        variables["PULUMI_BACKEND_URL"] = job.backend
    if job.rehearsal:
        variables |= {
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_DEBUG_PROVIDERS": job.debug_providers,
            "PULUMI_DIY_BACKEND_GZIP": "false",  # the state is read as the file that it is (state_file.py)
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(state_file.home(job.backend or "")),
        }
    if job.endpoints:
        variables["VAULT_SERVER_URL"] = f"http://{job.endpoints}"  # scratch.BY_VAULT
    if job.throwaway:
        # The state is written once, at the end: written anew at every step, as a deployment that is killed needs it,
        # it took 12 of the 14 CPU seconds of an update that makes 240 resources (sagemaker_ha, 2026-11-21).
        variables["PULUMI_SKIP_CHECKPOINTS"] = "true"
    return variables
