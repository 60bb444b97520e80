"""The base of this stack's components: children hang under it."""

from __future__ import annotations

import pulumi


class Component(pulumi.ComponentResource):
    """A group of resources that serve one purpose; its outputs are attributes."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"inference:azure:{type(self).__name__}", name, None, opts)

    def child(self, **options: object) -> pulumi.ResourceOptions:
        """Options for a child: `parent` is this component, whatever else is asked for."""
        return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(**options), pulumi.ResourceOptions(parent=self))  # type: ignore[arg-type]
