"""What the clouds know: replacements, refusals, and where the knowledge comes from."""

from __future__ import annotations
