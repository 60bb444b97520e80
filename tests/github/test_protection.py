"""An environment that is not guarded is named, with what to do; the trust policy has the repository's own subject."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from gitops.commands import doctor
from gitops.errors import UserError
from gitops.github.branch import Guard, find_gaps, gather_guard
from gitops.github.client import Client, Fault
from gitops.github.protection import (
    GitHubEnvironment,
    Repository,
    check,
    gather,
    list_environments,
    read_variables,
)
from gitops.github.subject import read_subject, trust_policy

VARIABLES = {"GITOPS_CLOUDS": "real", "PULUMI_BACKEND_URL": "s3://state", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}
NAMES = tuple(full for name in list_environments() for full in (f"{name}-preview", name))


def environment(name: str, **more: Any) -> GitHubEnvironment:
    fields = {
        "rules": frozenset({"branch_policy", "required_reviewers"}),
        "branches": ("main",),
        "variables": VARIABLES,
        "secrets": frozenset({"GITOPS_REVIEW_KEY"}),
    }
    return GitHubEnvironment(name, **{**fields, **more})


GUARDED = Repository(
    name="team/models",
    public=False,
    branch="main",
    subject="repo:team@1/models@2",
    environments={name: environment(name) for name in NAMES},
    guard=Guard(frozenset({"preview", "test"}), 1, owners=True, fresh=True),
)


def test_a_guarded_repository_has_nothing_to_do() -> None:
    assert [problem for problem in check(GUARDED) if not problem.fine] == []


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("prod", {"branches": None}, "any branch may deploy"),
        ("prod", {"branches": ("main", "release/*")}, "main, release/* may deploy"),
        ("prod-preview", {"branches": ()}, "no branch may deploy"),
        ("prod", {"branches": ("the tag main",)}, "the tag main may deploy"),
        ("dev", {"branches": ("every protected branch",)}, "every protected branch may deploy"),
        ("staging", {"rules": frozenset()}, "nobody reviews"),
        ("prod", {"secrets": frozenset()}, "no GITOPS_REVIEW_KEY"),
    ],
)
def test_what_is_not_guarded_is_named(name: str, more: dict[str, Any], said: str) -> None:
    weak = replace(GUARDED, environments={**GUARDED.environments, name: environment(name, **more)})

    (found,) = [problem for problem in check(weak) if not problem.fine]

    assert (found.name, found.found) == (name, said)
    assert found.todo


def test_dev_needs_no_reviewer() -> None:
    dev = replace(GUARDED, environments={**GUARDED.environments, "dev": environment("dev", rules=frozenset())})

    assert [problem for problem in check(dev) if not problem.fine] == []


ASKED_FOR = "prod-pull-request"
OWN_ROLE = {**VARIABLES, "AWS_ROLE_ARN": "arn:aws:iam::1:role/reads"}


def make_previewing_repository(**more: Any) -> Repository:
    fields = {"branches": ("refs/pull/*/merge",), "secrets": frozenset(), "variables": OWN_ROLE, **more}
    added = {f"{name}-pull-request": environment(f"{name}-pull-request", **fields) for name in list_environments()}
    return replace(GUARDED, environments={**GUARDED.environments, **added}, real_preview=True)


def test_environments_that_run_pull_requests_are_looked_at_where_real_previews_are_on() -> None:
    assert [problem for problem in check(make_previewing_repository()) if not problem.fine] == []
    assert [problem.name for problem in check(make_previewing_repository()) if problem.name.endswith("-pull-request")]
    unguarded = make_previewing_repository(rules=frozenset(), branches=None)
    assert [problem for problem in check(replace(unguarded, real_preview=False)) if not problem.fine] == []
    missing = replace(GUARDED, real_preview=True)
    found = [problem for problem in check(missing) if not problem.fine]
    assert [(problem.name, problem.found) for problem in found] == [
        (f"{name}-pull-request", "no such environment") for name in list_environments()
    ]


def test_doctor_prints_each_trust_policy_and_what_the_roles_of_pull_requests_are_allowed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    doctor.show_roles(make_previewing_repository())

    printed = capsys.readouterr().out
    assert "Trust policy of prod:" in printed
    assert printed.count("Policy of ") == len(NAMES) // 2
    assert "arn:aws:s3:::state/.pulumi/stacks/*/prod.*" in printed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"branches": ("main",)}, "main may run there"),
        ({"branches": None}, "any branch may run there"),
        ({"rules": frozenset()}, "nobody reviews what is run"),
        ({"secrets": frozenset({"GITOPS_REVIEW_KEY"})}, "the pull request's code can read GITOPS_REVIEW_KEY"),
        ({"variables": VARIABLES}, "AWS_ROLE_ARN is that of prod; AWS_ROLE_ARN is that of prod-preview"),
    ],
)
def test_what_lets_a_pull_requests_code_do_more_is_named(more: dict[str, Any], said: str) -> None:
    found = {problem.name: problem for problem in check(make_previewing_repository(**more))}

    assert (found[ASKED_FOR].found, found[ASKED_FOR].fine) == (said, False)


def test_an_environment_that_is_missing_or_rehearses_beside_real_ones_is_named() -> None:
    missing = replace(GUARDED, environments={k: v for k, v in GUARDED.environments.items() if k != "prod-preview"})
    assert [problem.found for problem in check(missing) if not problem.fine] == ["no such environment"]

    rehearsing = environment("prod", variables={**VARIABLES, "GITOPS_CLOUDS": ""})
    found = check(replace(GUARDED, environments={**GUARDED.environments, "prod": rehearsing}))
    assert [problem.name for problem in found if not problem.fine] == ["variables of prod"]


def test_a_public_repository_and_unknown_owners_are_told() -> None:
    found = check(replace(GUARDED, public=True, owners_faults=7))

    assert [(problem.name, problem.needed) for problem in found if not problem.fine] == [
        ("CODEOWNERS", True),
        ("records", False),
    ]


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ({"use_default": True}, "repo:team/models"),
        ({"use_default": True, "use_immutable_subject": False}, "repo:team/models"),
        ({"use_default": True, "use_immutable_subject": True}, "repo:team@1/models@2"),
        ({"use_default": True, "sub_claim_prefix": "repo:team@1/models@2"}, "repo:team@1/models@2"),
    ],
)
def test_the_subject_is_the_repositorys_own(template: dict[str, Any], subject: str) -> None:
    told = {"full_name": "team/models", "id": 2, "owner": {"id": 1}}

    assert read_subject(told, template) == subject
    policy = json.loads(trust_policy(subject, "prod"))["Condition"]
    assert policy == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"{subject}:environment:prod",
        }
    }
    with pytest.raises(UserError, match="ref, actor"):
        read_subject(told, {"use_default": False, "include_claim_keys": ["ref", "actor"]})


RULES: list[dict[str, Any]] = [
    {"type": "deletion"},
    {
        "type": "pull_request",
        "parameters": {
            "required_approving_review_count": 1,
            "require_code_owner_review": True,
            "dismiss_stale_reviews_on_push": True,
        },
    },
    {
        "type": "required_status_checks",
        "parameters": {"required_status_checks": [{"context": "preview"}, {"context": "test"}]},
    },
]
PROTECTION = {
    "required_status_checks": {"contexts": ["preview", "test"]},
    "required_pull_request_reviews": {
        "require_code_owner_reviews": True,
        "required_approving_review_count": 1,
        "dismiss_stale_reviews": True,
    },
}


def change_review(**parameters: bool) -> list[dict[str, Any]]:
    """The rules, with other parameters of the review."""
    deletion, review, checks = RULES
    return [deletion, {**review, "parameters": {**review["parameters"], **parameters}}, checks]


class Branch(Client):
    """A branch with rulesets and a protection, either of which may be missing, as 404 says."""

    def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
        found = BRANCH["protection" if path.endswith("/protection") else "rules"]
        if found is None:
            raise Fault(404, "404 Not Found", where=path, hint="")
        return found


BRANCH: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("rules", "protection", "gaps"),
    [
        (RULES, None, []),
        ([], PROTECTION, []),
        (RULES[:2], {"required_status_checks": {"contexts": ["preview", "test"]}}, []),
        (RULES[:2], None, ["preview and test not required"]),
        (RULES[2:], None, ["no review required", "no review of code owners required"]),
        ([], None, ["preview and test not required", "no review required", "no review of code owners required"]),
        ([], {**PROTECTION, "required_status_checks": {"contexts": ["preview"]}}, ["test not required"]),
        (change_review(dismiss_stale_reviews_on_push=False), None, ["an approval stays valid after a later push"]),
        (change_review(dismiss_stale_reviews_on_push=False, require_last_push_approval=True), None, []),
    ],
)
def test_a_branch_that_takes_what_nobody_reviewed_or_checked_is_named(rules: Any, protection: Any, gaps: Any) -> None:
    BRANCH.update(rules=rules, protection=protection)

    guard = gather_guard(Branch("http://api", "team/models", "token"), "main")

    assert list(find_gaps(guard)) == gaps
    found = [problem.name for problem in check(replace(GUARDED, guard=guard)) if not problem.fine]
    assert found == (["branch main"] if gaps else [])


def test_a_repository_without_code_owners_is_told() -> None:
    assert [problem.found for problem in check(replace(GUARDED, owners_faults=None)) if not problem.fine] == ["none"]


class Answers(Client):
    """Answers by path."""

    def request(self, method: str, path: str, body: Any = None, *, again: bool = True) -> Any:
        assert method == "GET"
        name = path.split("/environments/")[-1].split("/")[0]
        rules = [{"type": "required_reviewers"}, {"type": "branch_policy"}]
        policy = {"protected_branches": False, "custom_branch_policies": True}
        told = {"protection_rules": rules, "deployment_branch_policy": policy}
        own = [{"name": n, "value": f"{v}-{name}"} for n, v in VARIABLES.items() if n != "GITOPS_CLOUDS"]
        answers = {
            "repos/team/models": {
                "full_name": "team/models",
                "private": True,
                "default_branch": "main",
                "id": 2,
                "owner": {"id": 1},
            },
            "actions/variables": {
                "variables": [
                    {"name": "GITOPS_CLOUDS", "value": "real"},
                    {"name": "GITOPS_REAL_PREVIEW", "value": "true"},
                ]
            },
            "actions/oidc/customization/sub": {"use_default": True, "use_immutable_subject": True},
            "codeowners/errors": {"errors": []},
            "rules/branches/main": RULES,
            "branches/main/protection": {},
            "environments": {"environments": [{"name": name, **told} for name in NAMES]},
            "deployment_protection_rules": {
                "custom_deployment_protection_rules": [{"enabled": name in ("prod", "prod-preview")}]
            },
            "deployment-branch-policies": {
                "branch_policies": [{"name": "main", "type": "tag" if name == "staging" else "branch"}]
            },
            "secrets": {"secrets": [{"name": "GITOPS_REVIEW_KEY"}]},
            "variables": {"variables": own},
        }
        return next(answer for end, answer in answers.items() if path.split("?")[0].endswith(end))


def test_what_github_answers_is_gathered() -> None:
    repository = gather(Answers("http://api", "team/models", "token"))

    assert repository.environments["prod"].variables["PULUMI_BACKEND_URL"] == "s3://state-prod"
    assert repository.environments["prod"].variables["GITOPS_CLOUDS"] == "real"
    assert repository.subject == GUARDED.subject
    assert repository.real_preview
    found = [problem for problem in check(replace(repository, real_preview=False)) if not problem.fine]
    assert [(problem.name, problem.found) for problem in found] == [
        ("staging", "the tag main may deploy"),
        ("prod-preview", "a GitHub App's protection rule fails its jobs"),
    ]


class ManyVariables(Client):
    """GitHub with 65 variables, 30 a page."""

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, again: bool = True) -> Any:
        page = int(path.rpartition("page=")[2])
        numbers = range(65)[(page - 1) * 30 : page * 30]
        return {"variables": [{"name": f"V{number}", "value": str(number)} for number in numbers]}


def test_variables_beyond_githubs_first_page_are_read() -> None:
    variables = read_variables(ManyVariables("http://api", "team/models", "token"), "variables")

    assert variables == {f"V{number}": str(number) for number in range(65)}
