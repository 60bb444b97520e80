"""Stating under which circumstances a change is previewed or deployed, as this machine finds them."""

from __future__ import annotations

from collections.abc import Mapping

from gitops import fingerprint
from gitops.backend import read_address, state_backend
from gitops.checkout.git import git
from gitops.checkout.rooms import POLICIES, ROOMS
from gitops.engine.install import VERSION
from gitops.review.accounts import name_accounts
from gitops.review.envelope import Circumstances
from gitops.run import Run


def state_circumstances(run: Run, environment: str, environ: Mapping[str, str]) -> Circumstances:
    """The circumstances of a run in this checkout. Raises `UserError` outside of a git checkout, or
    if AWS does not name the account."""
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "")
    return Circumstances(
        environment=environment,
        rehearsal=run.sandbox is not None,
        commit=describe_commit(run),
        policies=fingerprint.of_files(run.root, [POLICIES]) if run.policy_pack else "none",
        engine=VERSION,
        backend="rehearsal" if run.sandbox else describe_backend(environ),
        accounts="" if run.sandbox else name_accounts(environ),
        run=environ.get("GITHUB_RUN_ID", ""),
        attempt=int(attempt) if attempt.isdecimal() else 0,
    )


def describe_backend(environ: Mapping[str, str]) -> str:
    """The state's address with a hash of its options: `endpoint` changes where the state is, and others are secret."""
    address, options = state_backend(environ), read_address(environ).partition("?")[2]
    return f"{address} with options {fingerprint.of_text(options)[:12]}" if options else address


def describe_commit(run: Run) -> str:
    """HEAD; with a hash over every room where the tree differs from it."""
    head = git(run.root, "rev-parse", "HEAD")
    edited = git(run.root, "status", "--porcelain", "--", *ROOMS)
    return f"{head} with edits {fingerprint.of_files(run.root, ROOMS)[:12]}" if edited else head
