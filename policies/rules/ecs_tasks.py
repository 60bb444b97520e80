"""ECS task definitions: what a serving container may do. The definitions are JSON text in the resource."""

from __future__ import annotations

from collections.abc import Iterator

from ..images import movable_images, moves_by_its_name
from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import rule
from ..sagemaker_modes import MODEL, images_of
from ..serving import SERVICE, TASK
from .secrets import holds_secret

HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html"
ROUTER = "firelensConfiguration"


def _containers(task: Resource) -> list[Properties]:
    return task.document("containerDefinitions").children("items")


@rule(
    TASK,
    category="security",
    severity="critical",
    reference=f"{HUB}#ecs-4",
    fix="Remove privileged from the container.",
)
def ecs_container_is_not_privileged(task: Resource) -> Iterator[str]:
    """No container is privileged.

    A privileged container is root on its host: one flaw in a model server is then the host's, with every task on it.
    """
    for container in _containers(task):
        if container.flag("privileged"):
            yield f"privileged is true in container {container.show('name')}, wanted false"


@rule(
    TASK,
    category="security",
    severity="medium",
    reference=f"{HUB}#ecs-5",
    fix="Set readonly_root_filesystem, and mount a volume where the server must write.",
    serving=True,
)
def ecs_container_cannot_change_itself(task: Resource) -> Iterator[str]:
    """A container's root file system is read-only.

    What cannot be written cannot be replaced: neither the server's code nor the weights, whoever gets in. It is advice:
    servers for graphics cards write caches, and a log router its configuration.
    """
    for container in _containers(task):
        if not container.has(ROUTER) and not container.flag("readonlyRootFilesystem"):
            yield (
                f"readonlyRootFilesystem is {container.show('readonlyRootFilesystem')} in container "
                f"{container.show('name')}, wanted true"
            )


@rule(
    TASK,
    category="security",
    severity="medium",
    reference=f"{HUB}#ecs-20",
    fix="Set user to a number other than 0 in the container definition.",
    serving=True,
)
def ecs_container_is_not_root(task: Resource) -> Iterator[str]:
    """A container runs as a user of its own.

    Root in the container is one kernel flaw away from root outside it; a model server needs neither. The image may say
    so too, but only what stands in the definition still holds when the image is rebuilt. (FireLens' router runs as
    root: docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html.)
    """
    for container in _containers(task):
        if not container.has(ROUTER) and (container.text("user") or "root").split(":")[0] in ("root", "0"):
            yield f"user is {container.show('user')} in container {container.show('name')}, wanted one that is not root"


@rule(
    TASK,
    category="security",
    severity="high",
    reference=f"{HUB}#ecs-8",
    fix="Move the value to Secrets Manager or SSM and name it under secrets.",
)
def ecs_container_has_no_secret_in_its_environment(task: Resource) -> Iterator[str]:
    """No secret is written into the environment.

    Task definitions are readable by whoever may describe them, are kept for ever, and appear in diffs and logs.
    """
    for container in _containers(task):
        for variable in container.children("environment"):
            if holds_secret(variable.text("name") or "", variable, "value"):
                yield (
                    f"environment holds {variable.show('name')} in container {container.show('name')}, "
                    "wanted it under secrets"
                )


@rule(
    TASK,
    category="observability",
    severity="high",
    reference=f"{HUB}#ecs-9",
    fix="Give the container a log configuration.",
    serving=True,
)
def ecs_container_logs(task: Resource) -> Iterator[str]:
    """A container's output is kept.

    A Fargate task takes its output with it when it stops, and the ones worth reading about are those that stopped.
    """
    for container in _containers(task):
        if not container.has("logConfiguration.logDriver"):
            yield f"logConfiguration is not set in container {container.show('name')}, wanted a log driver"


