"""Tools that only the tests need, built from Go modules at pinned versions."""

from __future__ import annotations
