"""Which resources of a stack serve: what an entry point, an endpoint, an API or a scalable target leads to.

Rules about serving judge these alone. A function that a schedule starts, a bucket of a web site or a service that works
off a queue is no serving workload, whatever else it may be.
"""

from __future__ import annotations

from collections.abc import Iterator

from .resources import Resource, Stack

FUNCTION, ALIAS = "aws:lambda/function:Function", "aws:lambda/alias:Alias"
PERMISSION = "aws:lambda/permission:Permission"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
SERVICE, TASK, CLUSTER = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/cluster:Cluster"
TASK_SET = "aws:ecs/taskSet:TaskSet"
SCALABLE = "aws:appautoscaling/target:Target"
GROUP = "aws:lb/targetGroup:TargetGroup"
INTEGRATION = "aws:apigateway/integration:Integration"
HTTP_INTEGRATION = "aws:apigatewayv2/integration:Integration"
FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"
CONTAINER_APP = "azure-native:app:ContainerApp"
# where callers arrive, and the parts that exist only for them
ENTRY_POINTS = (
    ENDPOINT,
    CONFIGURATION,
    FUNCTION_URL,
    INTEGRATION,
    HTTP_INTEGRATION,
    "aws:apigateway/method:Method",
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/stage:Stage",
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/stage:Stage",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/listener:Listener",
    "aws:lb/listenerRule:ListenerRule",
    GROUP,
    "azure-native:machinelearningservices:OnlineEndpoint",
    "azure-native:machinelearningservices:OnlineDeployment",
)
SCALED = ("sagemaker", "ecs", "lambda")
# how callers find the tasks of a service: balancers, DNS, the mesh, VPC Lattice
ENTRANCES = ("loadBalancers", "serviceRegistries", "serviceConnectConfiguration", "vpcLatticeConfigurations")
INVOKERS = ("apigateway.amazonaws.com", "elasticloadbalancing.amazonaws.com", "vpc-lattice.amazonaws.com")
# from what serves to what then serves too, in the order in which requests travel
LEADS = (
    (INTEGRATION, "uri", (ALIAS, FUNCTION)),
    (HTTP_INTEGRATION, "integrationUri", (ALIAS, FUNCTION)),
    (FUNCTION_URL, "qualifier", (ALIAS,)),
    (FUNCTION_URL, "functionName", (ALIAS, FUNCTION)),
    (PERMISSION, "qualifier", (ALIAS,)),
    (PERMISSION, "function", (ALIAS, FUNCTION)),
    ("aws:lb/targetGroupAttachment:TargetGroupAttachment", "targetId", (ALIAS, FUNCTION)),
    ("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "qualifier", (ALIAS,)),
    ("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "functionName", (FUNCTION,)),
    (SCALABLE, "resourceId", (ALIAS, FUNCTION, SERVICE)),
    (ALIAS, "functionName", (FUNCTION,)),
    (CONFIGURATION, "productionVariants", ("aws:sagemaker/model:Model",)),
    (CONFIGURATION, "shadowProductionVariants", ("aws:sagemaker/model:Model",)),
    (SERVICE, "taskDefinition", (TASK,)),
    (SERVICE, "cluster", (CLUSTER,)),
)


def serves(resource: Resource, stack: Stack) -> bool:
    """Whether callers' requests reach the resource."""
    return resource.urn in stack.remember("serving", lambda: _serving(stack))


def something_serves(stack: Stack) -> bool:
    """Whether anything in the stack answers callers."""
    return bool(stack.remember("serving", lambda: _serving(stack)))


def has_an_entrance(service: Resource, stack: Stack) -> bool:
    """Whether callers can find a service's tasks; one without an entrance works off a queue, or for its host.

    Where a controller of the team's own deploys, the entrance is the task sets'.
    """
    sets = stack.referring(service, TASK_SET, "service")
    return any(_is_named(resource, path) for resource in (service, *sets) for path in ENTRANCES)


def _is_named(service: Resource, path: str) -> bool:
    """Whether a list or an object has something in it; what is not known yet has. (awsx writes empty lists.)"""
    return not service.known(path) or service.count(path) > 0


def _serving(stack: Stack) -> set[str]:
    serving = {resource.urn for resource in _first(stack)}
    for type_, path, led_to in LEADS:
        for source in stack.of(type_):
            if source.urn in serving:
                serving |= {target.urn for target in stack.follow(source, path, *led_to)}
    return serving


def _first(stack: Stack) -> Iterator[Resource]:
    """What serves by itself: the entry points, and whatever only stands between one and a workload."""
    yield from stack.of(*ENTRY_POINTS)
    yield from stack.of("aws:lb/targetGroupAttachment:TargetGroupAttachment")
    yield from stack.of("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig")
    yield from (scalable for scalable in stack.of(SCALABLE) if _scales_serving(scalable, stack))
    yield from (service for service in stack.of(SERVICE) if has_an_entrance(service, stack))
    yield from (app for app in stack.of(CONTAINER_APP) if app.has("configuration.ingress"))
    yield from (permission for permission in stack.of(PERMISSION) if _lets_callers_in(permission))


def _scales_serving(target: Resource, stack: Stack) -> bool:
    """A target of a service that nobody calls scales a worker; one whose service lies elsewhere is taken to serve."""
    services = stack.follow(target, "resourceId", SERVICE)
    return target.text_if_known("serviceNamespace") in (None, *SCALED) and (
        not services or any(has_an_entrance(service, stack) for service in services)
    )


def _lets_callers_in(permission: Resource) -> bool:
    return permission.text_if_known("principal") in INVOKERS or permission.has("functionUrlAuthType")
