"""Stand-in clouds: providers for the real Pulumi engine, with an inventory on disk."""

from __future__ import annotations
