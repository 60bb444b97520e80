"""Types of instances by processor: Graviton's (arm64) beside images and other types of x86_64."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.nodes import NODES, TEMPLATE

# A `g` behind the generation: t4g, m7gd, im4gn, is4gen. Batch also takes families, and `default-arm64`.
_ARM = re.compile(r"(a1|[a-z]+[0-9]+[a-z]*g[a-z]*)(\.|$)|default-arm64$")


def _kinds(types: list[Any]) -> dict[bool, str]:
    """One type of each architecture among the types; the key is true for arm64."""
    return {bool(_ARM.match(name)): name for name in types if isinstance(name, str)}


@rule(NODES, source="https://github.com/eksctl-io/eksctl/issues/7754")
def nodes_of_the_architecture_of_their_image(it: Resource, program: Program) -> Found:
    path, types, wanted = "instanceTypes", it.list("instanceTypes"), it.get("amiType")
    for template_path in ("launchTemplate.id", "launchTemplate.name"):
        template = program.refer(it, template_path, TEMPLATE)
        if template and not types:
            path, types = template_path, [template.text("instanceType")]
    if wanted is None and it.get("launchTemplate") is None:
        wanted = "AL2023_x86_64_STANDARD"
    if not isinstance(wanted, str) or not re.search("ARM_64|x86_64", wanted):
        return
    wrong = _kinds([name for name in types if name]).get("ARM_64" not in wanted)
    if wrong:
        message = f"InvalidParameterException: [{wrong}] is not a valid instance type for requested amiType {wanted}"
        yield path, message


@rule("aws:batch/computeEnvironment:ComputeEnvironment", source="https://github.com/aws/aws-cdk/issues/31148")
def environment_of_one_architecture(it: Resource) -> Found:
    kinds = _kinds(it.list("computeResources.instanceTypes"))
    if len(kinds) == 2:
        message = "ClientException: arm-based instance type cannot be used with other instance types"
        yield "computeResources.instanceTypes", f"{message}: {kinds[True]} and {kinds[False]}"
