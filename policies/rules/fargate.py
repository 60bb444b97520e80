"""What Fargate can run: the sizes of its tasks, and what its machines lack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource
from ..rule import availability
from ..serving import TASK

GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
# processor units → least and most memory and the step between them, in MiB; the largest has three sizes alone:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
    32768: (61440, 122880, 249856),
}

PRIVATE_IMAGE = re.compile(r"\d{12}\.dkr[.-]ecr\..*")


def _runs_on_fargate(task: Resource) -> bool:
    return "FARGATE" in task.texts("requiresCompatibilities")


def _read_units(task: Resource, path: str) -> int | None:
    """The number at the path; None if it is not set, or has a unit ("4 vCPU")."""
    written = task.show(path).strip('"')
    return int(written) if written.isdecimal() else None


@availability.high(
    TASK,
    reference=f"{GUIDE}/fargate-tasks-services.html",
    fix="Choose a pair of cpu and memory from Fargate's table.",
    config_key="service.memory_mb",
)
def ecs_fargate_has_the_size(task: Resource) -> Iterator[str]:
    """A Fargate task uses one of Fargate's combinations of CPU and memory.

    Each CPU size allows certain memory sizes. ECS refuses any other combination when the task definition is registered,
    in the middle of the deployment.
    """
    cpu, memory = _read_units(task, "cpu"), _read_units(task, "memory")
    if not _runs_on_fargate(task) or cpu is None or memory is None:
        return
    if cpu not in MEMORY:
        yield f"cpu is {cpu}, wanted one of {', '.join(map(str, MEMORY))}"
    elif memory not in MEMORY[cpu]:
        sizes = MEMORY[cpu]
        yield f"memory is {memory} MiB for {cpu} units of cpu, wanted {sizes[0]} to {sizes[-1]} in Fargate's steps"


@availability.high(
    TASK,
    reference=f"{GUIDE}/fargate-tasks-services.html",
    fix="Run the task on EC2 instances with GPUs, or take the GPU out of resource_requirements.",
)
def ecs_fargate_has_no_gpu(task: Resource) -> Iterator[str]:
    """A Fargate task requires no GPU.

    Fargate has no GPUs: ECS refuses the task definition, or cannot start its tasks.
    """
    for container in task.document("containerDefinitions").children("items") if _runs_on_fargate(task) else ():
        if any(requirement.text("type") == "GPU" for requirement in container.children("resourceRequirements")):
            yield f"container {container.show('name')} requires a GPU, wanted none on Fargate"


@availability.critical(
    TASK,
    reference=f"{GUIDE}/task_execution_IAM_role.html",
    fix="Set execution_role_arn to a role with the policy AmazonECSTaskExecutionRolePolicy.",
)
def ecs_fargate_task_has_an_execution_role(task: Resource) -> Iterator[str]:
    """A Fargate task that pulls a private image, writes logs or reads secrets has an execution role.

    Fargate does all three with that role before the container starts. ECS refuses a task definition without it, or
    its tasks stop before they have started.
    """
    if not _runs_on_fargate(task) or task.has("executionRoleArn"):
        return
    for container in task.document("containerDefinitions").children("items"):
        pulls = PRIVATE_IMAGE.fullmatch(container.text("image") or "")
        if pulls or container.text("logConfiguration.logDriver") == "awslogs" or container.count("secrets"):
            yield f"executionRoleArn is not set and container {container.show('name')} needs it, wanted a role"
