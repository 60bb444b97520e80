"""Builds what the stacks deploy: model, archives, Lambda layer, Azure's environment; the same bytes every time."""
