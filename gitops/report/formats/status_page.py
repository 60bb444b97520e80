"""What runs where as one page, in the report's style: a row a stack, a column an environment."""

from __future__ import annotations

from collections.abc import Sequence

from gitops.report.formats.html import load_templates
from gitops.report.model.context import Context
from gitops.report.model.status import StatusRow


def render(rows: Sequence[StatusRow], order: Sequence[str], about: Context) -> str:
    """The page. `order` are the environments in the order of deployment."""
    cells = {(row.target.stack, row.target.environment): row for row in rows}
    stacks = sorted({row.target.stack for row in rows})
    waiting = sum(bool(row.waiting) for row in rows)
    failed = sum(bool(row.deployed and not row.deployed.succeeded) for row in rows)
    unverified = sum(row.refuted for row in rows)
    counted = {"failed": failed, "verified and not fine": unverified, "waiting for promotion": waiting}
    return (
        load_templates()
        .get_template("status.html.j2")
        .render(
            context=about,
            stacks=[(stack, [cells.get((stack, environment)) for environment in order]) for stack in stacks],
            environments=order,
            deployed=sum(row.deployed is not None for row in rows),
            total=len(rows),
            concerns=[f"{count} {what}" for what, count in counted.items() if count],
            failed=failed,
            unverified=unverified,
        )
    )
