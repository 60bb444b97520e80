"""Azure components and types that two or more stacks use."""

from __future__ import annotations
