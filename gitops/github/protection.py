"""Whether GitHub guards the environments as docs/workflows.md says.

What is asked of GitHub is gathered first; what is to be said of it is decided by pure functions. The token needs to
read the repository's administration: nobody else may see who has to review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gitops.check import Check
from gitops.checkout import environments
from gitops.errors import UserError
from gitops.github.branch import Guard, check_branch, gather_guard
from gitops.github.client import Client
from gitops.github.reading_role import BRANCH, SUFFIX
from gitops.github.subject import read_subject
from gitops.mode import IDENTITIES, find_mode

KEY = "GITOPS_REVIEW_KEY"
REAL_PREVIEW = "GITOPS_REAL_PREVIEW"
"""Variable of the repository that turns on the real preview of pull requests, with `true`."""


CUSTOM = "custom"
"""Stands for the rules that GitHub Apps bring, which fail every job that leaves no deployment record:
https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments#interaction-with-protection-rules"""


@dataclass(frozen=True)
class GitHubEnvironment:
    """`rules` are the kinds of protection rules, `branches` the patterns that may deploy; None: every branch may."""

    name: str
    rules: frozenset[str] = frozenset()
    branches: tuple[str, ...] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Repository:
    """`subject` is how a token's `sub` begins, without the part that names the environment; `owners_faults` counts the
    lines of CODEOWNERS whose owners GitHub does not know, None without such a file; `real_preview` says whether pull
    requests may be previewed on the real clouds."""

    name: str
    public: bool
    branch: str
    subject: str
    environments: Mapping[str, GitHubEnvironment]
    guard: Guard = field(default_factory=Guard)
    owners_faults: int | None = 0
    real_preview: bool = False


@cache
def list_environments() -> Mapping[str, bool]:
    """The environments of the checkout, in their order, and whether somebody approves each deployment."""
    listed = environments.read(environments.find_checkout(Path.cwd()) or Path.cwd())
    return {environment.name: environment.approval == "required" for environment in listed}


def check(repository: Repository) -> tuple[Check, ...]:
    """Everything that is to be said of a repository, the environments in the order of deployment."""
    checks = [*check_environments(repository), *check_modes(repository), *check_real_previews(repository)]
    faults = repository.owners_faults
    owners = Check(
        "CODEOWNERS",
        "none" if faults is None else f"{faults} lines with owners that GitHub does not know" if faults else "known",
        faults == 0,
        todo="name your own team in .github/CODEOWNERS",
    )
    seen = Check(
        "records",
        "readable by everybody" if repository.public else "readable by those who may read the repository",
        not repository.public,
        needed=False,
        todo="the artifacts of a public repository are public: shorten GITOPS_RETENTION_DAYS, or make it private",
    )
    return (*checks, check_branch(repository.branch, repository.guard), owners, seen)


def check_environments(repository: Repository) -> Iterator[Check]:
    for name in (full for short in list_environments() for full in (f"{short}-preview", short)):
        environment = repository.environments.get(name)
        if environment is None:
            yield Check(name, "no such environment", False, todo="create it: Settings → Environments")
            continue
        missing = list(find_missing(environment, repository.branch))
        yield Check(name, "; ".join(words for words, _ in missing) or "guarded", not missing, todo=first_todo(missing))


def check_real_previews(repository: Repository) -> Iterator[Check]:
    """Whether the environments that run the code of pull requests let it do no more than it must."""
    for short in list_environments() if repository.real_preview else ():
        name = f"{short}{SUFFIX}"
        environment = repository.environments.get(name)
        if environment is None:
            todo = "create it before anybody asks for a real preview: otherwise GitHub creates it without reviewers"
            yield Check(name, "no such environment", False, todo=todo)
            continue
        others = [repository.environments.get(other) for other in (short, f"{short}-preview")]
        faults = list(find_faults(environment, [other for other in others if other]))
        yield Check(name, "; ".join(words for words, _ in faults) or "guarded", not faults, todo=first_todo(faults))


def find_faults(environment: GitHubEnvironment, others: Iterable[GitHubEnvironment]) -> Iterator[tuple[str, str]]:
    """What lets a pull request's code do more than it must, each with what to do; `others` run merged code."""
    if environment.branches != (BRANCH,):
        allowed = "any branch" if environment.branches is None else ", ".join(environment.branches) or "no branch"
        yield f"{allowed} may run there", f"allow {BRANCH} only"
    if "required_reviewers" not in environment.rules:
        yield "nobody reviews what is run", "set required reviewers"
    yield from find_custom_rules(environment)
    if environment.secrets:
        yield f"the pull request's code can read {', '.join(sorted(environment.secrets))}", "take the secrets out"
    for other in others:
        shared = [n for n in IDENTITIES if (own := environment.variables.get(n)) and own == other.variables.get(n)]
        if shared:
            yield f"{', '.join(shared)} is that of {other.name}", "give it an identity of its own (printed below)"


