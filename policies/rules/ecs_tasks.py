"""ECS task definitions: what a serving container may do. The definitions are JSON text in the resource."""

from __future__ import annotations

from collections.abc import Iterator

from ..grants import ROLE
from ..images import movable_images, moves_by_its_name
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, observability, security
from ..sagemaker_modes import MODEL, images_of
from ..serving import SERVICE, TASK
from .secrets import holds_secret

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
ROUTER = "firelensConfiguration"


def _containers(task: Resource) -> list[Properties]:
    return task.document("containerDefinitions").children("items")


@security.critical(
    TASK,
    reference=f"{HUB}#ecs-4",
    fix="Remove privileged from the container.",
)
def ecs_container_is_not_privileged(task: Resource) -> Iterator[str]:
    """A container is not privileged.

    A privileged container is root on its host: a flaw in its model server opens the host, with every task on it.
    """
    for container in _containers(task):
        if container.flag("privileged"):
            yield f"privileged is true in container {container.show('name')}, wanted false"


@security.medium(
    TASK,
    reference=f"{HUB}#ecs-5",
    fix="Set readonly_root_filesystem, and mount a volume where the server must write.",
    serving=True,
)
def ecs_container_root_is_read_only(task: Resource) -> Iterator[str]:
    """A container's root file system is read-only.

    Then an intruder can replace neither the server's code nor the weights. It is advice, because servers for GPUs
    write caches, and a log router writes its configuration.
    """
    for container in _containers(task):
        if not container.has(ROUTER) and not container.flag("readonlyRootFilesystem"):
            yield (
                f"readonlyRootFilesystem is {container.show('readonlyRootFilesystem')} in container "
                f"{container.show('name')}, wanted true"
            )


@security.medium(
    TASK,
    reference=f"{HUB}#ecs-20",
    fix="Set user to a number other than 0 in the container definition.",
    serving=True,
)
def ecs_container_is_not_root(task: Resource) -> Iterator[str]:
    """A container does not run as root.

    Root in the container is one kernel flaw away from root on the host; a model server needs neither. The image may
    set a user too, but only the one in the task definition still applies when the image is rebuilt. (Left out is
    FireLens' router, which runs as root:
    docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html.)
    """
    for container in _containers(task):
        if not container.has(ROUTER) and (container.text("user") or "root").split(":")[0] in ("root", "0"):
            yield f"user is {container.show('user')} in container {container.show('name')}, wanted one that is not root"


@security.high(
    TASK,
    reference=f"{HUB}#ecs-8",
    fix="Move the value to Secrets Manager or SSM and name it under secrets.",
)
def ecs_container_has_no_secret_in_its_environment(task: Resource) -> Iterator[str]:
    """A container's environment contains no secret.

    Everybody who may describe task definitions can read them. They are kept forever, and appear in diffs and logs.
    """
    for container in _containers(task):
        for variable in container.children("environment"):
            if holds_secret(variable.text("name") or "", variable, "value"):
                yield (
                    f"environment holds {variable.show('name')} in container {container.show('name')}, "
                    "wanted it under secrets"
                )


@observability.high(
    TASK,
    reference=f"{HUB}#ecs-9",
    fix="Give the container a log configuration.",
    serving=True,
)
def ecs_container_logs(task: Resource) -> Iterator[str]:
    """A container's output is stored.

    A Fargate task's output is lost when it stops, and tasks that stopped are those worth reading about.
    """
    for container in _containers(task):
        if not container.has("logConfiguration.logDriver"):
            yield f"logConfiguration is not set in container {container.show('name')}, wanted a log driver"


