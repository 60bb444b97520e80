"""Three edits that a reviewer should catch, as data: what `make demo` does to a throw-away copy of the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gitops.errors import UserError


@dataclass(frozen=True)
class Edit:
    """Replace the first `find` in `file` (relative to the checkout) by `replace`. `why` says what is wrong with it."""

    why: str
    file: str
    find: str
    replace: str

    def apply(self, root: Path) -> None:
        """Raises `UserError` when the text is not there: the demo must never show a report without its edits."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if self.find not in text:
            raise UserError(f"the demo looks for {self.find!r} and does not find it", where=self.file)
        path.write_text(text.replace(self.find, self.replace, 1), encoding="utf-8")
