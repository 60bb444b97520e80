"""The folders of the checkout that determine the result of a run. They are listed here and nowhere else."""

from __future__ import annotations

from gitops.checkout.environments import FILE as ENVIRONMENTS

PROGRAM_FOLDERS = ("shared", "serving", "model")
"""Folders that a stack's program may import or read, besides its own."""

VERSIONS = ("locks/project.txt", "pyproject.toml")
"""The versions of the engine and of every provider: each may do another thing with the same program."""

PROGRAM = (*PROGRAM_FOLDERS, ENVIRONMENTS, *VERSIONS)
"""What a stack's program may use besides its own folder."""

POLICIES = "policies"

TOOL = ("gitops", "rehearsal")
"""What runs and judges a program."""

ROOMS = ("stacks", *PROGRAM, POLICIES, *TOOL)
"""Everything in the repository that can change a preview."""
