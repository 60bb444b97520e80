"""The report as GitHub's Markdown: a comment, a job summary."""
