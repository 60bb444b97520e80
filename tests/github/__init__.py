"""The workflows and the GitHub client."""

from __future__ import annotations