@security.high(
    TASK,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_validate_software_integrity.html",
    fix="Name the image by digest (repository@sha256:…).",
    config_key="service.image",
)
def ecs_container_image_is_pinned(task: Resource, stack: Stack) -> Iterator[str]:
    """A container's image is named by digest, or by a tag that does not move.

    ECS looks up a tag's digest when a deployment starts, unless versionConsistency is off. The next deployment of
    the same program runs whatever the tag points to then, which nobody reviewed, and going back does not restore
    the old image. An immutable repository in this stack makes tags as good as digests. (If the tag is a version or
    a commit, image-is-named-by-its-digest reports it instead.)
    """
    images = [container.text("image") or "" for container in _containers(task)]
    for image in movable_images(images, task, "containerDefinitions", stack):
        if moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@security.low(
    TASK,
    MODEL,
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    fix="Name the image by digest (repository@sha256:…), or make the repository's tags immutable in its own stack.",
    serving=True,
)
def image_is_named_by_its_digest(resource: Resource, stack: Stack) -> Iterator[str]:
    """An image whose tag is a version or a commit is also named by digest.

    Such a tag is not meant to move, but it can be pushed again if the repository's tags are mutable. It is advice,
    because the tags of a repository in another stack may be immutable, which this rule cannot see.
    """
    if resource.type == TASK:
        images, path = [container.text("image") or "" for container in _containers(resource)], "containerDefinitions"
    else:
        images, path = images_of(resource), "primaryContainer"
    for image in movable_images(images, resource, path, stack):
        if not moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@security.high(
    TASK,
    reference=f"{HUB}#ecs-3",
    fix='Set network_mode to "awsvpc" (or "bridge"), and remove pid_mode and ipc_mode.',
)
def ecs_task_shares_nothing_with_its_host(task: Resource, stack: Stack) -> Iterator[str]:
    """A task does not use its host's network or processes.

    In the host's namespaces, a container sees the other tasks' processes and ports, and security groups cannot tell
    them apart. A bridge network belongs to the task; Fargate only supports awsvpc. (Left out are tasks on machines
    outside AWS, which have no security groups, and daemons without a load balancer, which may be there to watch
    their host.)
    """
    if task.texts("requiresCompatibilities") == ["EXTERNAL"] or _watches_its_host(task, stack):
        return
    mode, fargate = task.text("networkMode"), "FARGATE" in task.texts("requiresCompatibilities")
    if mode == "host" or (fargate and mode != "awsvpc"):
        wanted = '"awsvpc"' if fargate else '"bridge" or "awsvpc"'
        yield f"networkMode is {task.show('networkMode')}, wanted {wanted}"
    for path in ("pidMode", "ipcMode"):
        if task.text(path) == "host":
            yield f'{path} is "host", wanted it absent'


def _watches_its_host(task: Resource, stack: Stack) -> bool:
    """Whether the task only runs as a daemon and no load balancer sends callers to it."""
    services = stack.referring(task, SERVICE, "taskDefinition")
    return bool(services) and all(
        service.text("schedulingStrategy") == "DAEMON" and not service.count("loadBalancers") for service in services
    )


@availability.medium(
    TASK,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    fix='Set the log option mode to "non-blocking", with a max-buffer-size.',
    serving=True,
)
def ecs_container_logs_without_blocking(task: Resource) -> Iterator[str]:
    """A container answers even while its log cannot be written.

    In blocking mode, a write to standard output waits for CloudWatch. If that is slow, so is every request that
    logs a line, and then the health checks.
    """
    for container in _containers(task):
        if container.text("logConfiguration.options.mode") == "blocking":
            yield f'mode is "blocking" in container {container.show("name")}, wanted "non-blocking"'


@availability.medium(
    TASK,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    fix="Set start_period of the container's health check to the time the model takes to load (up to 300).",
    serving=True,
)
def ecs_container_has_time_to_start(task: Resource, *, seconds: int = 60) -> Iterator[str]:
    """A container's own health check gives the model time to load.

    Without a start period, checks that fail before the server listens count from the first one. The container is
    stopped while it loads, as is each one that replaces it, and the deployment never ends.
    """
    for container in _containers(task):
        check = container.child("healthCheck")
        interval, retries = check.number("interval") or 30, check.number("retries") or 3
        patience = (check.number("startPeriod") or 0) + interval * retries
        if check.has("command") and patience < seconds:
            name = container.show("name")
            wanted = f"startPeriod + interval × retries of {seconds}"
            yield f"healthCheck gives container {name} {patience:g} s, wanted {wanted}"


@security.low(
    TASK,
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html",
    fix="Give the container a role of its own, with what the server calls, or none.",
)
def ecs_task_has_two_roles(task: Resource, stack: Stack) -> Iterator[str]:
    """A task's containers have another role than the agent that starts them.

    The agent's role reads every secret of the task and pulls images. As the task's role it is the server's too: a flaw
    in it can read secrets that were meant for another container
    (docs.datadoghq.com/security/default_rules/def-000-7dk).
    """
    own, agent = (task.text_if_known(path) for path in ("taskRoleArn", "executionRoleArn"))
    first, second = (stack.follow(task, path, ROLE) for path in ("taskRoleArn", "executionRoleArn"))
    alike = own == agent if own and agent else first and first == second
    if alike:
        yield "taskRoleArn and executionRoleArn are the same role, wanted two"
