"""The workflows and composite actions as the tests read them."""

from __future__ import annotations

from typing import Any

import yaml

from tests.repo import ROOT, list_tracked

WORKFLOWS = list_tracked(".github/workflows/*.yml")


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


def composite(name: str) -> list[dict[str, Any]]:
    """The steps of a composite action."""
    action = (ROOT / ".github" / "actions" / name / "action.yml").read_text(encoding="utf-8")
    return yaml.safe_load(action)["runs"]["steps"]


def checkouts(document: dict[Any, Any]) -> list[dict[str, Any]]:
    """The options of every checkout."""
    steps = [step for job in document["jobs"].values() for step in job.get("steps", ())]
    return [step.get("with", {}) for step in steps if step.get("uses", "").startswith("actions/checkout@")]