@rule(
    TASK,
    category="security",
    severity="high",
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_compute_validate_software_integrity.html",
    fix="Name the image by digest (repository@sha256:…).",
    config_key="service.image",
)
def ecs_container_image_is_pinned(task: Resource, stack: Stack) -> Iterator[str]:
    """A container's image is named by its content, or by a tag that does not move.

    ECS looks up a tag's digest when a deployment starts, unless versionConsistency is off. The next deployment of the
    same program runs whatever the tag points to then, which is not what was reviewed, and going back does not go back.
    Tags of a repository in this stack that is immutable are as good as a digest. (A version or a commit as tag is told
    by image-is-named-by-its-digest.)
    """
    images = [container.text("image") or "" for container in _containers(task)]
    for image in movable_images(images, task, "containerDefinitions", stack):
        if moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@rule(
    TASK,
    MODEL,
    category="security",
    severity="low",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    fix="Name the image by digest (repository@sha256:…), or make the repository's tags immutable in its own stack.",
    serving=True,
)
def image_is_named_by_its_digest(resource: Resource, stack: Stack) -> Iterator[str]:
    """An image with a version for a tag is named by its digest as well.

    A version or a commit is not meant to move, and can be pushed again where the repository's tags are mutable. It is
    advice: a repository in another stack may have made them immutable, which cannot be seen from here.
    """
    if resource.type == TASK:
        images, path = [container.text("image") or "" for container in _containers(resource)], "containerDefinitions"
    else:
        images, path = images_of(resource), "primaryContainer"
    for image in movable_images(images, resource, path, stack):
        if not moves_by_its_name(image):
            yield f'image is "{image}", wanted repository@sha256:…'


@rule(
    TASK,
    category="security",
    severity="high",
    reference=f"{HUB}#ecs-3",
    fix='Set network_mode to "awsvpc" (or "bridge"), and remove pid_mode and ipc_mode.',
)
def ecs_task_shares_nothing_with_its_host(task: Resource, stack: Stack) -> Iterator[str]:
    """A task does not live in its host's network and processes.

    In the host's namespaces a container sees the other tasks' processes and ports, and security groups cannot tell
    them apart. Bridge networks are the tasks' own; Fargate knows awsvpc alone. (A machine of one's own outside AWS has
    no security groups, and the host's network is one of the two that callers reach there. An agent that runs once on
    every host is there to watch it.)
    """
    if task.texts("requiresCompatibilities") == ["EXTERNAL"] or _watches_its_host(task, stack):
        return
    mode, fargate = task.text("networkMode"), "FARGATE" in task.texts("requiresCompatibilities")
    if mode == "host" or (fargate and mode != "awsvpc"):
        yield f'networkMode is {task.show("networkMode")}, wanted "awsvpc"{"" if fargate else " or bridge"}'
    for path in ("pidMode", "ipcMode"):
        if task.text(path) == "host":
            yield f'{path} is "host", wanted it absent'


def _watches_its_host(task: Resource, stack: Stack) -> bool:
    """Whether the task runs as a daemon alone, and no balancer sends callers to it."""
    services = stack.referring(task, SERVICE, "taskDefinition")
    return bool(services) and all(
        service.text("schedulingStrategy") == "DAEMON" and not service.count("loadBalancers") for service in services
    )


@rule(
    TASK,
    category="availability",
    severity="medium",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    fix='Set the log option mode to "non-blocking", with a max-buffer-size.',
    serving=True,
)
def ecs_container_does_not_wait_for_its_log(task: Resource) -> Iterator[str]:
    """A container goes on answering while its log cannot be written.

    In blocking mode a write to standard output waits for CloudWatch. When that is slow, so is every request that logs
    a line, and the health checks after it.
    """
    for container in _containers(task):
        if container.text("logConfiguration.options.mode") == "blocking":
            yield f'mode is "blocking" in container {container.show("name")}, wanted "non-blocking"'


@rule(
    TASK,
    category="availability",
    severity="medium",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    fix="Set start_period of the container's health check to the time the model takes to load (up to 300).",
    serving=True,
)
def ecs_container_has_time_to_start(task: Resource, *, seconds: int = 60) -> Iterator[str]:
    """A container's own health check lets the model load.

    Checks that fail before the server listens count from the first one, unless there is a start period. The container
    is stopped while it loads, its successor too, and the deployment never ends.
    """
    for container in _containers(task):
        check = container.child("healthCheck")
        interval, retries = check.number("interval") or 30, check.number("retries") or 3
        patience = (check.number("startPeriod") or 0) + interval * retries
        if check.has("command") and patience < seconds:
            name = container.show("name")
            wanted = f"startPeriod + interval × retries of {seconds}"
            yield f"healthCheck gives container {name} {patience:g} s, wanted {wanted}"
