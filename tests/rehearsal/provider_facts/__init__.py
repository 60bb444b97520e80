"""What the clouds know: replacements, values they refuse, and where the knowledge comes from."""

from __future__ import annotations
