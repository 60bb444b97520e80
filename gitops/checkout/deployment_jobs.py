"""The jobs of deploy.yml: one for each environment, in the order of `environments.yaml`.

A job reads its predecessor's outcome by that job's name. Neither a matrix nor a workflow that calls itself can pass it
on, so the jobs are written out in the file: docs/adr/0014-deployment-jobs-are-written.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitops.errors import UserError

FILE = ".github/workflows/deploy.yml"
COMMAND = "gitops environments --write"
MARK = f"  # `{COMMAND}` writes what follows from environments.yaml\n"
FIRST = "prepare"
"""The job that the first environment waits for."""
JOB = """\
  {name}:
    needs: {needs}
    permissions:
      contents: read # the checkout, and where main is
      deployments: read # what was deployed last
      id-token: write # OIDC, the only way into a cloud
      pages: write # the page of what runs where, by setting
    uses: ./.github/workflows/deploy-environment.yml
    secrets: {{ GITOPS_REVIEW_KEY: "${{{{ secrets.GITOPS_REVIEW_KEY }}}}" }} # the environment's
    with:
      environment: {name}
"""
BEFORE = "      before: ${{{{ needs.{before}.outputs.mode }}}}\n"


def rewrite(workflow: str, names: Sequence[str]) -> str:
    """The text of deploy.yml, in which the environments' jobs replace those below the mark.

    Raises `UserError` without the mark, or where an environment has the name of another job.
    """
    kept, mark, _ = workflow.partition(MARK)
    if not mark:
        raise UserError(f"no line {MARK.strip()!r}", where=FILE, hint="Put it above the first environment's job.")
    if taken := [name for name in names if f"\n  {name}:\n" in kept]:
        raise UserError(
            f"'{taken[0]}' is another job of {FILE}", where="environments.yaml", hint="Choose another name."
        )
    return kept + mark + "\n".join(write_jobs(names))


def write_jobs(names: Sequence[str]) -> Iterator[str]:
    for index, name in enumerate(names):
        before = names[index - 1] if index else ""
        yield JOB.format(name=name, needs=before or FIRST) + (BEFORE.format(before=before) if before else "")
