"""`python -m gitops …`, the same as the `gitops` command."""

from __future__ import annotations

from gitops.cli import main

main()
