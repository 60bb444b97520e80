"""Whether the branch that is deployed takes only what was reviewed and checked, by its rules or by its protection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gitops.check import Check
from gitops.github.client import Client

REQUIRED = frozenset({"preview", "test"})
"""The checks that judge a pull request: the jobs `preview` of preview.yml and `test` of checks.yml."""


@dataclass(frozen=True)
class Guard:
    """What GitHub asks of a change before the branch takes it: which checks, how many reviews, one of code owners, and
    whether a later push takes a review back."""

    checks: frozenset[str] = frozenset()
    reviews: int = 0
    owners: bool = False
    fresh: bool = False


def check_branch(branch: str, guard: Guard) -> Check:
    missing = list(find_gaps(guard))
    todo = f"require it of {branch}: Settings → Rules (docs/workflows.md)"
    return Check(f"branch {branch}", "; ".join(missing) or "guarded", not missing, todo=todo)


def find_gaps(guard: Guard) -> Iterator[str]:
    """What would let something onto the branch, and so into the clouds, that nobody reviewed or checked."""
    if unchecked := sorted(REQUIRED - guard.checks):
        yield f"{' and '.join(unchecked)} not required"
    if guard.reviews < 1:
        yield "no review required"
    elif not guard.fresh:
        yield "an approval stays valid after a later push"
    if not guard.owners:
        yield "no review of code owners required"


def gather_guard(client: Client, branch: str) -> Guard:
    """What rulesets and the older protection ask together: GitHub holds a change to both."""
    where = f"repos/{client.repository}"
    rules = client.get_all(f"{where}/rules/branches/{quote(branch, safe='')}")
    protection = client.find(f"{where}/branches/{quote(branch, safe='')}/protection")
    return join_guards([*map(read_rule, rules), read_protection(protection or {})])


def join_guards(guards: Iterable[Guard]) -> Guard:
    guards = tuple(guards)
    return Guard(
        frozenset(name for guard in guards for name in guard.checks),
        max(guard.reviews for guard in guards),
        any(guard.owners for guard in guards),
        any(guard.fresh for guard in guards),
    )


def read_rule(rule: Mapping[str, Any]) -> Guard:
    """One rule of a ruleset: https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch"""
    given = rule.get("parameters") or {}
    match rule.get("type"):
        case "required_status_checks":
            return Guard(frozenset(str(check["context"]) for check in given.get("required_status_checks") or ()))
        case "pull_request":
            reviews = int(given.get("required_approving_review_count") or 0)
            fresh = given.get("dismiss_stale_reviews_on_push") or given.get("require_last_push_approval")
            return Guard(reviews=reviews, owners=bool(given.get("require_code_owner_review")), fresh=bool(fresh))
        case _:
            return Guard()


def read_protection(protection: Mapping[str, Any]) -> Guard:
    """https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection"""
    reviews = protection.get("required_pull_request_reviews") or {}
    checks = (protection.get("required_status_checks") or {}).get("contexts") or ()
    count = int(reviews.get("required_approving_review_count") or 0)
    fresh = reviews.get("dismiss_stale_reviews") or reviews.get("require_last_push_approval")
    return Guard(frozenset(map(str, checks)), count, bool(reviews.get("require_code_owner_reviews")), bool(fresh))
