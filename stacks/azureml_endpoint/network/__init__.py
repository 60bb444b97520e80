"""How callers reach the workspace."""
