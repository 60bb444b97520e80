"""Text inside the HTML page: Jinja escapes the markup, this module everything else."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from gitops.report.text.escape.markdown import safe_url
from gitops.report.text.escape.text import clean

__all__ = ["finalize", "safe_url"]


def finalize(value: Any) -> Any:
    """Jinja's last step on every value of a template: `clean` for what comes from data."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else clean(value)
