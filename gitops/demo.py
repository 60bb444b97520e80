"""What `gitops demo` does to a throw-away copy of the checkout: edits that a reviewer should catch, from demo.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from gitops.errors import UserError


class Edit(BaseModel):
    """Replaces texts in `file` (relative to the checkout); `why` says what is wrong with that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str
    file: str
    changes: tuple[tuple[str, str], ...]

    def apply(self, root: Path) -> None:
        """Applies the edit. Raises `UserError` if a text is missing: the demo must never show a report without its
        edits."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        for before, after in self.changes:
            if before not in text:
                raise UserError(
                    f"the demo looks for {before!r} and does not find it",
                    where=self.file,
                    hint="Edit gitops/demo.toml to match the file.",
                )
            text = text.replace(before, after, 1)
        path.write_text(text, encoding="utf-8")


def read_edits() -> tuple[Edit, ...]:
    document = tomllib.loads(Path(__file__).with_name("demo.toml").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Edit, ...]).validate_python(document["edits"])
