"""What must exist before what: the engine makes at once whatever it is not told to keep waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gitops.records import Step

IDENTITIES = {"aws:iam/role:Role", "azure-native:managedidentity:UserAssignedIdentity"}
RIGHTS = {
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "azure-native:authorization:RoleAssignment",
}
ACTING = {
    "aws:sagemaker/model:Model": "reads the model and pulls the image when it is made",
    "aws:ecs/service:Service": "starts tasks that pull the image and write logs",
    "azure-native:machinelearningservices:OnlineEndpoint": "must have its roles before a deployment is made in it",
    "azure-native:machinelearningservices:Workspace": "is refused without the rights on its stores",
}
"""Types that use an identity as soon as they are made, and what for."""
CARRIERS = {"aws:ecs/taskDefinition:TaskDefinition"}
"""What hands an identity on to whoever runs it."""
REMOTE = "awsx:"
"""Components that a provider constructs: the SDK asks for one when what it depends on has been made."""
PARTS_OF_AN_API = {"aws:apigateway/method:Method", "aws:apigateway/integration:Integration"}


def too_early(steps: Iterable[Step]) -> list[str]:
    """`model before model-policy`: each resource that may be made before what it needs at once."""
    by_urn = {step.urn: step for step in steps}
    return sorted(
        f"{step.name} before {by_urn[needed].name}"
        for step in by_urn.values()
        for needed in list_needed_at_once(step, by_urn)
        if needed not in find_reached(step.urn, by_urn)
    )


def list_needed_at_once(step: Step, by_urn: dict[str, Step]) -> Iterator[str]:
    if step.type in ACTING:
        used = identities(step, by_urn)
        rights = {urn: set(other.depends_on) for urn, other in by_urn.items() if other.type in RIGHTS}
        # a right on the resource itself cannot come first
        yield from (urn for urn, needs in rights.items() if used & needs and step.urn not in needs)
    elif step.type == "aws:apigateway/deployment:Deployment":
        yield from (urn for urn, other in by_urn.items() if other.type in PARTS_OF_AN_API)


def identities(step: Step, by_urn: dict[str, Step]) -> set[str]:
    """The identities that a resource is given, by itself or through what it runs."""
    needs = [by_urn[urn] for urn in step.depends_on if urn in by_urn]
    own = {other.urn for other in needs if other.type in IDENTITIES}
    return own.union(*(identities(other, by_urn) for other in needs if other.type in CARRIERS))


def find_reached(urn: str, by_urn: dict[str, Step]) -> set[str]:
    """Everything that exists before the resource does."""
    found: set[str] = set()
    waiting = list(list_awaited(urn, by_urn))
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += list_awaited(other, by_urn)
    return found


def list_awaited(urn: str, by_urn: dict[str, Step]) -> tuple[str, ...]:
    """What a resource waits for, and a remote component, which is only constructed when its own needs exist."""
    step = by_urn.get(urn)
    if step is None:
        return ()
    parent = by_urn.get(step.parent or "")
    return (*step.depends_on, *(parent.depends_on if parent and parent.type.startswith(REMOTE) else ()))
