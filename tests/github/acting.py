"""Runs this checkout's own workflows with `act`, in a small repository, on this machine, with no network.

Real: the workflows, `make`, `gitops`, the engine, the judge. Replaced: the third-party actions, each under the commit
it is pinned by (tests/github/actions), GitHub's API (tests/github/api.py), and the stacks: one log group, so that
a run takes seconds.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gitops.checkout import deployment_jobs, environments
from tests.git import git

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "actions"
TAKEN = (".github", "environments.yaml", ".gitignore", "Makefile", "gitops", "locks", "policies", "pyproject.toml")
REPLACED_BY = {
    "actions/setup-python": "setup-python",
    "actions/cache": "cache",
    "actions/upload-artifact": "upload-artifact",
    "actions/download-artifact": "download-artifact",
    "github/codeql-action": "codeql",
    "aws-actions/configure-aws-credentials": "cloud-login",
    "azure/login": "cloud-login",
}
PROGRAM = """\
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
aws.cloudwatch.LogGroup("calls", retention_in_days=config.require_int("days"), kms_key_id=config.get("key"))
pulumi.export("days", config.require_int("days"))
"""
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)(?:/[\w./-]+)?@([0-9a-f]{40})")


def replacements(root: Path) -> list[str]:
    """`--local-repository owner/name@commit=folder` for every third-party action that a workflow pins."""
    found = {pin for file in root.glob(".github/**/*.yml") for pin in USES.findall(file.read_text(encoding="utf-8"))}
    known = [(name, ref) for name, ref in sorted(found) if name in REPLACED_BY]
    return [f"--local-repository={name}@{ref}={STAND_INS / REPLACED_BY[name]}" for name, ref in known]


@dataclass(frozen=True)
class Acted:
    """What one `act` run did: its exit code and its log, one mapping a line."""

    code: int
    log: tuple[Mapping[str, Any], ...]

    @property
    def results(self) -> dict[str, str]:
        """Result of each job that ran, in the order they ended."""
        return {entry["job"].split("/")[-1].strip(): entry["jobResult"] for entry in self.log if "jobResult" in entry}

    @property
    def summary(self) -> str:
        return "".join(entry["content"] for entry in self.log if entry.get("command") == "summary")

    @property
    def text(self) -> str:
        return "\n".join(str(entry.get("msg", "")).rstrip() for entry in self.log)


@dataclass(frozen=True)
class Repository:
    """A repository with this checkout's workflows and one small stack, a store for artifacts and caches beside it."""

    root: Path
    store: Path
    act: Path
    venv: Path

    @classmethod
    def create(cls, folder: Path, act: Path) -> Repository:
        made = cls(folder / "models", folder / "store", act, Path(sys.prefix))
        for name in TAKEN:
            source, copy = ROOT / name, made.root / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, copy)
        for file in made.root.glob(".github/workflows/*.yml"):
            # act's schema does not know the key: https://github.com/nektos/act/issues/6086
            file.write_text(file.read_text().replace(", deployment: false", ""))
        with (made.root / "policies" / "levels.yaml").open("a") as levels:  # a team that wants it may have it
            levels.write("  log-group-is-encrypted: {dev: mandatory, staging: mandatory, prod: mandatory}\n")
        stack = made.root / "stacks" / "logs"
        stack.mkdir(parents=True)
        (stack / "Pulumi.yaml").write_text("name: logs\nruntime: python\n")
        (stack / "__main__.py").write_text(PROGRAM)
        for environment in ("dev", "staging", "prod"):
            made.configure(environment, days=365, key=KEY)
        git(made.root, "init", "-q", "-b", "main")
        made.commit("first")
        return made

    def configure(self, environment: str, **values: object) -> None:
        lines = [f"  logs:{name}: {value}\n" for name, value in values.items()]
        (self.root / "stacks/logs" / f"Pulumi.{environment}.yaml").write_text("config:\n" + "".join(lines))

    def leave_out(self, environment: str) -> None:
        """What a team with fewer environments does: a row less, and `gitops environments --write`."""
        rows = (self.root / "environments.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if f"name: {environment}," not in row]
        (self.root / "environments.yaml").write_text("".join(kept), encoding="utf-8")
        workflow = self.root / deployment_jobs.FILE
        workflow.write_text(
            deployment_jobs.rewrite(workflow.read_text(encoding="utf-8"), environments.names(self.root)),
            encoding="utf-8",
        )
        (self.root / "stacks/logs" / f"Pulumi.{environment}.yaml").unlink()

    def commit(self, message: str) -> str:
        git(self.root, "add", ".")
        git(self.root, "commit", "-q", "-m", message)
        return git(self.root, "rev-parse", "HEAD")

    def run(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        run_id: int,
        variables: Mapping[str, str] = MappingProxyType({}),
        **env: str,
    ) -> Acted:
        """Runs a workflow as GitHub would on the event. A `GITHUB_TOKEN` in `env` is the job's token; `variables` are
        the repository's."""
        home = self.store / "home"
        (home / ".config" / "act").mkdir(parents=True, exist_ok=True)
        (home / ".config" / "act" / "actrc").touch()
        (self.store / "event.json").write_text(json.dumps(payload))
        told = {
            "STAND_IN_STORE": str(self.store),
            "STAND_IN_VENV": str(self.venv),
            "PYTHONPATH": ".",  # the small repository's own gitops, not the one the environment was installed for
            "GITHUB_RUN_ID": str(run_id),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_REPOSITORY": "team/models",
            **{name: value for name, value in env.items() if name != "GITHUB_TOKEN"},
        }
        command = [
            str(self.act),
            event,
            "-W",
            f".github/workflows/{workflow}.yml",
            "-e",
            str(self.store / "event.json"),
        ]
        command += ["-P", "ubuntu-latest=-self-hosted", "--json", "--no-cache-server", "--concurrent-jobs", "2"]
        command += ["--action-cache-path", str(self.store / "act"), *replacements(self.root)]
        command += [f"--env={name}={value}" for name, value in told.items()]
        command += [f"--var={name}={value}" for name, value in variables.items()]
        command += ["-s", "GITHUB_TOKEN"] if "GITHUB_TOKEN" in env else []
        done = subprocess.run(
            command,
            cwd=self.root,
            env={
                **outer(),
                "HOME": str(home),
                "XDG_CACHE_HOME": str(cache()),
                "GITHUB_TOKEN": env.get("GITHUB_TOKEN", ""),
            },
            capture_output=True,
            text=True,
            timeout=480,
        )
        lines = (done.stdout + done.stderr).splitlines()
        return Acted(
            done.returncode, tuple(json.loads(line) if line.startswith("{") else {"msg": line} for line in lines)
        )

    def artifact(self, run_id: int, name: str) -> Path:
        return self.store / "artifacts" / str(run_id) / name


def outer() -> dict[str, str]:
    """This process's environment without what pytest, make or a surrounding CI job would tell the jobs."""
    strange = ("PYTEST", "GITHUB_", "MAKE", "MFLAGS", "CI", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(strange)}


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
