"""References to other stacks: a rehearsal has one organization, so every organization's stacks are looked for there.

`acme/network/dev` is found when the project `network` was rehearsed with the same `--state` folder.
"""

from __future__ import annotations

import pulumi

_REFERENCE = "pulumi:pulumi:StackReference"
_ORGANIZATION = "organization"


def own_name(name: str, project: str) -> str:
    """The name in a rehearsal's backend of `ORG/PROJECT/STACK`, of the older `ORG/STACK` or of a plain `STACK`."""
    *outer, stack = name.split("/")
    return "/".join((_ORGANIZATION, outer[1] if len(outer) == 2 else project, stack))


def refer_to_own_backend(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """A transformation of the whole stack, which changes nothing but references."""
    if args.type_ != _REFERENCE:
        return None
    project = pulumi.get_project()
    name = pulumi.Output.from_input(args.props["name"]).apply(lambda given: own_name(given, project))
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(id=name))
    return pulumi.ResourceTransformationResult({**args.props, "name": name}, options)
