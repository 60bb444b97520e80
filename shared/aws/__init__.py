"""AWS components that two or more stacks use."""

from __future__ import annotations
