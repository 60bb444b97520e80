"""The report as GitHub's Markdown: a comment, a job summary."""

from __future__ import annotations
