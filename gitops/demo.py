"""Three edits that a reviewer should catch, as data: what `gitops demo` does to a throw-away copy of the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gitops.errors import UserError


@dataclass(frozen=True)
class Edit:
    """Replaces texts in `file` (relative to the checkout); `why` says what is wrong with that."""

    why: str
    file: str
    changes: tuple[tuple[str, str], ...]

    def apply(self, root: Path) -> None:
        """Raises `UserError` when a text is not there: the demo must never show a report without its edits."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        for before, after in self.changes:
            if before not in text:
                raise UserError(
                    f"the demo looks for {before!r} and does not find it",
                    where=self.file,
                    hint="Edit gitops/demo.py to match the file.",
                )
            text = text.replace(before, after, 1)
        path.write_text(text, encoding="utf-8")


EDITS = (
    Edit(
        why="one task in prod: the loss of its zone is an outage",
        file="stacks/ecs_service/Pulumi.prod.yaml",
        changes=(
            ("    min: 3\n", "    min: 1\n"),
            ("    min_instances: 3\n", "    min_instances: 1\n"),
            ("    strategy: rolling\n", "    strategy: all_at_once\n"),
            ("      percent: 34\n", "      percent: 100\n"),
        ),
    ),
    Edit(
        why="a fixed name: the next change must delete the configuration that serves before it makes the new one",
        file="shared/aws/sagemaker/served_model.py",
        changes=(
            (
                '            f"{name}-config",\n            production_variants',
                '            f"{name}-config",\n            name="served-config",\n            production_variants',
            ),
        ),
    ),
    Edit(
        why="a public bucket: anybody may be given the model and the requests that were captured",
        file="shared/aws/bucket.py",
        changes=(
            ("block_public_policy=True", "block_public_policy=False"),
            ("restrict_public_buckets=True", "restrict_public_buckets=False"),
        ),
    ),
)
