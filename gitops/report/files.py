"""The files of a report directory, by name: whoever writes them renders these and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from gitops.report import html, junit, markdown, sarif
from gitops.report.model import Report

FILES: dict[str, Callable[[Report], str]] = {
    "index.html": html.render,
    "comment.md": markdown.render,
    "summary.md": markdown.summary,
    "policy.sarif": sarif.render,
    "junit.xml": junit.render,
}