def find_missing(environment: GitHubEnvironment, branch: str) -> Iterator[tuple[str, str]]:
    """What an environment lacks, each with what to do."""
    if environment.branches != (branch,):
        allowed = "any branch" if environment.branches is None else ", ".join(environment.branches) or "no branch"
        yield f"{allowed} may deploy", f"allow deployments from {branch} only"
    if list_environments().get(environment.name) and "required_reviewers" not in environment.rules:
        yield "nobody reviews", "set required reviewers"
    yield from find_custom_rules(environment)
    if environment.variables.get("GITOPS_CLOUDS") == "real" and KEY not in environment.secrets:
        yield f"no {KEY}", f"set the secret {KEY}, the same in the environment and in its -preview"


def find_custom_rules(environment: GitHubEnvironment) -> Iterator[tuple[str, str]]:
    """Jobs in the environments beside those that are deployed to have `deployment: false`."""
    if CUSTOM in environment.rules and environment.name not in list_environments():
        yield "a GitHub App's protection rule fails its jobs", f"take the rule out of {environment.name}"


def first_todo(missing: Iterable[tuple[str, str]]) -> str:
    return "; ".join(todo for _, todo in missing)


def check_modes(repository: Repository) -> Iterator[Check]:
    """Whether every environment's variables mean the same clouds."""
    before = ""
    for name in (full for short in list_environments() for full in (f"{short}-preview", short)):
        environment = repository.environments.get(name)
        if environment is None:
            continue
        try:
            before = find_mode(environment.variables, before)
        except UserError as error:
            yield Check(f"variables of {name}", error.message, False, todo=error.hint)


def gather(client: Client) -> Repository:
    """What GitHub says of the client's repository. Raises `UserError` where it does not answer."""
    where = f"repos/{client.repository}"
    repository = client.request("GET", where)
    shared = read_variables(client, f"{where}/actions/variables")
    listed = client.get_all(f"{where}/environments", "environments")
    owners = client.find(f"{where}/codeowners/errors")
    return Repository(
        name=repository["full_name"],
        public=not repository["private"],
        branch=repository["default_branch"],
        subject=read_subject(repository, client.request("GET", f"{where}/actions/oidc/customization/sub")),
        environments={
            environment["name"]: read_environment(client, where, environment, shared) for environment in listed
        },
        guard=gather_guard(client, repository["default_branch"]),
        owners_faults=len(owners["errors"]) if owners else None,
        real_preview=shared.get(REAL_PREVIEW) == "true",
    )


def read_environment(
    client: Client, where: str, environment: Mapping[str, Any], shared: Mapping[str, str]
) -> GitHubEnvironment:
    name = str(environment["name"])
    address = f"{where}/environments/{quote(name, safe='')}"
    branches: tuple[str, ...] | None = None
    policy = environment.get("deployment_branch_policy") or {}
    if policy.get("custom_branch_policies"):
        policies = client.get_all(f"{address}/deployment-branch-policies", "branch_policies")
        branches = tuple(name_ref(allowed) for allowed in policies)
    elif policy.get("protected_branches"):
        branches = ("every protected branch",)
    secrets = client.get_all(f"{address}/secrets", "secrets")
    apps = client.find(f"{address}/deployment_protection_rules") or {}
    enabled = [app for app in apps.get("custom_deployment_protection_rules") or () if app.get("enabled")]
    custom = {CUSTOM} if enabled else set[str]()
    return GitHubEnvironment(
        name=name,
        rules=frozenset(str(rule["type"]) for rule in environment.get("protection_rules") or ()) | custom,
        branches=branches,
        variables={**shared, **read_variables(client, f"{address}/variables")},
        secrets=frozenset(str(secret["name"]) for secret in secrets),
    )


def name_ref(allowed: Mapping[str, Any]) -> str:
    """A pattern of an environment's branch policy. Whoever may push can make a tag, and it may have a branch's name."""
    return f"the tag {allowed['name']}" if allowed.get("type") == "tag" else str(allowed["name"])


def read_variables(client: Client, where: str) -> dict[str, str]:
    """All of them; GitHub's pages of variables have at most 30."""
    return {str(variable["name"]): str(variable["value"]) for variable in client.get_all(where, "variables", 30)}
